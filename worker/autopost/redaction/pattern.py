"""RE2, whose patterns take time in proportion to the text, whatever the text."""

from __future__ import annotations

from typing import Any

import re2

# A pattern's automaton may grow this far before RE2 goes on with a slower one; matches stay the same.
MEMORY_BYTES = 2 << 20


def compiled(pattern: str) -> Any:
    """Return a compiled pattern. Raises re2.error for one that RE2 does not know."""
    options = re2.Options()
    options.max_mem = MEMORY_BYTES
    options.log_errors = False
    return re2.compile(pattern, options=options)  # type: ignore[no-untyped-call]


def quoted(text: str) -> str:
    """Return the pattern that matches `text` itself."""
    return str(re2.escape(text))  # type: ignore[no-untyped-call]
