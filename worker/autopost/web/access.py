"""Who may see the dashboard and act on it: anyone with the token. Without one, anyone on this machine may only see it.

A browser gets a cookie with the time at which its session ends and a random name of the session. It is signed with a
key derived from the token, so that the token itself is stored nowhere, every process with the same token accepts it,
and a new token ends all sessions. A session that was signed out is refused by the process that was told, until that
restarts.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections import Counter
from typing import Self

from itsdangerous import BadSignature, Signer
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from autopost.settings import Settings
from autopost.web.connections import network_of
from autopost.web.errors import TokenRequired, TooManyWrongTokens

COOKIE = "autopost_page"
# Browsers accept this name only with TLS and for this host alone, so that no other host of the domain can set it.
TLS_COOKIE = f"__Host-{COOKIE}"
SESSION_SECONDS = 12 * 3600
WRONG_SECONDS = 1.0  # how long an answer to a wrong token takes
MOST_WRONG = 5  # such answers at once to one client; any more are refused at once
MOST_WRONG_IN_ALL = 50
MOST_SIGNED_OUT = 10_000  # sessions, of which those that end first are forgotten; each needs the token
_SALT = b"autopost page 2"


class Access:
    """Compares the token or the session of a request, in constant time."""

    def __init__(self, token: str | None) -> None:
        self._token = token.encode() if token is not None else None
        # Costly on purpose, so that a weak token cannot be guessed quickly from a leaked cookie.
        key = hashlib.scrypt(self._token, salt=_SALT, n=2**14, r=8, p=1) if self._token is not None else b""
        self._signer = Signer(key, salt=_SALT, digest_method=hashlib.sha256)
        self._wrong: Counter[str] = Counter()  # answers that are being delayed, by client
        self._signed_out: dict[str, int] = {}  # sessions, with their ends

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Return the access that the settings give."""
        return cls(settings.http_token.get_secret_value() if settings.http_token is not None else None)

    @property
    def has_token(self) -> bool:
        """Return whether a token is set."""
        return self._token is not None

    async def require(self, request: HTTPConnection) -> None:
        """Raise TokenRequired when a request may not see the dashboard. Raises TooManyWrongTokens."""
        if not await self.may_see(request):
            raise TokenRequired

    async def may_see(self, request: HTTPConnection) -> bool:
        """Return whether a request may see the dashboard. Raises TooManyWrongTokens."""
        if self._token is None:
            return True
        if (given := bearer(request)) is not None:
            return await self.is_token(given, request)
        return self._session_end(request) > time.time()

    async def is_token(self, given: str, request: HTTPConnection) -> bool:
        """Return whether this is the token; a wrong one is answered late. Raises TooManyWrongTokens.

        The right one is never refused, whatever others try: it is too long to be guessed, at any rate.
        """
        if self._token is not None and hmac.compare_digest(given.encode(errors="replace"), self._token):
            return True
        client = network_of(request.client.host if request.client else "")
        if self._wrong[client] >= MOST_WRONG or self._wrong.total() >= MOST_WRONG_IN_ALL:
            raise TooManyWrongTokens
        self._wrong[client] += 1
        try:
            await asyncio.sleep(WRONG_SECONDS)
        finally:
            self._wrong[client] -= 1
            self._wrong += Counter()  # without those that are at zero
        return False

    def start_session(self, request: Request, response: Response) -> None:
        """Set the session's cookie."""
        response.set_cookie(
            cookie_name(request),
            self.session_until(time.time() + SESSION_SECONDS),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="strict",
            secure=is_https(request),
        )

    def session_until(self, end: float) -> str:
        """Return the value of a cookie for a session that ends at a Unix time, cut to seconds.

        It holds the end and not the beginning, so that it does not matter whether the clocks of all processes agree.
        """
        return self._signer.sign(f"{int(end)}-{secrets.token_urlsafe(12)}").decode()

    def end_session(self, request: Request, response: Response) -> None:
        """End the session of a request, also for copies of its cookie, and delete the cookie."""
        if (session := self._session(request)) is not None:
            now = time.time()
            self._signed_out = {name: end for name, end in self._signed_out.items() if end > now}
            self._signed_out[session] = _end_of(session)
            if len(self._signed_out) > MOST_SIGNED_OUT:
                del self._signed_out[min(self._signed_out, key=self._signed_out.__getitem__)]
        response.delete_cookie(cookie_name(request), httponly=True, samesite="strict", secure=is_https(request))

    def seconds_left(self, request: HTTPConnection) -> float | None:
        """Return how long the session of a request lasts, or None for one that needs none."""
        if self._token is None or bearer(request) is not None:
            return None
        return max(self._session_end(request) - time.time(), 0.0)

    def _session_end(self, request: HTTPConnection) -> int:
        """Return the Unix time at which the session of a request ends, 0 without one."""
        session = self._session(request)
        return 0 if session is None or session in self._signed_out else _end_of(session)

    def _session(self, request: HTTPConnection) -> str | None:
        """Return the session of a request, None without one that was signed."""
        try:
            return self._signer.unsign(request.cookies.get(cookie_name(request), "")).decode()
        except BadSignature:
            return None


def cookie_name(request: HTTPConnection) -> str:
    """Return the name of the cookie, which differs with TLS."""
    return TLS_COOKIE if is_https(request) else COOKIE


def _end_of(session: str) -> int:
    return int(session.partition("-")[0])


def bearer(request: HTTPConnection) -> str | None:
    """Return the token of the header Authorization."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    return given.strip() if kind.lower() == "bearer" else None


def is_https(request: HTTPConnection) -> bool:
    """Return whether the client uses HTTPS, as a proxy before this server says."""
    given = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    return not {given, request.scope.get("scheme")}.isdisjoint({"https", "wss"})
