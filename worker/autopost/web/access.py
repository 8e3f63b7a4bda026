"""Who may see the page and act on it: whoever gives the token, or on this machine anybody, who then only sees.

A browser gets a cookie that is derived from the token and from when it ends, so that the token itself is kept
nowhere, every worker with the same token takes it, and a new token ends all of them.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

COOKIE = "autopost_page"
SESSION_SECONDS = 12 * 3600
WRONG_SECONDS = 1.0  # how long an answer to a wrong token takes
MOST_WRONG = 10  # answers that are being held back at once; whoever asks meanwhile is turned away unheard
_MEANING = b"autopost page 1"


class TooManyWrong(Exception):
    """Somebody tries tokens; none is compared for now."""


class Access:
    """Compares what a request brings with the token, in constant time."""

    def __init__(self, token: str | None) -> None:
        self._token = token.encode() if token is not None else None
        self._key = b""
        if self._token is not None:
            # Costly on purpose: a cookie that leaks is no quick way to a weak token.
            self._key = hashlib.scrypt(self._token, salt=_MEANING, n=2**14, r=8, p=1)
        self._wrong = 0

    @property
    def has_token(self) -> bool:
        """Tell whether a token is set."""
        return self._token is not None

    async def may_see(self, request: HTTPConnection) -> bool:
        """Tell whether a request may see the page. Raises TooManyWrong."""
        if self._token is None:
            return True
        given = bearer(request)
        if given is not None:
            return await self.is_token(given)
        return self._is_session(request.cookies.get(COOKIE, ""))

    async def may_act(self, request: Request) -> bool:
        """Tell whether a request may change something. Raises TooManyWrong."""
        return self.has_token and await self.may_see(request)

    async def is_token(self, given: str) -> bool:
        """Compare; a wrong one is answered late. Raises TooManyWrong."""
        if self._wrong >= MOST_WRONG:
            raise TooManyWrong
        if self._token is not None and hmac.compare_digest(given.encode(errors="replace"), self._token):
            return True
        self._wrong += 1
        try:
            await asyncio.sleep(WRONG_SECONDS)
        finally:
            self._wrong -= 1
        return False

    def begin(self, request: Request, response: Response) -> None:
        """Give a browser its session."""
        end = int(time.time()) + SESSION_SECONDS
        response.set_cookie(
            COOKIE,
            f"{end}.{self._sign(end)}",
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="strict",
            secure="https" in (request.url.scheme, request.headers.get("x-forwarded-proto")),
        )

    def end(self, response: Response) -> None:
        """Take it away."""
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")

    def seconds_left(self, request: HTTPConnection) -> float | None:
        """Return how long the session of a request that may see the page lasts, None where it has none."""
        if self._token is None or bearer(request) is not None:
            return None
        return max(int(request.cookies[COOKIE].partition(".")[0]) - time.time(), 0.0)

    def _is_session(self, cookie: str) -> bool:
        end, _, signature = cookie.partition(".")
        if not (end.isascii() and end.isdigit() and len(end) <= 12):
            return False
        is_signed = hmac.compare_digest(signature.encode(), self._sign(int(end)).encode())
        return is_signed and int(end) > time.time()

    def _sign(self, end: int) -> str:
        return hmac.new(self._key, b"%d" % end, hashlib.sha256).hexdigest()


def bearer(request: HTTPConnection) -> str | None:
    """Return the token of the header Authorization."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    return given.strip() if kind.lower() == "bearer" else None
