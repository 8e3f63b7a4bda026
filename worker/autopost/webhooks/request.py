"""The request for an event: body and headers, as a chat takes them or signed. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from standardwebhooks import Webhook as Signer

from autopost import __version__
from autopost.broadcast.event import EVENT_TYPE, BroadcastEvent, compact_json
from autopost.webhooks.chat import CHATS
from autopost.webhooks.summary_message import SUMMARY_CHATS, SummaryMessage, summary_body
from autopost.webhooks.webhook import Webhook

USER_AGENT = f"autopost/{__version__}"

Headers = list[tuple[str, str]]


def request_for(webhook: Webhook, event: BroadcastEvent | SummaryMessage, now: datetime) -> tuple[Headers, bytes]:
    """Return headers and body for an event or a summary. `now` is that of the attempt: a signature soon expires.

    Signed as https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md says. A repeat
    has the same id, by which a receiver knows it.
    """
    body = _summary_body(webhook, event) if isinstance(event, SummaryMessage) else _body(webhook, event)
    headers = [
        ("User-Agent", USER_AGENT),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Accept-Encoding", "identity"),  # an answer is read up to a limit and never decompressed
        *webhook.headers,
    ]
    if webhook.secret is not None:
        headers += [
            ("webhook-id", event.post_id),
            ("webhook-timestamp", str(int(now.timestamp()))),
            ("webhook-signature", Signer(webhook.secret).sign(event.post_id, now, body)),
        ]
    return headers, body.encode()


def _body(webhook: Webhook, event: BroadcastEvent) -> str:
    chat = CHATS.get(webhook.kind)
    return webhook_body(event) if chat is None else compact_json(chat.message(event))


def _summary_body(webhook: Webhook, message: SummaryMessage) -> str:
    return compact_json(SUMMARY_CHATS.get(webhook.kind, summary_body)(message))


def webhook_body(event: BroadcastEvent) -> str:
    """Return the message in the form of Standard Webhooks, with the post as transports carry it."""
    data = event.data
    return compact_json({"type": EVENT_TYPE, "timestamp": data["created_at"], "data": data})


def sample(webhook: Webhook, now: datetime | None = None) -> BroadcastEvent:
    """Return an event that says that it is a test of a webhook."""
    now = now or datetime.now(UTC)
    return BroadcastEvent(
        position=0,
        post_id=f"test-{int(now.timestamp() * 1000)}",
        tenant_id=None,
        agent_id="autopost",
        agent_name="autopost",
        agent_maturity=None,
        agent_category=None,
        post_type="status",
        content=f"This is a test of the webhook {webhook.name}. Nothing happened.",
        metadata={"test": True},
        created_at=now,
    )
