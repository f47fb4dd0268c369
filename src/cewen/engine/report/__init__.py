"""A register's results as one self-contained page."""

from cewen.engine.report.build import ReportBuilder

__all__ = ["ReportBuilder"]
