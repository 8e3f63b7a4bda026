"""Somebody who watches the feed: what is on its way to one viewer, from its place in the log on."""

from __future__ import annotations

from collections.abc import Callable

from autopost.web.feed.telling import Telling
from autopost.web.feed.topics import Topics
from autopost.web.outgoing import MOST_WAITING, Outgoing

Form = Callable[[Telling], bytes]


class Subscriber(Outgoing):
    """A queue of tellings in order and without repeats. What comes before its place is known is kept until then."""

    def __init__(self, topics: Topics, form: Form, protocol: str, *, marks: bool = False) -> None:
        super().__init__()
        self.topics = topics
        self.protocol = protocol
        self.marks = marks
        self._form = form
        self._kept: list[Telling] | None = []
        self._position = 0

    def tell(self, telling: Telling) -> None:
        """Tell it one; nothing happens when it has come to that position."""
        if self._kept is not None:
            self._kept.append(telling)
            if len(self._kept) > MOST_WAITING:
                self.dropped.set()
                self._kept.clear()
        elif telling.position > self._position:
            self._position = telling.position
            self.offer(self._form(telling))

    def begin(self, position: int) -> None:
        """Say up to which position it was told everything; what was kept and comes after it is told now."""
        kept, self._kept = self._kept or [], None
        self._position = position
        for telling in kept:
            self.tell(telling)

    def move_on(self, position: int, message: bytes) -> None:
        """Offer it a message which says that it has come to a position, unless it knows."""
        if self._kept is None and position > self._position:
            self._position = position
            self.offer(message)
