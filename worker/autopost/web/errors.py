"""Requests that the web server refuses. An error's message is the text of the response, with its status and headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response

from autopost.errors import AutopostError


class RequestRefused(AutopostError):
    """The request is refused."""

    status: ClassVar[int] = 400
    headers: ClassVar[Mapping[str, str] | None] = None


class BroadcastDisabled(RequestRefused):
    """Nothing is broadcast here: set SOCIAL_POST_BROADCAST to notify, redis or redis-stream."""

    status = 404


class DatabaseUnavailable(RequestRefused):
    """The database does not answer."""

    status = 503
    headers: ClassVar[Mapping[str, str]] = {"retry-after": "5"}

    def __init__(self, kind: str, *, lacks_rights: bool = False) -> None:
        """`kind` names the error for logs, and carries no data."""
        super().__init__()
        self.kind = kind
        self.lacks_rights = lacks_rights


class InvalidPosition(RequestRefused):
    """Last-Event-ID and after are positions: whole numbers."""


class InvalidPage(RequestRefused):
    """before is not a place in the feed: take it from next_url or the link with rel="next" of a page."""


class TokenRequired(RequestRefused):
    """The token is missing or wrong."""

    status = 401
    headers: ClassVar[Mapping[str, str]] = {"www-authenticate": "Bearer"}


class BasicTokenRequired(TokenRequired):
    """The token is missing or wrong: give it as the password of HTTP Basic, with any user name."""

    headers: ClassVar[Mapping[str, str]] = {"www-authenticate": 'Basic realm="autopost", charset="UTF-8"'}


class OtherTenant(RequestRefused):
    """The token is limited to another tenant."""

    status = 403


class ActionsForbidden(RequestRefused):
    """The token only reads: an action needs one that may act."""

    status = 403


class AllTenantsRequired(RequestRefused):
    """The outbox is of all tenants, and the token is limited to one."""

    status = 403


class TooManyViewers(RequestRefused):
    """The limit of viewers is reached. Try again later."""

    status = 503
    headers: ClassVar[Mapping[str, str]] = {"retry-after": "30"}


class TooManyWrongTokens(RequestRefused):
    """Too many wrong tokens. Try again later."""

    status = 429
    headers: ClassVar[Mapping[str, str]] = {"retry-after": "5"}


class UnknownTopic(RequestRefused):
    """The topic cannot be subscribed to."""


async def respond(_connection: HTTPConnection, error: Exception) -> Response:
    """Return the response to a refused request or WebSocket handshake; an exception handler of Starlette."""
    assert isinstance(error, RequestRefused)
    return PlainTextResponse(f"{error}\n", error.status, error.headers)
