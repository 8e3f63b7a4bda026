"""What becomes of good and hostile answers, and what a model writes: `python -m benchmarks.writing.report`."""
