"""Reads the newest posts, for documents that many may ask for: one look every few seconds serves all."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial

from autopost.web.cached import Cached
from autopost.web.database import Database
from autopost.web.feed.documents import Post
from autopost.web.filter import FeedFilter

MOST_POSTS = 50
MOST_LOOKED_AT = 5_000
KEPT_SECONDS = 2.0
MOST_KEPT = 100  # documents of different agents and kinds


class Posts:
    """The newest posts of one schema."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[FeedFilter, Cached[list[Post]]] = OrderedDict()

    async def newest(self, wanted: FeedFilter) -> list[Post]:
        """Return the newest posts, the newest first. Raises NoAnswer."""
        kept = self._kept.setdefault(wanted, Cached(partial(self._read, wanted), KEPT_SECONDS))
        self._kept.move_to_end(wanted)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return await kept.get()

    async def _read(self, wanted: FeedFilter) -> list[Post]:
        rows = await self._database.fetch("feed/posts", wanted.agent, wanted.kind, MOST_POSTS, MOST_LOOKED_AT)
        return [Post(**dict(row)) for row in rows]
