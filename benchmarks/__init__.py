"""Benchmarks: the same six rules in every engine, side by side, judged by one exact reference."""
