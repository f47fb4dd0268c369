"""Clauses with responsible units in; tasks with owner, state, lamp and an unbroken chain of events out (督查督办)."""
