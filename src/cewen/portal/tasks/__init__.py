"""Supervision on a page: who owes what by when; steps taken by those who may, in a chain nobody can change."""
