"""Which kind an address is of, and what is said where the file names another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from autopost.errors import ConfigurationError
from autopost.webhooks.chat import CHATS
from autopost.webhooks.delivery import PACED_BATCH_SIZE
from autopost.webhooks.kinds import SERVICES
from autopost.webhooks.summary_message import SUMMARY_CHATS
from autopost.webhooks.webhook import Webhook, WebhookKind
from autopost.webhooks.webhook_file import parse_webhooks

MAIL = 'from = "autopost@example.com"\nto = ["team@example.com"]\n'
ADDRESSES = {
    "slack": ["https://hooks.slack.com/services/T0/B0/x", "https://hooks.slack-gov.com/services/T0/B0/x"],
    "teams": [
        "https://prod-07.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sig=x",
        "https://defaultx.0f.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/x?sig=x",
        "https://acme.webhook.office.com/webhookb2/x@y/IncomingWebhook/z",
        "https://outlook.office.com/webhook/x",
    ],
    "discord": [
        "https://discord.com/api/webhooks/1/x",
        "https://discordapp.com/api/webhooks/1/x?thread_id=2",
        "https://PTB.discord.com/api/v10/webhooks/1/x",
    ],
    "google-chat": ["https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t"],
    "mattermost": ["https://chat.example.com/hooks/" + "x1" * 13, "https://example.com/mattermost/hooks/" + "x1" * 13],
    "email": ["smtp://mail.example.com", "smtps://mail.example.com:465"],
}


def section(url: str, kind: str | None = None, more: str = "") -> str:
    """Return a webhook's section."""
    return f'[a]\nurl = "{url}"\n' + (f'kind = "{kind}"\n' if kind else "") + more


def read(text: str) -> Webhook:
    """Read a webhook."""
    (webhook,) = parse_webhooks(text, "hooks.toml", Path())
    return webhook


def refusal(text: str) -> str:
    """Return what is said of a webhook that is refused."""
    with pytest.raises(ConfigurationError) as refused:
        read(text)
    return str(refused.value)


def test_address_says_its_kind() -> None:
    """So that the file need not; it may."""
    for kind, urls in ADDRESSES.items():
        for url in urls:
            more = MAIL if kind == "email" else ""
            assert read(section(url, None, more)).kind == kind, url
            assert read(section(url, kind, more)).kind == kind, url


def test_host_that_is_like_a_services_is_none_of_it() -> None:
    """Neither longer at its end nor at its beginning."""
    for host in ("hooks.slack.com.evil.example", "evilhooks.slack.com", "discord.com.example.com", "notdiscord.com"):
        assert "[a] kind: missing; expected: slack, teams" in refusal(section(f"https://{host}/services/x"))


def test_wrong_kind_is_refused_with_advice(secret: str) -> None:
    """Whatever the file says: the service would refuse each post, or take it and show nothing."""
    for actual, urls in ADDRESSES.items():
        for kind in WebhookKind:
            if kind == actual or (actual == "mattermost" and kind is WebhookKind.WEBHOOK):
                continue
            more = {"webhook": f'secret = "{secret}"\n', "email": MAIL}.get(kind, "")
            for url in urls:
                said = refusal(section(url, kind, more))
                assert f"[a] kind: got {kind}, but " in said
                expected = (
                    "expected: smtp://" if "email" in (actual, kind) else f'expected: kind = "{actual}", or no kind'
                )
                assert expected in said
    signed = section(ADDRESSES["mattermost"][0], "webhook", f'secret = "{secret}"\n')
    assert read(signed).kind is WebhookKind.WEBHOOK  # a receiver of one's own may have such a path


def test_server_of_ones_own_may_be_of_any_kind() -> None:
    """Such as a proxy before a service."""
    for kind in SERVICES:
        if kind not in (WebhookKind.EMAIL, WebhookKind.WEBHOOK):
            assert read(section("https://proxy.example.com/x", kind)).kind is kind


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://discord.com/api/webhooks/1/x/slack", "without /slack or /github at its end"),
        ("https://discord.com/channels/1/2", "not an incoming webhook of Discord"),
        ("https://hooks.slack.com/triggers/T0/1/x", "not an incoming webhook of Slack; expected: https://hooks.slack"),
        ("https://chat.googleapis.com/v1/spaces/A", "not an incoming webhook of Google Chat"),
    ],
)
def test_other_address_of_a_service_is_refused(url: str, said: str) -> None:
    """One that takes something else, or nothing."""
    assert f"[a] url: {said}" in refusal(section(url)) or said in refusal(section(url))


