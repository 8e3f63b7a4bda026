"""Tells what a migration downwards would throw away that has not come to its end. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy

from autopost.database.migrate import engine_for, explained
from autopost.database.revisions import known_revisions
from autopost.database.sql import query, render
from autopost.settings import Settings

OUTBOX_REVISION = "0002_outbox"  # the first that has an outbox
LOG_REVISION = "0007_announcements"  # the first that has a log of announcements
HOOKS_REVISION = "0008_hooks"  # the first that has hooks


@dataclass(frozen=True, slots=True)
class Lost:
    """Rows that would go: of the outbox by state, events that were not delivered to all, dead letters of webhooks."""

    pending: int = 0
    claimed: int = 0
    dead: int = 0
    unannounced: int = 0
    letters: int = 0

    @property
    def is_unfinished(self) -> bool:
        """Tell whether something has had no outcome. What is dead has had its own, though it could be sent again."""
        return self.pending + self.claimed + self.unannounced > 0


def downgrade_losses(settings: Settings, target: str) -> Lost:
    """Return what a migration to this revision would throw away. Raises what a migration does."""

    def goes(first: str) -> bool:
        return target == "base" or (target in known_revisions() and target < first)

    if not goes(HOOKS_REVISION):
        return Lost()
    schema = settings.schema_name
    try:
        with engine_for(settings).connect() as connection:
            pending = claimed = dead = unannounced = letters = 0
            if goes(OUTBOX_REVISION) and _is_there(connection, schema, "auto_post_outbox"):
                pending, claimed, dead = connection.exec_driver_sql(query("cli/unfinished", schema)).one()
            if _is_there(connection, schema, "auto_post_positions"):
                by_anyone, by_webhooks = connection.exec_driver_sql(query("cli/unannounced", schema)).one()
                unannounced = by_anyone if goes(LOG_REVISION) else by_webhooks
            if _is_there(connection, schema, "auto_post_hook_dead"):
                letters = connection.exec_driver_sql(query("cli/webhook_dead_letters", schema)).scalar_one()
            return Lost(pending, claimed, dead, unannounced, letters)
    except sqlalchemy.exc.DBAPIError as error:
        raise explained(error) from None


def _is_there(connection: sqlalchemy.Connection, schema: str, table: str) -> bool:
    name = render(f"{{{{ schema }}}}.{table}", schema)
    return connection.exec_driver_sql("select to_regclass(%s)", (name,)).scalar() is not None
