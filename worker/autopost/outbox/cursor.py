"""A place in the feed, as addresses and events of the dashboard name it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import quote, unquote

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DIGITS = 17  # of microseconds, so that places compare as texts
_MOST_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """The place of an outcome: when it was decided, and its id."""

    at: datetime
    id: str

    def __str__(self) -> str:
        """Return it in characters that need no quoting, neither in an address nor in an event."""
        return f"{(self.at - _EPOCH) // _MICROSECOND:0{_DIGITS}}~{quote(self.id, safe='')}"

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """Return the place that a text names, or None."""
        micros, separator, id_ = (text or "")[:_MOST_CHARACTERS].partition("~")
        if not separator or not micros.isascii() or not micros.isdigit():
            return None
        try:
            return cls(_EPOCH + int(micros) * _MICROSECOND, unquote(id_).replace("\0", ""))
        except OverflowError:
            return None


START = Cursor(datetime(2000, 1, 1, tzinfo=UTC), "")
END = Cursor(datetime(9000, 1, 1, tzinfo=UTC), "")
