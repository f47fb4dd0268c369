"""Values every layer shares: truth, money, periods, places and diagnostics. Knows nothing of policies."""
