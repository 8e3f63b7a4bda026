"""Reads pages of posts for JSON Feed and Atom: one query every few seconds serves every client."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial

from autopost.model.digest import digest_in
from autopost.outbox.cursor import END, Cursor
from autopost.web.cached import Cached
from autopost.web.database import Database
from autopost.web.feed.documents import Post
from autopost.web.filter import FeedFilter

MOST_POSTS = 50
MOST_ROWS_READ = 5_000
CACHED_SECONDS = 2.0
MOST_CACHED = 100  # documents of different filters and places

Wanted = tuple[FeedFilter, Cursor | None]


@dataclass(frozen=True, slots=True)
class PostPage:
    """Some posts, the newest first, and the place before which the next ones are; None where there are none."""

    posts: list[Post]
    older: Cursor | None


class Posts:
    """The posts of one schema."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cached: OrderedDict[Wanted, Cached[PostPage]] = OrderedDict()

    async def page(self, wanted: FeedFilter, before: Cursor | None = None) -> PostPage:
        """Return the newest posts, or those before a place. Raises DatabaseUnavailable.

        A page may hold fewer posts than the next one, or none: it ends after MOST_ROWS_READ of the feed.
        """
        key = (wanted, before)
        cached = self._cached.setdefault(key, Cached(partial(self._read, wanted, before), CACHED_SECONDS))
        self._cached.move_to_end(key)
        if len(self._cached) > MOST_CACHED:
            self._cached.popitem(last=False)
        return await cached.get()

    async def _read(self, wanted: FeedFilter, before: Cursor | None) -> PostPage:
        until = before or END
        rows = await self._database.fetch(
            "feed/posts", wanted.agent, wanted.kind, MOST_POSTS + 1, MOST_ROWS_READ, wanted.tenant, until.at, until.id
        )
        horizon: Cursor | None = None
        posts = []
        for row in rows:
            fields = dict(row)
            at, id_ = fields.pop("horizon_at"), fields.pop("horizon_id")
            horizon = Cursor(at, id_) if at is not None else None
            if fields["id"] is not None:
                posts.append(Post(**{**fields, "digest": digest_in(json.loads(fields["digest"] or "null"))}))
        if len(posts) > MOST_POSTS:
            last = posts[MOST_POSTS - 1]
            return PostPage(posts[:MOST_POSTS], Cursor(last.created_at, last.id))
        return PostPage(posts, horizon)
