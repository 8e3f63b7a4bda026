"""One post by its address: what it says, the history of its operation step by step, and where it was delivered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autopost.model.counted import listed
from autopost.model.digest import digest_in
from autopost.outbox.history import Story, read_story
from autopost.outbox.outcomes import Outcome
from autopost.web.database import Database

MOST_EVENTS_READ = 20_000  # of the log, the last


@dataclass(frozen=True, slots=True)
class Permalink:
    """A post, the history of its operation, None where that is not known, and its deliveries."""

    entry: Outcome
    story: Story | None
    deliveries: Sequence[Mapping[str, Any]]

    @property
    def carried(self) -> str | None:
        """Return what the agent did while it was rate-limited, as `3 workflows and a report`, None for nothing."""
        digest = self.entry.digest
        return listed(digest.kinds, digest.count) if digest is not None and digest.kinds else None


async def read_permalink(database: Database, post_id: str, tenant: str | None = None) -> Permalink | None:
    """Return a post, None where the feed, or the `tenant`, has none with this id. Raises DatabaseUnavailable."""
    rows = await database.fetch("web/post", post_id)
    if not rows:
        return None
    entry = Outcome(**{**rows[0], "digest": digest_in(json.loads(rows[0]["digest"] or "null"))})
    if tenant is not None and entry.tenant_id != tenant:
        return None
    story = None if entry.tracker_id is None else await read_story(database, entry.tracker_id)
    deliveries = await database.fetch("web/deliveries", post_id, MOST_EVENTS_READ)
    return Permalink(entry, story, [dict(row) for row in deliveries])
