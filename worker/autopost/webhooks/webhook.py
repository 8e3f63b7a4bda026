"""A webhook: which posts it wants, and where they go in which form."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from autopost.broadcast.event import BroadcastEvent
from autopost.broadcast.lease import WEBHOOK_PREFIX

GIVE_UP_HOURS = 24.0


class WebhookKind(StrEnum):
    """In which form a post is sent."""

    SLACK = "slack"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class WebhookFilter:
    """Which posts a webhook wants: those of which each of these holds what they have. None: whatever they have."""

    post_types: Collection[str] | None = None
    rules: Collection[int] | None = None
    operation_types: Collection[str] | None = None
    statuses: Collection[str] | None = None
    agents: Collection[str] | None = None
    categories: Collection[str] | None = None
    tenants: Collection[str] | None = None

    def has(self, event: BroadcastEvent) -> bool:
        """Return whether this event is wanted."""
        found = (
            (self.post_types, event.post_type),
            (self.rules, event.rule_id),
            (self.operation_types, event.metadata.get("operation_type")),
            (self.statuses, event.metadata.get("operation_status")),
            (self.agents, event.agent_id),
            (self.categories, event.agent_category),
            (self.tenants, event.tenant_id),
        )
        return all(wanted is None or value in wanted for wanted, value in found)

    @property
    def description(self) -> str:
        """Return it in words, as `alert; agents ada, bob`."""
        parts = []
        for name in FILTERS:
            wanted = getattr(self, name)
            if wanted is not None:
                values = ", ".join(sorted(map(str, wanted)))
                parts.append(values if name == "post_types" else f"{name.replace('_', ' ')} {values}")
        return "; ".join(parts) or "all"


FILTERS = tuple(item.name for item in fields(WebhookFilter))


@dataclass(frozen=True, slots=True)
class Webhook:
    """One webhook. Its repr leaves out what may be secret."""

    name: str
    kind: WebhookKind
    url: str = field(repr=False)
    secret: bytes | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    ca_file: Path | None = None
    wanted: WebhookFilter = WebhookFilter()
    give_up_after: timedelta = timedelta(hours=GIVE_UP_HOURS)

    @property
    def consumer(self) -> str:
        """Return its name among the consumers of the log."""
        return f"{WEBHOOK_PREFIX}{self.name}"

    @property
    def where(self) -> str:
        """Return what may be seen of its address: no path, which in Slack's is the secret."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
