"""A series as it was known on a day in; the level of a later year, the method that gave it and its past error out."""
