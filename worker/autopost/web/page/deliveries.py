"""Where posts go on from the feed: the transport that broadcasts them, and webhooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autopost.outbox.operator import OperatorActions
from autopost.web.database import Database

MOST_WEBHOOKS = 100


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The transport, None where nothing is broadcast, and the webhooks by name; see transport.sql and webhooks.sql."""

    transport: Mapping[str, Any] | None
    webhooks: Sequence[Mapping[str, Any]]


async def read_deliveries(database: Database) -> Deliveries:
    """Return where posts go and whether they arrive. Raises DatabaseUnavailable."""
    rows = await database.fetch("web/transport")
    transport = dict(rows[0]) if rows and rows[0]["has_transport"] else None
    return Deliveries(transport, (await OperatorActions(database).webhooks())[:MOST_WEBHOOKS])
