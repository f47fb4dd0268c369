"""Results out: xlsx, csv, parquet, each file whole or not at all."""

from cewen.engine.export.file import whole_file
from cewen.engine.export.sink import FORMATS, Sink, open_sink

__all__ = ["FORMATS", "Sink", "open_sink", "whole_file"]
