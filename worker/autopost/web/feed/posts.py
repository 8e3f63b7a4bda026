"""Reads the newest posts for JSON Feed and Atom: one query every few seconds serves every client."""

from __future__ import annotations

import json
from collections import OrderedDict
from functools import partial

from autopost.digest import digest_in
from autopost.web.cached import Cached
from autopost.web.database import Database
from autopost.web.feed.documents import Post
from autopost.web.filter import FeedFilter

MOST_POSTS = 50
MOST_ROWS_READ = 5_000
CACHED_SECONDS = 2.0
MOST_CACHED = 100  # documents of different agents and kinds


class Posts:
    """The newest posts of one schema."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cached: OrderedDict[FeedFilter, Cached[list[Post]]] = OrderedDict()

    async def newest(self, wanted: FeedFilter) -> list[Post]:
        """Return the newest posts, the newest first. Raises DatabaseUnavailable."""
        cached = self._cached.setdefault(wanted, Cached(partial(self._read, wanted), CACHED_SECONDS))
        self._cached.move_to_end(wanted)
        if len(self._cached) > MOST_CACHED:
            self._cached.popitem(last=False)
        return await cached.get()

    async def _read(self, wanted: FeedFilter) -> list[Post]:
        rows = await self._database.fetch("feed/posts", wanted.agent, wanted.kind, MOST_POSTS, MOST_ROWS_READ)
        return [Post(**{**row, "digest": digest_in(json.loads(row["digest"] or "null"))}) for row in rows]
