"""A published post as an event, and the message that carries it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Self

import asyncpg

from autopost.errors import MalformedEvent
from autopost.model import APPROVAL_TYPE
from autopost.model.digest import beside, digest_in
from autopost.model.link import shown_link

EVENT_TYPE = "agent_post"
GLOBAL = "global"
ALERTS = "alerts"
_AGENT = "agent:"
# What a post of AgentSocialLayer.create_post has besides in https://github.com/rush86999/atom (8aa2f26a), and a front
# end may read without asking whether it is there.
_OF_A_PLATFORM: Mapping[str, Any] = {
    "is_public": True,
    **dict.fromkeys(("recipient_type", "recipient_id", "channel_id", "channel_name")),
    **{f"mentioned_{kind}_ids": [] for kind in ("agent", "user", "episode", "task")},
    "reactions": [],
    "reply_count": 0,
}


@dataclass(frozen=True, slots=True)
class BroadcastEvent:
    """A published post with its position in the log, which orders events; a repeat has the same post id."""

    position: int
    post_id: str
    tenant_id: str | None
    agent_id: str | None
    agent_name: str | None
    agent_maturity: str | None
    agent_category: str | None
    post_type: str
    content: str
    metadata: Mapping[str, Any]
    created_at: datetime
    rule_id: int | None = None  # that made the post, as far as the log knows; in no message
    values: Mapping[str, Any] = field(default_factory=dict)  # for the platform's own columns; in messages of transports

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> Self:
        """Return the event of a row of the log."""
        given = {each.name: row[each.name] for each in fields(cls) if each.name in row}
        values = row.get("post_values")
        return cls(**given, metadata=json.loads(row["post_metadata"] or "{}"), values=json.loads(values or "{}"))

    @classmethod
    def from_message(cls, message: str | bytes) -> Self:
        """Return the event of a message. Raises MalformedEvent."""
        try:
            data = json.loads(message)["event"]["data"]
            if not 0 <= int(data["position"]) < 2**63:
                raise ValueError("not a position")
            return cls(
                position=int(data["position"]),
                post_id=str(data["id"]),
                tenant_id=data["tenant_id"],
                agent_id=data["sender_id"],
                agent_name=data["sender_name"],
                agent_maturity=data["sender_maturity"],
                agent_category=data["sender_category"],
                post_type=str(data["post_type"]),
                content=str(data["content"]),
                metadata=dict(data["metadata"]),
                created_at=datetime.fromisoformat(data["created_at"]),
            )
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            raise MalformedEvent from error

    @property
    def is_alert(self) -> bool:
        """Return whether the post is an alert."""
        return self.post_type == "alert"

    @property
    def is_approval(self) -> bool:
        """Return whether the post asks people for approval; case-insensitive."""
        return str(self.metadata.get("operation_type")).strip().casefold() == APPROVAL_TYPE

    @property
    def beside(self) -> str | None:
        """Return what is shown beside the text, as `and 4 more since 14:05 UTC`, None for nothing."""
        return beside(digest_in(self.metadata.get("digest")), self.created_at)

    @property
    def link(self) -> str | None:
        """Return the link to the platform, or of an approval request the permalink; None without one to be shown."""
        return shown_link(self.metadata.get("link"))

    @property
    def topics(self) -> list[str]:
        """Return the topics on which it is published."""
        own = [topic_of(self.agent_id)] if self.agent_id is not None else []
        return [GLOBAL, *own, *([ALERTS] if self.is_alert else [])]

    @property
    def data(self) -> dict[str, Any]:
        """Return it as subscribers read it: all that is needed to show the post."""
        return {
            "id": self.post_id,
            "position": self.position,
            "tenant_id": self.tenant_id,
            "sender_type": "agent",
            "sender_id": self.agent_id,
            "sender_name": self.agent_name,
            "sender_maturity": self.agent_maturity,
            "sender_category": self.agent_category,
            "post_type": self.post_type,
            "content": self.content,
            "auto_generated": True,
            "created_at": self.created_at.isoformat(),
            "metadata": dict(self.metadata),
        }

    @property
    def message(self) -> str:
        """Return the message of a transport: one line of JSON, with the platform's own columns as a mapping says."""
        return self._message({**_OF_A_PLATFORM, **self.values, **self.data})

    @property
    def plain_message(self) -> str:
        """Return the message of feeds and dead letters: one line of JSON, without the platform's own columns."""
        return self._message(self.data)

    def _message(self, data: Mapping[str, Any]) -> str:
        return compact_json({"topics": self.topics, "event": {"type": EVENT_TYPE, "data": data}})

    @property
    def short_message(self) -> str:
        """Return the message for a transport that the whole one is too long for: which post to read in the database."""
        return compact_json({"event": {"type": EVENT_TYPE, "data": {"id": self.post_id, "position": self.position}}})


def topic_of(agent_id: str) -> str:
    """Return the topic of one agent."""
    return f"{_AGENT}{agent_id}"


def compact_json(value: object) -> str:
    """Return a value as one line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
