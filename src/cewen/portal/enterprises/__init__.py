"""Enterprises: the register with its facts, their sources and history; rows come in from files, lists and columns go out."""
