"""Explanation pages of the codes that are not checks: what loading, reading texts and reading facts may find."""
