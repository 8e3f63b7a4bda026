"""Compile patterns with RE2, whose matching time is linear in the length of the text."""

from __future__ import annotations

from typing import Any

import re2

# The size of a pattern's automaton above which RE2 uses a slower one. Matches are the same.
MEMORY_BYTES = 2 << 20

# For a pattern that is searched in many texts. One with many classes of letters is slower by ten times without it.
MEMORY_BYTES_IF_FREQUENT = 8 << 20


def compiled(pattern: str, memory_bytes: int = MEMORY_BYTES) -> Any:
    """Return a compiled pattern. Raises re2.error for an invalid one."""
    options = re2.Options()
    options.max_mem = memory_bytes
    options.log_errors = False
    return re2.compile(pattern, options=options)  # type: ignore[no-untyped-call]


def quoted(text: str) -> str:
    """Return the pattern that matches `text` itself."""
    return str(re2.escape(text))  # type: ignore[no-untyped-call]
