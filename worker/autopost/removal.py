"""Tells what a migration downwards would throw away that has no outcome yet. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy

from autopost.migrate import engine_for, explained, known_revisions
from autopost.resources import query, render
from autopost.settings import Settings

OUTBOX_REVISION = "0002_outbox"  # the first that has an outbox


@dataclass(frozen=True, slots=True)
class Lost:
    """Rows of the outbox that would go, by their state."""

    pending: int = 0
    claimed: int = 0
    dead: int = 0

    @property
    def waiting(self) -> int:
        """Return how many would never have an outcome; the dead have theirs, and could be given another."""
        return self.pending + self.claimed


def lost_by(settings: Settings, target: str) -> Lost:
    """Return what a migration to this revision would throw away. Raises what a migration does."""
    without_outbox = {"base"} | {revision for revision in known_revisions() if revision < OUTBOX_REVISION}
    if target not in without_outbox:
        return Lost()
    schema = settings.schema_name
    try:
        with engine_for(settings).connect() as connection:
            outbox = render("{{ schema }}.auto_post_outbox", schema)
            if connection.exec_driver_sql("select to_regclass(%s)", (outbox,)).scalar() is None:
                return Lost()
            return Lost(*connection.exec_driver_sql(query("unfinished", schema)).one())
    except sqlalchemy.exc.DBAPIError as error:
        raise explained(error) from None
