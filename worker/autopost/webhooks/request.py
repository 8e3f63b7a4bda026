"""What is sent for a post: body and headers, as Slack takes them or signed. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime

from autopost import __version__
from autopost.broadcast.announcement import EVENT_TYPE, Announcement
from autopost.webhooks.hook import Hook, Kind

USER_AGENT = f"autopost/{__version__}"
# Words by which a chat calls everybody; a text of an agent must not. The mark that breaks them up cannot be seen.
_EVERYBODY = re.compile(r"@(?=here\b|channel\b|all\b|everyone\b|group\b)", re.IGNORECASE)
_BROKEN_UP = "@\N{WORD JOINER}"

Headers = list[tuple[str, str]]


def request_for(hook: Hook, announcement: Announcement, now: datetime) -> tuple[Headers, bytes]:
    """Return headers and body for a post. `now` is that of the attempt: a signature counts for some minutes."""
    body = slack_body(announcement) if hook.kind is Kind.SLACK else webhook_body(announcement)
    headers = [("User-Agent", USER_AGENT), ("Content-Type", "application/json; charset=utf-8"), *hook.headers]
    if hook.secret is not None:
        headers += signature_headers(hook.secret, announcement.post_id, now, body)
    return headers, body


def slack_body(announcement: Announcement) -> bytes:
    """Return the message as Slack's incoming webhooks take it, and Mattermost's and Rocket.Chat's.

    https://docs.slack.dev/messaging/formatting-message-text: &, < and > are escaped, so that the text calls nobody.
    Links in it are not fetched.
    """
    who = announcement.agent_name or announcement.agent_id or "An agent"
    mark = ":rotating_light: " if announcement.is_alert else ""
    text = f"{mark}{_harmless(who)}: {_harmless(announcement.content)}"
    return _json({"text": text, "unfurl_links": False, "unfurl_media": False})


def webhook_body(announcement: Announcement) -> bytes:
    """Return the message in the form of Standard Webhooks, with the post as carriers announce it."""
    data = announcement.data
    return _json({"type": EVENT_TYPE, "timestamp": data["created_at"], "data": data})


def signature_headers(secret: bytes, message_id: str, now: datetime, body: bytes) -> Headers:
    """Return the headers that prove who sent this, and when.

    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: HMAC-SHA256 over id,
    seconds and body with dots between them. A repeat has the same id, by which a receiver knows it.
    """
    seconds = str(int(now.timestamp()))
    signed = hmac.new(secret, b".".join((message_id.encode(), seconds.encode(), body)), hashlib.sha256).digest()
    return [
        ("webhook-id", message_id),
        ("webhook-timestamp", seconds),
        ("webhook-signature", f"v1,{base64.b64encode(signed).decode()}"),
    ]


def sample(hook: Hook, now: datetime | None = None) -> Announcement:
    """Return a post that says that it is a test of a hook."""
    now = now or datetime.now(UTC)
    return Announcement(
        position=0,
        post_id=f"test-{int(now.timestamp() * 1000)}",
        tenant_id=None,
        agent_id="autopost",
        agent_name="autopost",
        agent_maturity=None,
        agent_category=None,
        post_type="status",
        content=f"This is a test of the hook {hook.name}. Nothing happened.",
        metadata={"test": True},
        created_at=now,
    )


def _harmless(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _EVERYBODY.sub(_BROKEN_UP, escaped)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
