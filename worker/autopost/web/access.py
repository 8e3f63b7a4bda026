"""Who may see the dashboard and the feeds, and who may act: anyone with a token that allows it.

Without any token, anyone on this machine may see them, and nobody may act. A token is given as Bearer or as the
password of HTTP Basic; a browser signs in with it once and keeps a cookie. Feed documents can be read with a key in the
address, and streams be opened with a ticket.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import math
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from enum import StrEnum

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from autopost.database.sql import Schemas
from autopost.settings import Settings
from autopost.web.connections import network_of
from autopost.web.database import open_database
from autopost.web.errors import BasicTokenRequired, OtherTenant, TokenRequired, TooManyWrongTokens
from autopost.web.public_address import PublicAddress, is_https
from autopost.web.sessions import SESSION_SECONDS, Session, Sessions
from autopost.web.signed import read_ticket, token_of_key
from autopost.web.token_file import read_tokens
from autopost.web.tokens import ANYONE, Identity, Token, Tokens

COOKIE = "autopost"
WRONG_SECONDS = 1.0  # how long an answer to a wrong token takes
MOST_WRONG = 5  # such answers at once to one client; any more are refused at once
MOST_WRONG_IN_ALL = 50


class InAddress(StrEnum):
    """What may stand in an address instead of a token."""

    KEY = "key"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a request may do, by which token (None where anyone may), and until when.

    It has no end, or lasts as long as a session or a ticket (Unix time), and no longer than its token is known.
    """

    identity: Identity
    token: Token | None = None
    ends_at: float | None = None
    session: Session | None = None

    def tenant(self, wanted: str | None) -> str | None:
        """Return the tenant whose posts to show, None for all of them. Raises OtherTenant beyond the token's own."""
        limit = self.identity.tenant
        if limit is not None and wanted not in (None, limit):
            raise OtherTenant
        return limit or wanted


