"""A real mail server (aiosmtpd) on a port of loopback, on the event loop of a test."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import warnings
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.work import eventually


@dataclass
class MailServer:
    """What it took, and what it refuses: answers by recipient, and an answer to the message itself."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    answer: str = "250 2.0.0 taken"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a message, or not."""
        if self.answer.startswith("250"):
            raw = cast("bytes", envelope.original_content)
            self.taken.append(message_from_bytes(raw, policy=policy.default))
            self.recipients.append(list(envelope.rcpt_tos))
            self.over_tls.append(session.ssl is not None)
        return self.answer

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Let a user in whose password is its name backwards."""
        assert isinstance(data, LoginPassword)
        user, password = data.login.decode(), data.password.decode()
        if password != user[::-1]:
            return AuthResult(success=False, handled=False)
        self.users.append(user)
        return AuthResult(success=True)


@contextlib.asynccontextmanager
async def mail_server(
    tls: ssl.SSLContext | None = None, *, is_implicit: bool = False, requires_user: bool = False
) -> AsyncIterator[MailServer]:
    """Serve mail, with STARTTLS if there is a certificate, or with TLS from the first byte (`is_implicit`)."""
    taken = MailServer()
    loop = asyncio.get_running_loop()

    made: list[SMTP] = []

    def protocol() -> SMTP:
        with warnings.catch_warnings():  # that a user is required without STARTTLS
            warnings.simplefilter("ignore", UserWarning)
            smtp = SMTP(
                taken,
                hostname="mail.example.com",
                tls_context=None if is_implicit else tls,
                require_starttls=tls is not None and not is_implicit,
                authenticator=taken.authenticate if requires_user else None,
                auth_required=requires_user,
                auth_require_tls=not is_implicit,
                loop=loop,
            )
        made.append(smtp)
        return smtp

    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=tls if is_implicit else None)
    taken.port = server.sockets[0].getsockname()[1]
    try:
        yield taken
    finally:
        server.close()
        await eventually(lambda: all(smtp.transport is None for smtp in made))
