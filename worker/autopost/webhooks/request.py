"""The request for an event: body and headers, as Slack takes them or signed. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from standardwebhooks import Webhook as Signer

from autopost import __version__
from autopost.broadcast.event import EVENT_TYPE, BroadcastEvent, compact_json
from autopost.webhooks.webhook import Webhook, WebhookKind

USER_AGENT = f"autopost/{__version__}"
# Words by which a chat calls everybody; a text of an agent must not. The mark that breaks them up cannot be seen.
_EVERYBODY = re.compile(r"@(?=here\b|channel\b|all\b|everyone\b|group\b)", re.IGNORECASE)
_BROKEN_UP = "@\N{WORD JOINER}"

Headers = list[tuple[str, str]]


def request_for(webhook: Webhook, event: BroadcastEvent, now: datetime) -> tuple[Headers, bytes]:
    """Return headers and body for an event. `now` is that of the attempt: a signature is valid for some minutes.

    Signed as https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md says. A repeat
    has the same id, by which a receiver knows it.
    """
    body = slack_body(event) if webhook.kind is WebhookKind.SLACK else webhook_body(event)
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


def slack_body(event: BroadcastEvent) -> str:
    """Return the message as Slack's incoming webhooks take it, and Mattermost's and Rocket.Chat's.

    https://docs.slack.dev/messaging/formatting-message-text: &, < and > are escaped, so that the text calls nobody.
    Links in it are not fetched.
    """
    who = event.agent_name or event.agent_id or "An agent"
    mark = ":rotating_light: " if event.is_alert else ""
    text = f"{mark}{_harmless(who)}: {_harmless(event.content)}"
    return compact_json({"text": text, "unfurl_links": False, "unfurl_media": False})


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


def _harmless(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _EVERYBODY.sub(_BROKEN_UP, escaped)
