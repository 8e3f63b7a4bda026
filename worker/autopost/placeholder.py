"""What a redacted text shows where a finding was: its type in angle brackets, such as `<EMAIL_ADDRESS>`. Pure."""

from __future__ import annotations

# The most characters of a type, the prefix of one that began with a digit included (see redaction/pattern_file.py).
MOST_TYPE_CHARACTERS = 65

# Matches the placeholder of any type, for `re` and `regex`; without a group, as it is a part of other patterns.
PLACEHOLDER = f"<[A-Z][A-Z0-9_]{{0,{MOST_TYPE_CHARACTERS - 1}}}>"


def placeholder(entity: str) -> str:
    """Return the placeholder of a finding of this type."""
    return f"<{entity}>"
