"""Benchmarks: each prints one line, a ratio against a baseline of the same run or a figure against its goal."""
