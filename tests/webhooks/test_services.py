"""Sending to services that answer as their documentation says: what counts as taken, and which reason is shown."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from ipaddress import ip_network
from typing import Any

import pytest

from autopost.errors import DeliveryFailed, DeliveryRejected
from autopost.webhooks.target import Target
from autopost.webhooks.webhook import Webhook, WebhookKind
from tests.support.webhooks.posts import ADA, post
from tests.support.webhooks.receiver import Answer, Receiver
from tests.support.webhooks.services import SERVICES

CHATS = [kind for kind in WebhookKind if kind in SERVICES]
SIGN_IN = b"<!doctype html><title>Sign in</title>"


@contextlib.asynccontextmanager
async def target_of(kind: WebhookKind, receiver: Receiver, path: str = "") -> AsyncIterator[Target]:
    """Yield a target that is of this kind."""
    target = Target(Webhook("a", kind, receiver.url + path), (ip_network("127.0.0.0/8"),))
    try:
        yield target
    finally:
        await target.aclose()


@pytest.mark.parametrize("kind", CHATS)
async def test_service_takes_and_shows_a_post(receiver: Receiver, kind: WebhookKind) -> None:
    """Over its own interface, however long the text is."""
    answer, shows = SERVICES[kind]
    receiver.judge(answer)
    async with target_of(kind, receiver) as target:
        for event in (ADA, post(content="*" * 280, post_type="alert")):
            await target.send(event)
            assert shows(receiver.taken[-1].body).endswith(f"Ada: {event.content}")


async def test_discord_is_asked_for_an_answer_and_keeps_its_thread(receiver: Receiver) -> None:
    """Without `wait` it answers 204, whatever became of the message."""
    async with target_of(WebhookKind.DISCORD, receiver, "?thread_id=7") as target:
        receiver.judge(SERVICES["discord"][0])
        await target.send(ADA)
    assert receiver.received[-1].path.endswith("?thread_id=7&wait=true")


@pytest.mark.parametrize("kind", [kind for kind in CHATS if kind is not WebhookKind.TEAMS])
async def test_answer_of_something_else_is_no_success(receiver: Receiver, kind: WebhookKind) -> None:
    """A sign-in page, an empty answer, an endless one, or one in another form; the webhook is to blame."""
    async with target_of(kind, receiver) as target:
        for body in (SIGN_IN, b"", b"x" * 1_000_000, b"[1]", b"{}", b"[" * 9_999, b"\xff"):
            receiver.will(Answer(200, body=body))
            with pytest.raises(DeliveryFailed, match=r"HTTP 200, but not as .* answers: check the address") as refused:
                await target.send(ADA)
            assert refused.value.is_misconfigured


async def test_teams_connector_that_could_not_deliver(receiver: Receiver) -> None:
    """It says so with a 200."""
    async with target_of(WebhookKind.TEAMS, receiver) as target:
        said = b"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429"
        receiver.will(Answer(200, body=said))
        with pytest.raises(DeliveryFailed, match="not as Microsoft Teams answers"):
            await target.send(ADA)


def _said(**value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("kind", "status", "body", "shown"),
    [
        ("slack", 404, b"no_service", "HTTP 404 no_service"),
        ("slack", 410, b"channel_is_archived\n", "HTTP 410 channel_is_archived"),
        ("slack", 400, b"invalid_payload", "HTTP 400 invalid_payload"),
        ("slack", 403, b"action_prohibited", "HTTP 403 action_prohibited"),
        ("slack", 500, b"rollup_error", "HTTP 500 rollup_error"),
        ("slack", 404, SIGN_IN, "HTTP 404"),
        ("slack", 404, b"Sorted the inbox", "HTTP 404"),
        ("slack", 404, b"of_the_text", "HTTP 404"),
        ("slack", 400, b"\xff\xfe", "HTTP 400"),
        ("discord", 404, _said(message="Unknown Webhook", code=10015), "HTTP 404 Unknown Webhook"),
        ("discord", 400, _said(message="/services/take"), "HTTP 400"),
        ("discord", 400, _said(message="of_the_text"), "HTTP 400"),
        ("discord", 400, _said(message={"a": 1}), "HTTP 400"),
        ("discord", 400, b"[" * 9_999, "HTTP 400"),
        ("google-chat", 400, _said(error={"status": "INVALID_ARGUMENT"}), "HTTP 400 INVALID_ARGUMENT"),
        ("google-chat", 403, _said(error="x"), "HTTP 403"),
        (
            "teams",
            401,
            _said(error={"code": "DirectApiAuthorizationRequired"}),
            "HTTP 401 DirectApiAuthorizationRequired",
        ),
        ("teams", 404, _said(error={"code": "WorkflowNotFound"}), "HTTP 404 WorkflowNotFound"),
        (
            "mattermost",
            400,
            _said(id="web.incoming_webhook.invalid.app_error"),
            "HTTP 400 web.incoming_webhook.invalid.app_error",
        ),
        ("mattermost", 404, b"", "HTTP 404"),
    ],
)
async def test_reason_of_a_refusal_is_shown(
    receiver: Receiver, kind: str, status: int, body: bytes, shown: str
) -> None:
    """If it is a plain one, and nothing of an address, a header or the post."""
    receiver.will(Answer(status, body=body))
    async with target_of(WebhookKind(kind), receiver) as target:
        with pytest.raises((DeliveryFailed, DeliveryRejected)) as refused:
            await target.send(post(content="Some words of_the_text"))
    assert str(refused.value) == shown
    if isinstance(refused.value, DeliveryFailed):
        assert refused.value.is_misconfigured is (status < 500)
