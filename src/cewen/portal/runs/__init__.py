"""Evaluation runs: a register, a date and the rules go in; results of every enterprise come out, worked out in the background."""
