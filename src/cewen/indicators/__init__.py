"""Published observations and targets in; where each target stands, with evidence and a stated probability, out."""
