"""A regular expression that is compiled when it is first used: those of many words take a tenth of a second each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

import regex


class Lazy:
    """A pattern with the methods of `regex.Pattern` that the guard uses."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._source = pattern, flags

    @cached_property
    def pattern(self) -> regex.Pattern[str]:
        """Return the compiled pattern."""
        return regex.compile(*self._source)

    def search(self, text: str, pos: int | None = None, endpos: int | None = None) -> regex.Match[str] | None:
        """Return the first match between these places."""
        return self.pattern.search(text, pos, endpos)

    def match(self, text: str, pos: int | None = None, endpos: int | None = None) -> regex.Match[str] | None:
        """Return the match that begins at the first place."""
        return self.pattern.match(text, pos, endpos)

    def fullmatch(self, text: str, pos: int | None = None, endpos: int | None = None) -> regex.Match[str] | None:
        """Return the match of all that is between the places."""
        return self.pattern.fullmatch(text, pos, endpos)

    def finditer(
        self, text: str, pos: int | None = None, endpos: int | None = None, *, overlapped: bool = False
    ) -> Iterator[regex.Match[str]]:
        """Return the matches."""
        return self.pattern.finditer(text, pos, endpos, overlapped)

    def split(self, text: str, maxsplit: int = 0) -> list[str]:
        """Return what is between the matches."""
        return self.pattern.split(text, maxsplit)

    def sub(self, replacement: str | Callable[[regex.Match[str]], str], text: str) -> str:
        """Return the text with the matches replaced."""
        return self.pattern.sub(replacement, text)
