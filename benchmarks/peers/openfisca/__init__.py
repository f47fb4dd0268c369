"""OpenFisca-Core."""
