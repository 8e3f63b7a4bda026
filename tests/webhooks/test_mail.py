"""Posts by e-mail, to a real server: TLS, users, refusals, and texts that are shown as they are."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest
import trustme

from autopost.errors import DeliveryFailed, DeliveryRejected
from autopost.settings import load_settings
from autopost.settings.webhooks import Network
from autopost.webhooks.from_settings import target_of, webhooks_from_settings
from autopost.webhooks.mail import MailTarget, message_for
from autopost.webhooks.request import sample
from autopost.webhooks.webhook import Mail, Webhook, WebhookKind
from tests.support.webhooks.mail_server import MailServer, mail_server
from tests.support.webhooks.posts import ADA, post
from tests.webhooks.test_requests import HOSTILE

LOOPBACK = (ip_network("127.0.0.0/8"),)
MAIL = Mail("autopost@example.com", ("team@example.com", "ops@example.com"))
USER = Mail(MAIL.sender, MAIL.recipients, "ada", "ada")  # a password that the server takes: the name backwards


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """Return what a server needs to be localhost, and the certificate of who says so."""
    made = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert("localhost").configure_cert(context)
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    made.cert_pem.write_to_path(str(path))
    return context, path


def target_at(
    server: MailServer,
    mail: Mail = MAIL,
    *,
    scheme: str = "smtp",
    ca_file: Path | None = None,
    allowed: Collection[Network] = LOOPBACK,
    answer_seconds: float = 10.0,
) -> MailTarget:
    """Return a target that sends to the server."""
    webhook = Webhook("a", WebhookKind.EMAIL, f"{scheme}://localhost:{server.port}", ca_file=ca_file, mail=mail)
    return MailTarget(webhook, allowed, answer_seconds=answer_seconds)


async def refusal(target: MailTarget) -> Exception:
    """Return why it takes nothing."""
    with pytest.raises((DeliveryFailed, DeliveryRejected)) as refused:
        await target.send(ADA)
    assert "example.com" not in str(refused.value)
    return refused.value


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_message_goes_over_tls_to_all_recipients(authority: tuple[ssl.SSLContext, Path], scheme: str) -> None:
    """With STARTTLS or TLS from the beginning, as a user."""
    is_implicit = scheme == "smtps"
    async with mail_server(authority[0], is_implicit=is_implicit, requires_user=True) as server:
        await target_at(server, USER, scheme=scheme, ca_file=authority[1]).send(post(post_type="alert"))
    (message,) = server.taken
    assert server.recipients == [list(MAIL.recipients)]
    assert server.users == ["ada"]
    assert server.over_tls == [not is_implicit]  # it knows of STARTTLS only
    assert (message["From"], message["To"]) == (MAIL.sender, "team@example.com, ops@example.com")
    assert message["Subject"] == "🚨 Ada: Sorted the inbox"
    assert message.get_content().strip() == "🚨 Ada: Sorted the inbox"
    assert message["Message-ID"] == f"<autopost.{ADA.post_id}@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == datetime(2026, 1, 31, 9, tzinfo=UTC)


async def test_text_of_an_agent_takes_no_effect_in_a_mail() -> None:
    """It is plain text, adds no header, and ends no message."""
    texts = (*HOSTILE, "x\r\nBcc: all@example.com\r\n\r\n.\r\nQUIT", "\x00\x1b[2J\x07 bell", "from\n.\n.\nFrom x\n")
    async with mail_server() as server:
        target = target_at(server)
        for text in texts:
            await target.send(post(content=text, agent_name=text))
    assert len(server.taken) == len(texts)
    for text, message in zip(texts, server.taken, strict=True):
        assert message.get_content_type() == "text/plain"
        assert message["Bcc"] is None
        assert message["Subject"].isprintable() or "\u200d" in text
        shown = " ".join(message.get_content().split())
        assert shown.endswith(" ".join(text.split()))
    assert {tuple(recipients) for recipients in server.recipients} == {MAIL.recipients}


def test_repeat_has_the_same_id_and_a_subject_is_short() -> None:
    """Whatever a platform's ids look like."""
    first, again = (message_for(MAIL, post(post_id="a b>\r\n<c", content="x" * 500)) for _ in range(2))
    assert first["Message-ID"] == again["Message-ID"] == "<autopost.a-b-c@example.com>"
    assert len(first["Subject"]) == 120


async def test_wrong_password_is_about_the_webhook(authority: tuple[ssl.SSLContext, Path]) -> None:
    """And the reason says so."""
    async with mail_server(authority[0], requires_user=True) as server:
        wrong = Mail(MAIL.sender, MAIL.recipients, "ada", "word")
        error = await refusal(target_at(server, wrong, ca_file=authority[1]))
    assert str(error) == "SMTP 535 5.7.8: user or password is wrong"
    assert isinstance(error, DeliveryFailed)
    assert error.is_misconfigured
    assert server.taken == []


