"""DuckDB SQL by hand: exact, whole fen."""
