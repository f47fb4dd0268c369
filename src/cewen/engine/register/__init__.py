"""Registers: workbooks, csv and parquet files in; fact sheets, or every fault with its place, out."""

from cewen.engine.register.read import Register, read_register

__all__ = ["Register", "read_register"]
