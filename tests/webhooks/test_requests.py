"""What is sent: a body that Slack takes, and one whose signature its receiver can verify."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from autopost.webhooks.request import request_for, sample, slack_body
from autopost.webhooks.webhook import Webhook as WebhookConfig
from autopost.webhooks.webhook_file import parse_webhooks
from tests.support.webhooks.posts import ADA, post


def hook_of(secret: str) -> WebhookConfig:
    """Return a webhook that signs."""
    from pathlib import Path

    text = f'[a]\nkind = "webhook"\nurl = "https://x.example.com"\nsecret = "{secret}"\nheaders = {{X-Key = "k"}}\n'
    return parse_webhooks(text, "hooks.toml", Path())[0]


def test_signature_is_verified_by_the_receivers_own_library(secret: str) -> None:
    """Standard Webhooks; the body is the post as transports carry it."""
    headers, body = request_for(hook_of(secret), ADA, datetime.now(UTC))
    verified = Webhook(secret).verify(body, dict(headers))
    assert verified == {"type": "agent_post", "timestamp": ADA.data["created_at"], "data": ADA.data}
    assert dict(headers)["webhook-id"] == ADA.post_id
    assert dict(headers)["X-Key"] == "k"


def test_changed_or_old_message_is_not_verified(secret: str) -> None:
    """Nor one that another secret signed."""
    headers, body = request_for(hook_of(secret), ADA, datetime.now(UTC))
    for changed in (body.replace(b"inbox", b"safe"), body + b" "):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(changed, dict(headers))
    old, body = request_for(hook_of(secret), ADA, datetime.now(UTC) - timedelta(minutes=6))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, dict(old))


def test_unpadded_secret_is_the_same_secret(secret: str) -> None:
    """As some generators write them."""
    assert hook_of(secret.rstrip("=")).secret == hook_of(secret).secret


def test_slack_gets_who_and_what() -> None:
    """In the one field that all that understand its form show."""
    assert json.loads(slack_body(ADA)) == {
        "text": "Ada: Sorted the inbox",
        "unfurl_links": False,
        "unfurl_media": False,
    }


def test_slack_gets_alerts_marked() -> None:
    """So that they are seen."""
    assert json.loads(slack_body(post(post_type="alert")))["text"] == ":rotating_light: Ada: Sorted the inbox"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("<!channel> look", "&lt;!channel&gt; look"),
        ("<https://evil.example|a link>", "&lt;https://evil.example|a link&gt;"),
        ("@here and @Channel", "@\u2060here and @\u2060Channel"),
        ("mail to a@hereford.example", "mail to a@hereford.example"),
    ],
)
def test_text_of_an_agent_calls_nobody(text: str, sent: str) -> None:
    """Nor does it hide a link, in Slack or in what else takes its form."""
    assert json.loads(slack_body(post(content=text)))["text"] == f"Ada: {sent}"
    assert json.loads(slack_body(post(agent_name=text)))["text"] == f"{sent}: Sorted the inbox"


def test_agent_without_a_name_is_shown_by_its_id() -> None:
    """Or as an agent."""
    assert json.loads(slack_body(post(agent_name=None)))["text"].startswith("ada: ")
    assert json.loads(slack_body(post(agent_name=None, agent_id=None)))["text"].startswith("An agent: ")


def test_sample_says_that_it_is_one(secret: str) -> None:
    """For anyone who reads it where it arrives."""
    assert "This is a test of the webhook a." in sample(hook_of(secret)).content
