"""The commands, a module for each theme; cli.py puts them together."""
