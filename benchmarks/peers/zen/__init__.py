"""GoRules Zen engine."""
