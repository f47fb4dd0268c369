"""Polars by hand: exact, whole fen."""
