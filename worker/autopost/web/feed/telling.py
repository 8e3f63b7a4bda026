"""An announcement as it goes to viewers: put into bytes once, however many there are. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from autopost.broadcast.event import EVENT_TYPE, BroadcastEvent
from autopost.web.sse import event

GAP = "gap"
_ENDS = [(end.encode(), f"\\u{ord(end):04x}".encode()) for end in "\x85\u2028\u2029"]


@dataclass(frozen=True, slots=True)
class Telling:
    """One announcement: a server-sent event, whose id is the position, and a message, which is one line of JSON."""

    position: int
    topics: tuple[str, ...]
    event: bytes
    message: bytes

    @classmethod
    def of(cls, announcement: BroadcastEvent) -> Self:
        """Return it in bytes. Raises UnicodeEncodeError for halves of characters, which JSON can spell."""
        return cls(
            position=announcement.position,
            topics=tuple(announcement.topics),
            event=_in_lines_of_ours(event(EVENT_TYPE, announcement.data, id_=str(announcement.position))),
            message=announcement.message.encode(),
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """Posts between two positions that a viewer is not told: they were too many, or the log has them no more."""

    after: int
    until: int

    @property
    def data(self) -> dict[str, int]:
        """Return it as receivers read it."""
        return {"after": self.after, "until": self.until}


def _in_lines_of_ours(event_: bytes) -> bytes:
    """Spell out what ends a line for many a reader, though not for this format. It is in texts of JSON alone."""
    for end, spelt in _ENDS:
        event_ = event_.replace(end, spelt)
    return event_
