"""PolicyEngine-Core."""
