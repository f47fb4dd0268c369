"""NumPy by hand: exact, whole fen."""
