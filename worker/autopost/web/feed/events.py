"""`/feed/events`: posts as server-sent events."""

from __future__ import annotations

from dataclasses import asdict

from starlette.requests import Request
from starlette.types import ASGIApp

from autopost.web.feed.log import GAP, Backfill
from autopost.web.feed.subscription import FeedContext, subscribe
from autopost.web.sse import EventStream, event, mark, require_get
from autopost.web.viewer import EVENTS


async def stream_events(context: FeedContext, request: Request) -> ASGIApp:
    """Stream posts, beginning with those after the position that the viewer gives."""
    require_get(request)
    subscription = await subscribe(context, request, EVENTS)
    return EventStream(subscription.hub, subscription.viewer, first_events(subscription.backfill))


def first_events(backfill: Backfill) -> bytes:
    """Return the events of what was missed, a gap first if there is one, and the position up to which they reach."""
    gap = backfill.gap
    gaps = [event(GAP, asdict(gap), id_=str(gap.until))] if gap is not None else []
    return b"".join([*gaps, *(post.event for post in backfill.posts), mark(backfill.position)])
