"""Hooks: their file, what they send, where they may go, and that nothing is lost on the way."""
