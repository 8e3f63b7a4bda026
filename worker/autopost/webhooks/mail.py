"""A webhook's target that is a mail server: a message for each post, over TLS or STARTTLS.

Imported only where a webhook is of this kind. Texts go out as plain text. Nothing of a server's answer is shown but its
codes: it may repeat an address.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import unicodedata
from collections.abc import Collection
from datetime import UTC
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

import aiosmtplib
import structlog

from autopost.broadcast.event import BroadcastEvent
from autopost.errors import DeliveryFailed, DeliveryRejected
from autopost.settings.webhooks import Network
from autopost.webhooks.addresses import Address, is_within
from autopost.webhooks.chat import line
from autopost.webhooks.resolver import Gate
from autopost.webhooks.summary_message import SummaryMessage
from autopost.webhooks.target import ANSWER_SECONDS, CONNECT_SECONDS, describe, tls_context
from autopost.webhooks.webhook import Mail, Webhook

PORTS = {"smtp": 587, "smtps": 465}  # RFC 8314
QUIT_SECONDS = 1.0
MAX_SUBJECT_CHARACTERS = 120
_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")  # RFC 3463
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9-]+")

log = structlog.get_logger(__name__)


class MailTarget:
    """A mail server. Makes a connection for each message."""

    def __init__(
        self, webhook: Webhook, allowed: Collection[Network], *, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        if webhook.mail is None:
            raise ValueError(f"the webhook {webhook.name} says nothing of sender and recipients")
        self._webhook = webhook
        self._mail = webhook.mail
        parts = urlsplit(webhook.url)
        self._host, self._port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        self._is_tls = parts.scheme == "smtps"
        self._allowed = allowed
        self._gate = Gate(allowed, is_plain=False)
        self._answer_seconds = answer_seconds

    async def send(self, event: BroadcastEvent | SummaryMessage) -> None:
        """Send an event or a summary. Raises DeliveryFailed, also when it perhaps arrived, and DeliveryRejected."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS + self._answer_seconds):
                client = await self._send(message_for(self._mail, event))
        except TimeoutError:  # the library's too
            raise DeliveryFailed("no answer in time") from None
        except aiosmtplib.SMTPAuthenticationError as error:
            said = f"{_codes(error.code, error.message)}: user or password is wrong"
            raise DeliveryFailed(said, is_misconfigured=error.code >= 500) from None
        except aiosmtplib.SMTPRecipientsRefused as error:
            worst = min(error.recipients, key=lambda refused: refused.code)  # one that may pass decides
            raise _refusal(worst.code, worst.message, "every recipient is refused") from None
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
            raise _refusal(error.code, error.message) from None
        except aiosmtplib.SMTPResponseException as error:
            raise DeliveryFailed(_codes(error.code, error.message)) from None
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise DeliveryFailed(describe(error)) from None
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):  # it is delivered
            await client.quit(timeout=QUIT_SECONDS)
        client.close()

    async def aclose(self) -> None:
        """Do nothing: no connection is kept."""

    async def _send(self, message: EmailMessage) -> aiosmtplib.SMTP:
        connected, address = await self._connect()
        client = aiosmtplib.SMTP(
            hostname=self._host,
            sock=connected,
            use_tls=self._is_tls,
            tls_context=tls_context(self._webhook),
            timeout=self._answer_seconds,
            local_hostname=_own_name(),
        )
        try:
            await client.connect()  # with STARTTLS where the server offers it
            self._require_tls(client, address)
            if self._mail.user is not None:
                await client.login(self._mail.user, self._mail.password or "")
            recipients = list(self._mail.recipients)
            refused, _ = await client.send_message(message, sender=self._mail.sender, recipients=recipients)
            for answer in refused.values():
                error = _codes(answer.code, answer.message)
                log.warning("webhook.recipient_refused", webhook=self._webhook.name, error=error)
        except BaseException:
            client.close()
            raise
        return client

    def _require_tls(self, client: aiosmtplib.SMTP, address: Address) -> None:
        if client.get_transport_info("sslcontext") is not None:
            return
        if self._mail.user is not None or not is_within(address, self._allowed):
            what = "a password" if self._mail.user is not None else "a post"
            said = f"{self._host} offers no STARTTLS, and {what} is sent there over TLS only"
            raise DeliveryFailed(said, is_misconfigured=True)

    async def _connect(self) -> tuple[socket.socket, Address]:
        """Connect to the first address that answers, and that may be reached."""
        addresses = await self._gate.addresses(self._host, self._port)
        for address in addresses:
            connected = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
            try:
                connected.setblocking(False)
                async with asyncio.timeout(CONNECT_SECONDS):
                    await asyncio.get_running_loop().sock_connect(connected, (str(address), self._port))
            except (OSError, TimeoutError):
                connected.close()
                if address == addresses[-1]:
                    raise
            except BaseException:
                connected.close()
                raise
            else:
                return connected, address
        raise DeliveryFailed(f"{self._host} has no address")


def message_for(mail: Mail, event: BroadcastEvent | SummaryMessage) -> EmailMessage:
    """Return the message for an event or a summary. A repeat has the same Message-ID."""
    subject, text = (event.title, event.content) if isinstance(event, SummaryMessage) else (line(event),) * 2
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.recipients)
    message["Subject"] = _one_line(subject)
    message["Date"] = format_datetime(event.created_at.astimezone(UTC))
    domain = mail.sender.rpartition("@")[2]
    message["Message-ID"] = f"<autopost.{_NOT_IN_AN_ID.sub('-', event.post_id)[:64]}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    link = None if isinstance(event, SummaryMessage) else event.link
    message.set_content(f"{text}\n" if link is None else f"{text}\n\n{link}\n")
    return message


def _one_line(text: str) -> str:
    """Return a text as a subject: without line breaks and other control characters."""
    plain = " ".join("".join(" " if unicodedata.category(char) == "Cc" else char for char in text).split())
    return plain if len(plain) <= MAX_SUBJECT_CHARACTERS else plain[: MAX_SUBJECT_CHARACTERS - 1] + "…"


def _refusal(code: int, answer: str, why: str = "") -> DeliveryFailed | DeliveryRejected:
    said = _codes(code, answer) + (f": {why}" if why else "")
    return DeliveryRejected(said) if code >= 500 else DeliveryFailed(said)


def _codes(code: int, answer: str) -> str:
    found = _CODE.match(answer.strip())
    return f"SMTP {code}" + (f" {found[0]}" if found else "")


def _own_name() -> str:
    """Return the name for EHLO, without asking a name server."""
    name = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())
    return name or "localhost"
