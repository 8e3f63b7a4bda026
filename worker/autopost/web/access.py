"""Who may see the dashboard and act on it: anyone with the token. Without one, anyone on this machine may only see it.

A browser gets a signed cookie that says when its session ends. It is signed with a key derived from the token, so that
the token itself is stored nowhere, every process with the same token accepts it, and a new token ends all sessions.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from typing import Self

from itsdangerous import BadSignature, Signer
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from autopost.settings import Settings
from autopost.web.errors import TokenRequired, TooManyWrongTokens

COOKIE = "autopost_page"
SESSION_SECONDS = 12 * 3600
WRONG_SECONDS = 1.0  # how long an answer to a wrong token takes
MOST_WRONG = 10  # such answers at once; until one is given, no token is compared
_SALT = b"autopost page 1"


class Access:
    """Compares the token or the session of a request, in constant time."""

    def __init__(self, token: str | None) -> None:
        self._token = token.encode() if token is not None else None
        # Costly on purpose, so that a weak token cannot be guessed quickly from a leaked cookie.
        key = hashlib.scrypt(self._token, salt=_SALT, n=2**14, r=8, p=1) if self._token is not None else b""
        self._signer = Signer(key, salt=_SALT, digest_method=hashlib.sha256)
        self._wrong = 0

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
            return await self.is_token(given)
        return self._session_end(request) > time.time()

    async def is_token(self, given: str) -> bool:
        """Return whether this is the token; a wrong one is answered late. Raises TooManyWrongTokens."""
        if self._wrong >= MOST_WRONG:
            raise TooManyWrongTokens
        if self._token is not None and hmac.compare_digest(given.encode(errors="replace"), self._token):
            return True
        self._wrong += 1
        try:
            await asyncio.sleep(WRONG_SECONDS)
        finally:
            self._wrong -= 1
        return False

    def start_session(self, request: Request, response: Response) -> None:
        """Set the session's cookie."""
        response.set_cookie(
            COOKIE,
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
        return self._signer.sign(str(int(end))).decode()

    def end_session(self, response: Response) -> None:
        """Delete the session's cookie."""
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")

    def seconds_left(self, request: HTTPConnection) -> float | None:
        """Return how long the session of a request lasts, or None for one that needs none."""
        if self._token is None or bearer(request) is not None:
            return None
        return max(self._session_end(request) - time.time(), 0.0)

    def _session_end(self, request: HTTPConnection) -> int:
        """Return the Unix time at which the session of a request ends, 0 without one."""
        try:
            return int(self._signer.unsign(request.cookies.get(COOKIE, "")))
        except BadSignature:
            return 0


def bearer(request: HTTPConnection) -> str | None:
    """Return the token of the header Authorization."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    return given.strip() if kind.lower() == "bearer" else None


def is_https(request: HTTPConnection) -> bool:
    """Return whether the client uses HTTPS, as a proxy before this server says."""
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
