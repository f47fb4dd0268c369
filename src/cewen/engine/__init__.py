"""Rules and facts in, results with reasons out. The reference interpreter is the meaning."""
