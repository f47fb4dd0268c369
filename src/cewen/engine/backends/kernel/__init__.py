"""A plan as one compiled loop: every measure of a subject in a single pass over its rows."""