class Access:
    """Compares tokens in constant time, and answers wrong ones late."""

    def __init__(
        self, tokens: Tokens, sessions: Sessions, address: PublicAddress | None = None, *, are_reloaded: bool = False
    ) -> None:
        """`are_reloaded` says that the tokens may be replaced."""
        self.tokens = tokens
        self._are_reloaded = are_reloaded
        self._sessions = sessions
        self.address = address or PublicAddress()
        self._wrong: Counter[str] = Counter()  # answers that are being delayed, by client

    @property
    def has_token(self) -> bool:
        """Return whether access needs a token."""
        return len(self.tokens) > 0

    async def installation(self) -> str:
        """Return a name of the installation, which all of its processes share. Raises DatabaseUnavailable."""
        return await self._sessions.installation()

    async def require(self, request: HTTPConnection, also: InAddress | None = None) -> Grant:
        """Return what a request may do, which may be proven by what stands in its address, too.

        Raises TokenRequired, TooManyWrongTokens, and DatabaseUnavailable where sessions could not be read yet.
        """
        grant = await self.grant(request, also)
        if grant is None:
            raise BasicTokenRequired if also is InAddress.KEY else TokenRequired
        return grant

    async def grant(self, request: HTTPConnection, also: InAddress | None = None) -> Grant | None:
        """Return what a request may do, None if nothing. Raises TooManyWrongTokens and DatabaseUnavailable."""
        if not self.has_token:
            return Grant(ANYONE)
        if (given := given_token(request)) is not None:
            token = await self.find(given, request)
            return Grant(token.identity, token) if token is not None else None
        if also is not None and (given := request.query_params.get(also)):
            return await self._by_address(also, given, request)
        session = await self._session(request)
        if session is None:
            return None
        return Grant(session.token.identity, session.token, session.ends_at, session)

    async def find(self, given: str, request: HTTPConnection) -> Token | None:
        """Return the token that is given; for a wrong one None, after a while. Raises TooManyWrongTokens.

        The right one is never refused, whatever others try: it is too long to be guessed, at any rate.
        """
        token = self.tokens.find(given)
        if token is None:
            await self._delay(request)
        return token

    async def start_session(self, token: Token, request: Request, response: Response) -> None:
        """Set the session's cookie. Raises DatabaseUnavailable."""
        name, path = await self._cookie_name(request), self._cookie_path(request)
        value = await self._sessions.cookie(token, time.time() + SESSION_SECONDS)
        response.set_cookie(
            name, value, SESSION_SECONDS, path=path, secure=is_https(request), httponly=True, samesite="lax"
        )

    async def end_session(self, request: Request, response: Response) -> bool:
        """End the session of a request in every process, also for copies of its cookie, and delete the cookie.

        Returns whether other processes will know. Raises DatabaseUnavailable.
        """
        session = await self._session(request)
        is_stored = session is None or await self._sessions.end(session)
        name, path = await self._cookie_name(request), self._cookie_path(request)
        response.delete_cookie(name, path, secure=is_https(request), httponly=True, samesite="lax")
        return is_stored

    async def seconds_left(self, grant: Grant) -> float | None:
        """Return how long what was granted lasts, None for what has no end, infinity where only its token may go."""
        if grant.token is not None and grant.token not in self.tokens:
            return 0.0
        if grant.ends_at is None:
            return math.inf if self._are_reloaded else None
        if grant.session is not None and await self._sessions.has_ended(grant.session):
            return 0.0
        return max(grant.ends_at - time.time(), 0.0)

    async def _by_address(self, kind: InAddress, given: str, request: HTTPConnection) -> Grant | None:
        if kind is InAddress.KEY:
            if (token := token_of_key(self.tokens, given)) is not None:
                return Grant(replace(token.identity, may_act=False), token)
        elif (ticket := read_ticket(self.tokens, given)) is not None:
            identity = ticket.token.identity
            limited = replace(identity, may_act=False, tenant=identity.tenant or ticket.tenant)
            still = ticket.expires_at > time.time()
            return Grant(limited, ticket.token, ticket.stream_ends_at) if still else None
        await self._delay(request)
        return None

    async def _delay(self, request: HTTPConnection) -> None:
        """Let a client with a wrong token wait. Raises TooManyWrongTokens."""
        client = network_of(request.client.host if request.client else "")
        if self._wrong[client] >= MOST_WRONG or self._wrong.total() >= MOST_WRONG_IN_ALL:
            raise TooManyWrongTokens
        self._wrong[client] += 1
        try:
            await asyncio.sleep(WRONG_SECONDS)
        finally:
            self._wrong[client] -= 1
            self._wrong += Counter()  # without those that are at zero

    async def _session(self, request: HTTPConnection) -> Session | None:
        """Return the session of a request, None without one that goes on."""
        if not any(COOKIE in name for name in request.cookies):
            return None
        cookie = request.cookies.get(await self._cookie_name(request))
        return await self._sessions.read(cookie) if cookie else None

    async def _cookie_name(self, request: HTTPConnection) -> str:
        """Return the name of the cookie, which differs with the installation, the path and TLS.

        Cookies know no ports. With TLS no other host of the domain can set a cookie whose name begins with __Host-,
        which browsers accept for the path / alone.
        """
        name = f"{COOKIE}_{await self._sessions.installation()}"
        if not is_https(request):
            return name
        return f"__Host-{name}" if self._cookie_path(request) == "/" else f"__Secure-{name}"

    def _cookie_path(self, request: HTTPConnection) -> str:
        return self.address.path(request)


def given_token(request: HTTPConnection) -> str | None:
    """Return the token of the header Authorization: as Bearer, or as the password of Basic; None without one."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return given.strip()
    if kind.lower() == "basic":
        try:
            return base64.b64decode(given.strip(), validate=True).decode("utf-8", "replace").partition(":")[2]
        except binascii.Error:
            return ""
    return None


@contextlib.asynccontextmanager
async def open_access(settings: Settings, schemas: Schemas) -> AsyncIterator[Access]:
    """Yield the access that the settings give. Raises ConfigurationError."""
    tokens = Tokens(read_tokens(settings))
    async with open_database(settings, schemas, "sessions", size=1) as database:
        yield Access(
            tokens,
            Sessions(tokens, database),
            PublicAddress(settings.public_url),
            are_reloaded=settings.http_tokens_file is not None,
        )
