"""`autopost redact`: a filter from standard input to standard output."""
