"""`/feed/events`: posts as server-sent events."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from autopost.web.feed.hub import mark
from autopost.web.feed.joining import Parts, join
from autopost.web.feed.log import Missed
from autopost.web.feed.telling import GAP, Telling
from autopost.web.sse import EventStream, event

PROTOCOL = "events"


class Events:
    """The handler."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def stream(self, request: Request) -> ASGIApp:
        """Stream posts, beginning with those after the place that the viewer knows."""
        if request.method != "GET":
            return PlainTextResponse("A stream is for GET.\n", 405, {"allow": "GET"})
        joined = await join(self._parts, request, _form, PROTOCOL, marks=True)
        if isinstance(joined, Response):
            return joined
        return EventStream(joined.subscriber, first_of(joined.missed), joined.on_end)


def first_of(missed: Missed) -> bytes:
    """Return the events of what was missed, a gap first if there is one, and the place up to which they reach."""
    gap = missed.gap
    told = [event(GAP, gap.data, id_=str(gap.until))] if gap is not None else []
    return b"".join([*told, *map(_form, missed.tellings), mark(missed.position)])


def _form(telling: Telling) -> bytes:
    return telling.event
