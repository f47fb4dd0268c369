"""Engines that evaluate a plan over columns: in goes a register as columns, out come result columns."""
