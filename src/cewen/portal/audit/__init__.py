"""Audit: changes come in, a chain of events that cannot be altered unseen goes out."""
