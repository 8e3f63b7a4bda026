"""The message with a summary, as each kind of webhook shows it. Pure.

A text of the team or of an agent's name shows as it is, as in the message of a post (chat.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, tzinfo
from typing import Any, Self

from autopost.outbox.summary import Summary
from autopost.outbox.summary_text import lines, title
from autopost.webhooks import chat
from autopost.webhooks.webhook import WebhookKind

EVENT_TYPE = "agent_summary"
MOST_CHARACTERS = 2_400  # of a chat's message; Slack takes 3,000 in a block, Google Chat 100 lines in a card
MOST_CHARACTERS_OF = {WebhookKind.DISCORD: 1_000, WebhookKind.EMAIL: 30_000, WebhookKind.WEBHOOK: 30_000}
MOST_DISCORD_CHARACTERS = 2_000  # escaped
MOST_AGENTS = 300  # in the message of a webhook that is signed
MOST_KINDS = 20  # of each of them


@dataclass(frozen=True, slots=True)
class SummaryMessage:
    """A summary for one webhook. A repeat has the same `post_id`; `data` is for machines."""

    post_id: str
    title: str
    lines: tuple[str, ...]
    created_at: datetime
    data: Mapping[str, Any]
    agent_name: str | None = None

    @property
    def content(self) -> str:
        """Return it as plain text, without its title."""
        return "\n".join(self.lines)

    @property
    def text(self) -> str:
        """Return it as plain text."""
        return f"{self.title}\n{self.content}"

    @property
    def stored(self) -> str:
        """Return it as JSON, to be stored before it is sent."""
        return json.dumps({**asdict(self), "created_at": self.created_at.isoformat()})

    @classmethod
    def from_stored(cls, stored: str) -> Self:
        """Return a message that was stored."""
        values = json.loads(stored)
        created_at = datetime.fromisoformat(values["created_at"])
        return cls(**{**values, "created_at": created_at, "lines": tuple(values["lines"])})


def summary_message(
    kind: WebhookKind, name: str, summary: Summary, zone: tzinfo, lead: str | None = None
) -> SummaryMessage:
    """Return the message for a webhook of this kind and name, as long as the kind allows; `lead` is its first line."""
    first = () if lead is None else (lead,)
    most = MOST_CHARACTERS_OF.get(kind, MOST_CHARACTERS) - len(lead or "")
    data: dict[str, Any] = {}
    if kind is WebhookKind.WEBHOOK:
        data = summary.facts
        data["agents"] = [
            {**agent, "completed": agent["completed"][:MOST_KINDS], "alerts": agent["alerts"][:MOST_KINDS]}
            for agent in data["agents"][:MOST_AGENTS]
        ]
    return SummaryMessage(
        post_id=f"summary-{name}-{summary.until:%Y%m%dT%H%MZ}",
        title=title(summary, zone),
        lines=(*first, *lines(summary, zone, most)),
        created_at=summary.until,
        data=data,
    )


def summary_body(message: SummaryMessage) -> Mapping[str, Any]:
    """Return the message in the form of Standard Webhooks."""
    data = {"id": message.post_id, "title": message.title, "text": message.content, **message.data}
    return {"type": EVENT_TYPE, "timestamp": message.created_at.isoformat(), "data": data}


def _slack(message: SummaryMessage) -> Mapping[str, Any]:
    shown = chat.for_slack(message.text)
    return chat.slack_block(shown[: chat.MOST_SLACK_CHARACTERS], chat.without_calls(chat.for_slack(message.title)))


def _teams(message: SummaryMessage) -> Mapping[str, Any]:
    runs = [{"type": "TextRun", "text": chat.for_teams(line)} for line in message.lines]
    heading = {"type": "TextRun", "text": chat.for_teams(message.title), "weight": "Bolder"}
    return chat.teams_card([{"type": "RichTextBlock", "inlines": [run]} for run in (heading, *runs)])


def _discord(message: SummaryMessage) -> Mapping[str, Any]:
    shown = list(map(chat.for_discord, (message.title, *message.lines)))
    while len("\n".join(shown)) > MOST_DISCORD_CHARACTERS:
        shown.pop()
    return chat.discord_content("\n".join(shown))


def _google_chat(message: SummaryMessage) -> Mapping[str, Any]:
    return chat.google_chat_card("summary", message.title, message.lines)


def _mattermost(message: SummaryMessage) -> Mapping[str, Any]:
    return chat.mattermost_text(chat.for_mattermost(message.text))


SUMMARY_CHATS: Mapping[WebhookKind, Callable[[SummaryMessage], Mapping[str, Any]]] = {
    WebhookKind.SLACK: _slack,
    WebhookKind.TEAMS: _teams,
    WebhookKind.DISCORD: _discord,
    WebhookKind.GOOGLE_CHAT: _google_chat,
    WebhookKind.MATTERMOST: _mattermost,
}
