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
from autopost.webhooks.schedule import Schedule

GIVE_UP_HOURS = 24.0


class WebhookKind(StrEnum):
    """In which form a post is sent."""

    SLACK = "slack"
    TEAMS = "teams"
    DISCORD = "discord"
    GOOGLE_CHAT = "google-chat"
    MATTERMOST = "mattermost"
    EMAIL = "email"
    WEBHOOK = "webhook"


class Importance(StrEnum):
    """How important a post must be, least first; `none` is for a webhook that is sent summaries alone."""

    ALL = "all"
    ALERTS = "alerts"
    APPROVALS = "approvals"
    NONE = "none"

    def has(self, event: BroadcastEvent) -> bool:
        """Return whether a post is that important. An approval request is an alert that asks people to act."""
        if self is Importance.NONE:
            return False
        return self is Importance.ALL or (event.is_approval if self is Importance.APPROVALS else event.is_alert)


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
    importance: Importance = Importance.ALL

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
        return self.importance.has(event) and all(wanted is None or value in wanted for wanted, value in found)

    @property
    def description(self) -> str:
        """Return it in words, as `alert; agents ada, bob`."""
        parts = [] if self.importance is Importance.ALL else [str(self.importance)]
        for name in LISTS:
            wanted = getattr(self, name)
            if wanted is not None:
                values = ", ".join(sorted(map(str, wanted)))
                parts.append(values if name == "post_types" else f"{name.replace('_', ' ')} {values}")
        return "; ".join(parts) or "all"


LISTS = tuple(item.name for item in fields(WebhookFilter) if item.name != "importance")


@dataclass(frozen=True, slots=True)
class Mail:
    """Who sends a webhook's e-mails to whom, and as which user of the server. Its repr leaves out addresses."""

    sender: str = field(repr=False)
    recipients: tuple[str, ...] = field(repr=False)
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


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
    mail: Mail | None = None
    summary: Schedule | None = None

    @property
    def consumer(self) -> str:
        """Return its name among the consumers of the log."""
        return f"{WEBHOOK_PREFIX}{self.name}"

    @property
    def where(self) -> str:
        """Return what may be seen of its address: no path, which in a chat's is the secret."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
