"""Accounts: organizations, people, their roles and who stands in for whom."""