def test_every_chat_has_its_messages() -> None:
    """A new kind needs a service, a body for posts and one for summaries; mail and signed webhooks have their own."""
    chats = set(WebhookKind) - {WebhookKind.EMAIL, WebhookKind.WEBHOOK}
    assert set(SERVICES) == set(WebhookKind), "to be added to SERVICES in webhooks/kinds.py"
    assert set(CHATS) == chats, "to be added to CHATS in webhooks/chat.py"
    assert set(SUMMARY_CHATS) == chats, "to be added to SUMMARY_CHATS in webhooks/summary_message.py"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("msteams", "got msteams; did you mean teams?"),
        ("googlechat", "got googlechat; did you mean google-chat?"),
        ("mail", "got mail; did you mean email?"),
        ("telegram", f"got telegram; expected: {', '.join(WebhookKind)}"),
    ],
)
def test_unknown_kind(given: str, said: str) -> None:
    """With what it may be."""
    assert f"[a] kind: {said}" in refusal(section("https://x.example.com/y", given))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", "[a] from: missing; expected: such as autopost@example.com"),
        ("", '[a] to: missing; expected: such as ["team@example.com"]'),
        ('from = "Ada <ada@example.com>"\n', "[a] from: not an address"),
        ('from = "a@b\\r\\nBcc: c@d"\n', "[a] from: not an address"),
        ('to = ["team"]\n', "[a] to: not addresses"),
        ("to = 1\n", "[a] to: not a list of addresses"),
        (MAIL + 'user = "ada"\n', "[a] user: without a password; expected: user and password, or neither"),
        (MAIL + 'password = "x"\n', "[a] user: missing; expected: user and password, or neither"),
        (MAIL + 'user = "ada"\npassword = "x"\npassword_file = "y"\n', "[a] password: given twice"),
        (MAIL + 'secret = "x"\n', "[a] secret: a webhook of kind email signs nothing; expected: user and password"),
        (MAIL + 'headers = {A = "b"}\n', "[a] headers: a webhook of kind email sends none"),
    ],
)
def test_mistake_in_a_mail_section(more: str, said: str) -> None:
    """With what is expected."""
    assert said in refusal(section("smtp://mail.example.com", None, more))


def test_mistake_in_a_mail_address() -> None:
    """A path, a password, a private address."""
    assert "[a] url: has more than the server's name" in refusal(section("smtp://mail.example.com/x", None, MAIL))
    said = refusal(section("smtp://me:word@mail.example.com", None, MAIL))
    assert "[a] url: has a user or password in it; expected: such go into the keys user and password" in said
    assert "word@" not in said
    assert "[a] url: 10.0.0.1 is 10.0.0.1, no public address" in refusal(section("smtp://10.0.0.1", None, MAIL))
    assert "[a] from: a webhook of kind slack has none" in refusal(section(ADDRESSES["slack"][0], None, MAIL))


def test_mail_shows_no_secret() -> None:
    """Neither in its repr nor where it says where it goes."""
    more = 'user = "hidden-user"\npassword = "hidden-word"\n' + MAIL
    hook = read(section("smtp://mail.example.com", None, more))
    assert hook.mail is not None
    assert (hook.mail.user, hook.mail.password, hook.mail.recipients) == (
        "hidden-user",
        "hidden-word",
        ("team@example.com",),
    )
    assert "hidden" not in repr(hook) + hook.where
    assert "team@" not in repr(hook)


def test_services_that_people_read_get_small_batches() -> None:
    """What a worker that is killed may repeat."""
    assert PACED_BATCH_SIZE <= 2
    assert [kind for kind, service in SERVICES.items() if not service.pace_seconds] == [WebhookKind.WEBHOOK]
