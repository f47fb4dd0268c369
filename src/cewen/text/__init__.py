"""Official text in, clause tree and readings out; every piece points at its characters."""
