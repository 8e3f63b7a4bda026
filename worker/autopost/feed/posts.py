"""Reads the newest posts, for documents that many may ask for: one look every few seconds serves all."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial

from autopost.feed.documents import Post
from autopost.page.database import Database
from autopost.page.entry import Wanted
from autopost.page.kept import Kept

MOST_POSTS = 50
MOST_LOOKED_AT = 5_000
KEPT_SECONDS = 2.0
MOST_KEPT = 100  # documents of different agents and kinds


class Posts:
    """The newest posts of one schema."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[Wanted, Kept[list[Post]]] = OrderedDict()

    async def newest(self, wanted: Wanted) -> list[Post]:
        """Return the newest posts, the newest first. Raises NoAnswer."""
        kept = self._kept.setdefault(wanted, Kept(partial(self._read, wanted), KEPT_SECONDS))
        self._kept.move_to_end(wanted)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return await kept.get()

    async def _read(self, wanted: Wanted) -> list[Post]:
        rows = await self._database.fetch("feed_posts", wanted.agent, wanted.kind, MOST_POSTS, MOST_LOOKED_AT)
        return [Post(**dict(row)) for row in rows]
