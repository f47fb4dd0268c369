"""Observations as of a day in; files other programs read out: CSV, a Data Package, SDMX 3.0 (开放数据)."""
