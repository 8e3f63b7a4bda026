"""Bundled mappings, each on the real schema of its platform, which is driven with that platform's own statements."""
