"""A FEEL engine."""
