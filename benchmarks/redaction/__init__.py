"""How much redaction finds, how much it wrongly removes, and what it costs: `python -m benchmarks.redaction.report`."""
