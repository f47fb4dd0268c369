"""Policies as data in, checked and typed rules out."""
