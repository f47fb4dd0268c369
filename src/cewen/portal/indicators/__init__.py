"""Targets on a page: where each stands, on what evidence; figures brought in, alerts, open data, score cards."""
