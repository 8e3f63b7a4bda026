"""Mutants: small wrong changes of the core, each with the tests that must notice it. Run them with `make mutants`."""
