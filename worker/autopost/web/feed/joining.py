"""How a viewer comes in, over either protocol: by whom, by which topics, from which place on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response

from autopost.observability import metrics
from autopost.settings import PREFIX
from autopost.web.access import Access, TooManyWrong
from autopost.web.database import NoAnswer
from autopost.web.feed.hub import Hub
from autopost.web.feed.log import Log, Missed
from autopost.web.feed.posts import Posts
from autopost.web.feed.subscriber import Form, Subscriber
from autopost.web.feed.topics import ALLOWED, NotATopic, Topics
from autopost.web.limits import TooMany

_MOST_DIGITS = 18
OFF = f"Nothing is carried here: {PREFIX}BROADCAST, set to notify, redis or redis-stream, switches this on.\n"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the handlers share; without a carrier there is no hub."""

    access: Access
    log: Log
    posts: Posts
    hub: Hub | None


@dataclass(frozen=True, slots=True)
class Joined:
    """A viewer that has come in, what it missed, and what to do when it leaves."""

    subscriber: Subscriber
    missed: Missed
    on_end: Callable[[], None]


async def turned_away(access: Access, connection: HTTPConnection) -> Response | None:
    """Return the answer to whom the feeds are not for, None to whom they are."""
    try:
        if await access.may_see(connection):
            return None
    except TooManyWrong:
        return PlainTextResponse("Too many wrong tokens. Try again later.\n", 429, {"retry-after": "5"})
    return PlainTextResponse("The token is missing or wrong.\n", 401, {"www-authenticate": "Bearer"})


async def join(
    parts: Parts, connection: HTTPConnection, form: Form, protocol: str, *, marks: bool = False
) -> Joined | Response:
    """Let a viewer in, subscribed before what it missed is read; or return the answer that turns it away."""
    if (refusal := await turned_away(parts.access, connection)) is not None:
        return refusal
    if parts.hub is None:
        return PlainTextResponse(OFF, 404)
    try:
        topics = Topics.read(connection.query_params.getlist("topic"))
        after = _place(connection)
    except NotATopic:
        return PlainTextResponse(f"That cannot be subscribed to: {ALLOWED}.\n", 400)
    except ValueError:
        return PlainTextResponse("Last-Event-ID and after are positions: whole numbers.\n", 400)
    subscriber = Subscriber(topics, form, protocol, marks=marks)
    try:
        missed = await _begin(parts.hub, parts.log, subscriber, after)
    except TooMany:
        return PlainTextResponse("As many watch as may. Try again later.\n", 503, {"retry-after": "30"})
    except NoAnswer:
        return PlainTextResponse("The database does not answer.\n", 503, {"retry-after": "5"})
    return Joined(subscriber, missed, _end(parts, parts.hub, connection, subscriber))


async def _begin(hub: Hub, announcements: Log, subscriber: Subscriber, after: int | None) -> Missed:
    await hub.join(subscriber)
    try:
        if after is None:
            missed = Missed([], hub.position, None)
        else:
            joined_at = hub.position
            missed = await announcements.missed(after, subscriber.topics)
            if missed.position < joined_at:  # a replica that lags behind what was heard already
                raise NoAnswer("the log that was read ends before what was handed on")
    except BaseException:
        hub.leave(subscriber)
        raise
    if missed.gap is not None:
        metrics.FEED_GAPS.labels(subscriber.protocol).inc()
    subscriber.begin(missed.position)
    return missed


def _end(parts: Parts, hub: Hub, connection: HTTPConnection, subscriber: Subscriber) -> Callable[[], None]:
    # A stream ends with its session; the browser comes back, and is turned away.
    seconds = parts.access.seconds_left(connection)
    ending = asyncio.get_running_loop().call_later(seconds, subscriber.end) if seconds is not None else None

    def on_end() -> None:
        hub.leave(subscriber)
        if ending is not None:
            ending.cancel()

    return on_end


def _place(connection: HTTPConnection) -> int | None:
    """Return the position that a viewer knows, None when it knows none. Raises ValueError for what is no position."""
    given = connection.headers.get("last-event-id") or connection.query_params.get("after")
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > _MOST_DIGITS:
        raise ValueError(given)
    return int(given)
