"""Tells what a migration downwards would throw away that has not come to its end. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy

from autopost.database.migrate import engine_for, explained
from autopost.database.revisions import known_revisions
from autopost.database.sql import Schemas, query, render, schemas_of
from autopost.settings import Settings

HOOKS_REVISION = "0002_webhooks"  # the first that has hooks


@dataclass(frozen=True, slots=True)
class Lost:
    """Rows that would go: of the outbox by state, events that were not delivered to all, dead letters of webhooks."""

    pending: int = 0
    claimed: int = 0
    dead: int = 0
    not_broadcast: int = 0
    letters: int = 0

    @property
    def is_unfinished(self) -> bool:
        """Return whether something has had no outcome. What is dead has had its own, though it could be sent again."""
        return self.pending + self.claimed + self.not_broadcast > 0


def downgrade_losses(settings: Settings, target: str) -> Lost:
    """Return what a migration to this revision would throw away. Raises what a migration does."""
    everything = target == "base"
    if not everything and (target not in known_revisions() or target >= HOOKS_REVISION):
        return Lost()
    try:
        with engine_for(settings).connect() as connection:
            return _lost(connection, schemas_of(settings, mapped=False), everything=everything)
    except sqlalchemy.exc.DBAPIError as error:
        raise explained(error) from None


def _lost(connection: sqlalchemy.Connection, schemas: Schemas, *, everything: bool) -> Lost:
    def row(name: str) -> tuple[Any, ...]:
        return tuple(connection.exec_driver_sql(query(name, schemas)).one())

    pending = claimed = dead = not_broadcast = letters = 0
    if everything and _is_there(connection, schemas, "auto_post_outbox"):
        pending, claimed, dead = row("cli/unfinished")
    if _is_there(connection, schemas, "auto_post_consumers"):
        by_anyone, by_hooks = row("cli/not_broadcast")
        not_broadcast = by_anyone if everything else by_hooks
    if _is_there(connection, schemas, "auto_post_webhook_dead_letters"):
        (letters,) = row("cli/webhook_dead_letters")
    return Lost(pending, claimed, dead, not_broadcast, letters)


def _is_there(connection: sqlalchemy.Connection, schemas: Schemas, table: str) -> bool:
    name = render(f"{{{{ schema }}}}.{table}", schemas)
    return connection.exec_driver_sql("select to_regclass(%s)", (name,)).scalar() is not None
