"""Measure how well policies of issuers whose texts shaped no rule are read."""
