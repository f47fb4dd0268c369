"""Entitlements: facts of one enterprise come in, what it can get under which clause, and what is missing, go out."""
