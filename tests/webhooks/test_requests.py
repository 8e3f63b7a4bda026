"""What is sent: messages that chats show as they are, and one whose signature its receiver can verify."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from autopost.broadcast.event import BroadcastEvent
from autopost.webhooks.request import request_for, sample
from autopost.webhooks.webhook import Webhook as WebhookConfig
from autopost.webhooks.webhook import WebhookKind
from autopost.webhooks.webhook_file import parse_webhooks
from tests.support.webhooks.posts import ADA, post
from tests.support.webhooks.services import SERVICES

HOSTILE = (
    "a < b && c > d &lt; &amp;",
    "<!channel> <!here> <@U012> <#C012> <!subteam^S012|team>",
    "<https://evil.example|a link> [the report](https://evil.example/login) ![x](https://evil.example/p.png)",
    "@here @channel @all @everyone @alice @team and mail to a@hereford.example",
    "<users/all> <users/123> <at>Bob</at> <@123> <@&123> </cmd:1> <t:1:R> <id:guide>",
    "*bold* **bold** _it_ __it__ ~s~ ~~s~~ `code` ```block``` ||spoiler|| $x^2$",
    ":fire: :rotating_light: <:name:123> :) ;) :D <3 =) :-)",
    "# Heading\n## Heading\n-# small\n> quote\n>>> quote\n- item\n+ item\n1. item\n=====\n-----\n    code\n| a | b |",
    "<b>bold</b> <a href='https://evil.example'>report</a> <script>1</script> <img src=x>",
    "{{DATE(2026-01-31T09:00:00Z, SHORT)}} ${user.name} @{utcNow()} {{name}} %s {0}",
    "https://evil.example/a_b_c www.evil.example http://evil.example/p.png",
    "back\\slash \\*not bold\\* \\\\ \\@everyone \\<@123> \\",
    "Zoë 東京 مرحبا 👩🏽‍💻 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
)


CARRIED = {"count": 4, "since": "2026-01-31T08:55:00Z", "in_text": False, "kinds": []}


def sent_to(kind: str, event: BroadcastEvent) -> object:
    """Return the body for a chat, as it reads it."""
    headers, body = request_for(WebhookConfig("a", WebhookKind(kind), "https://x"), event, datetime.now(UTC))
    assert dict(headers)["Content-Type"].startswith("application/json")
    return json.loads(body)


def hook_of(secret: str) -> WebhookConfig:
    """Return a webhook that signs."""
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


@pytest.mark.parametrize("kind", SERVICES)
def test_chat_shows_who_and_what(kind: str) -> None:
    """Alerts with a mark; an agent without a name by its id, or as an agent."""
    answer, shows = SERVICES[kind]
    events = {
        "Ada: Sorted the inbox": ADA,
        "🚨 Ada: Sorted the inbox": post(post_type="alert"),
        "ada: Sorted the inbox": post(agent_name=None),
        "An agent: Sorted the inbox": post(agent_name="", agent_id=None),
        "Ada: Sorted the inbox (and 4 more since 08:55 UTC)": post(metadata={**ADA.metadata, "digest": CARRIED}),
        "Ada: Sorted the inbox (und *4* weitere)": post(metadata={"digest": {**CARRIED, "text": "und *4* weitere"}}),
    }
    for shown, event in events.items():
        body = sent_to(kind, event)
        assert 200 <= (answer("/x?wait=true", body).status or 0) < 300
        assert shows(body) == shown


@pytest.mark.parametrize("kind", SERVICES)
def test_text_of_an_agent_takes_no_effect_in_a_chat(kind: str) -> None:
    """Markup, mentions, links behind words, pictures, emoji codes and functions show as they were written."""
    answer, shows = SERVICES[kind]
    for text in HOSTILE:
        for event in (post(content=text), post(agent_name=text, post_type="alert")):
            body = sent_to(kind, event)
            assert 200 <= (answer("/x?wait=true", body).status or 0) < 300, text
            name = " ".join(str(event.agent_name).split())
            who = name if len(name) <= 80 else name[:79] + "…"
            assert shows(body) == f"{'🚨 ' if event.is_alert else ''}{who}: {event.content}"


@pytest.mark.parametrize("kind", SERVICES)
def test_long_text_is_cut_to_what_a_chat_takes(kind: str) -> None:
    """Whatever its escapes add."""
    answer, shows = SERVICES[kind]
    body = sent_to(kind, post(content="*" * 5_000, agent_name="_" * 500))
    assert 200 <= (answer("/x?wait=true", body).status or 0) < 300
    assert shows(body).endswith("*…")


def test_sample_says_that_it_is_one(secret: str) -> None:
    """For anyone who reads it where it arrives."""
    assert "This is a test of the webhook a." in sample(hook_of(secret)).content


@pytest.mark.parametrize("kind", SERVICES)
def test_link_of_a_post_is_in_its_message_once(kind: str) -> None:
    """Beside the text, which stays as it is; what other hands wrote there is left out."""
    answer, _ = SERVICES[kind]
    link = "https://platform.example/ops/a%20b_(1)?x=1&y=*z*"
    plain = sent_to(kind, ADA)
    body = sent_to(kind, post(metadata={**ADA.metadata, "link": link}))
    assert 200 <= (answer("/x?wait=true", body).status or 0) < 300
    said = html.unescape(json.dumps(body, ensure_ascii=False)).replace("%28", "(").replace("%29", ")")
    assert said.count(link) == 1
    for hostile in ("javascript:alert(1)", "https://x|y>z", "https://x) [a](https://evil.example", 7):
        assert sent_to(kind, post(metadata={**ADA.metadata, "link": hostile})) == plain
    long = "https://platform.example/" + "x" * 1_900
    body = sent_to(kind, post(content="*" * 5_000, metadata={"link": long}))
    if kind == "discord":
        assert 200 <= (answer("/x?wait=true", body).status or 0) < 300, "the text goes before the link"