async def test_server_without_tls(authority: tuple[ssl.SSLContext, Path]) -> None:
    """Only in a network that is allowed, and never with a password."""
    async with mail_server() as server:
        await target_at(server).send(ADA)
        assert len(server.taken) == 1
        error = await refusal(target_at(server, USER))
        assert str(error) == "localhost offers no STARTTLS, and a password is sent there over TLS only"
        assert "no public address" in str(await refusal(target_at(server, allowed=())))
    assert len(server.taken) == 1


async def test_certificate_that_is_not_valid(authority: tuple[ssl.SSLContext, Path]) -> None:
    """Nothing is sent."""
    async with mail_server(authority[0]) as server:
        assert "its certificate is not valid: " in str(await refusal(target_at(server)))
    async with mail_server(authority[0], is_implicit=True) as server:
        assert "its certificate is not valid: " in str(await refusal(target_at(server, scheme="smtps")))
    assert server.taken == []


@pytest.mark.parametrize(
    ("refused", "answer", "said", "kind"),
    [
        ("550 5.1.1 <team@example.com> unknown", "", "SMTP 550 5.1.1: every recipient is refused", DeliveryRejected),
        ("450 4.2.1 <team@example.com> busy", "", "SMTP 450 4.2.1: every recipient is refused", DeliveryFailed),
        ("", "554 5.7.1 team@example.com: looks like spam", "SMTP 554 5.7.1", DeliveryRejected),
        ("", "451 try later, team@example.com", "SMTP 451", DeliveryFailed),
    ],
)
async def test_refusal_shows_codes_and_no_address(refused: str, answer: str, said: str, kind: type[Exception]) -> None:
    """A server may repeat what it was told; what begins with 4 may pass."""
    async with mail_server() as server:
        server.answer = answer or server.answer
        server.refused = dict.fromkeys(MAIL.recipients, refused) if refused else {}
        error = await refusal(target_at(server))
    assert str(error) == said
    assert isinstance(error, kind)


async def test_one_recipient_that_is_refused_costs_the_others_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """It is logged, without the address; a retry would send the others a repeat."""
    async with mail_server() as server:
        server.refused = {"ops@example.com": "550 5.1.1 <ops@example.com> unknown"}
        await target_at(server).send(ADA)
    assert server.recipients == [["team@example.com"]]
    logged = capsys.readouterr().out
    assert "webhook.recipient_refused" in logged
    assert "550 5.1.1" in logged
    assert "ops@" not in logged


@contextlib.asynccontextmanager
async def speaking(greeting: bytes) -> AsyncIterator[MailServer]:
    """Serve with these bytes and nothing else."""
    ended = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            writer.write(greeting)
            await reader.read()
        writer.transport.abort()
        ended.set()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    yield MailServer(server.sockets[0].getsockname()[1])
    server.close()
    await ended.wait()


@pytest.mark.parametrize(
    ("greeting", "said"),
    [
        (b"", "no answer in time"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "SMTP"),
        (b"554 5.3.2 not now\r\n", "SMTP 554 5.3.2"),
        (b"220-x\r\n" * 100_000, "SMTP"),
    ],
)
async def test_server_that_speaks_no_smtp(greeting: bytes, said: str) -> None:
    """Or not enough of it."""
    async with speaking(greeting) as server:
        error = await refusal(target_at(server, answer_seconds=0.3))
    assert isinstance(error, DeliveryFailed)
    assert said in str(error)


async def test_nobody_there() -> None:
    """A closed port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = MailServer(free.getsockname()[1])
    assert str(await refusal(target_at(server))) == "the connection was refused"


async def test_file_of_webhooks_leads_to_a_message(authority: tuple[ssl.SSLContext, Path], tmp_path: Path) -> None:
    """From its section, with the password in a file of its own, to the server; a test says that it is one."""
    (tmp_path / "password").write_text("ada\n")
    async with mail_server(authority[0], requires_user=True) as server:
        (tmp_path / "hooks.toml").write_text(
            f'[mail]\nurl = "smtp://localhost:{server.port}"\nca_file = "{authority[1]}"\n'
            'from = "autopost@example.com"\nto = "team@example.com"\nuser = "ada"\npassword_file = "password"\n'
        )
        file = tmp_path / "hooks.toml"
        settings = load_settings(require_database=False, webhooks_file=file, webhook_networks="127.0.0.1")
        (webhook,) = webhooks_from_settings(settings)
        target = target_of(webhook, settings)
        await target.send(sample(webhook))
        await target.aclose()
    assert server.users == ["ada"]
    assert "This is a test of the webhook mail." in server.taken[0].get_content()
