"""How a viewer subscribes over either protocol: its token, its topics, and the position from which it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from starlette.requests import HTTPConnection

from autopost.observability import metrics
from autopost.web.access import Access, InAddress
from autopost.web.errors import BroadcastDisabled, DatabaseUnavailable, InvalidPosition
from autopost.web.feed.hub import FeedHub
from autopost.web.feed.log import Backfill, Log
from autopost.web.feed.posts import Posts
from autopost.web.feed.topics import Topics
from autopost.web.filter import tenant_in
from autopost.web.public_address import PublicAddress
from autopost.web.viewer import Viewer

_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class FeedContext:
    """What the handlers share; there is no hub where nothing is broadcast."""

    access: Access
    log: Log
    posts: Posts
    hub: FeedHub | None
    has_page: bool = True  # whether the dashboard is served, and so permalinks

    @property
    def address(self) -> PublicAddress:
        """Return where the dashboard is, as clients see it."""
        return self.access.address


@dataclass(frozen=True, slots=True)
class Subscription:
    """A viewer that is subscribed to a hub, and what it missed before."""

    hub: FeedHub
    viewer: Viewer
    backfill: Backfill


async def subscribe(context: FeedContext, connection: HTTPConnection, protocol: str) -> Subscription:
    """Subscribe a viewer, and then read what it missed, so that nothing is lost between. Raises RequestRefused."""
    grant = await context.access.require(connection, InAddress.TICKET)
    tenant = grant.tenant(tenant_in(connection.query_params))
    hub = context.hub
    if hub is None:
        raise BroadcastDisabled
    topics = Topics.read(connection.query_params.getlist("topic"))
    after = _position(connection)
    left = partial(context.access.seconds_left, grant)
    viewer = Viewer(topics.names, protocol=protocol, session_left=left, tenant=tenant)

    async def read_backfill() -> Backfill:
        subscribed_at = hub.position
        if after is None:
            return Backfill([], subscribed_at, None)
        backfill = await context.log.missed(after, topics, tenant)
        if backfill.position < subscribed_at:  # read from a replica that lags behind
            raise DatabaseUnavailable("the log that was read ends before what was published")
        return backfill

    backfill = await hub.subscribe(viewer, read_backfill)
    if backfill.gap is not None:
        metrics.FEED_GAPS.labels(protocol).inc()
    viewer.skip(backfill.position)
    return Subscription(hub, viewer, backfill)


def _position(connection: HTTPConnection) -> int | None:
    """Return the position up to which a viewer has the posts, None when it gives none. Raises InvalidPosition."""
    given = connection.headers.get("last-event-id") or connection.query_params.get("after")
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > _MOST_DIGITS:
        raise InvalidPosition
    return int(given)
