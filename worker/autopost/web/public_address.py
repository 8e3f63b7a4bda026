"""The address at which a client reaches this server: SOCIAL_POST_PUBLIC_URL, or what the request and its proxy say."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)+")


class PublicAddress:
    """Where the dashboard is, as its clients see it."""

    def __init__(self, configured: str | None = None) -> None:
        """`configured` is an address without a slash at its end, None to use that of each request."""
        self._configured = configured

    def root(self, request: HTTPConnection) -> str:
        """Return the dashboard's address, which ends with a slash."""
        if self._configured is not None:
            return f"{self._configured}/"
        scheme = "https" if is_https(request) else "http"
        return f"{scheme}://{request.headers.get('host', 'localhost')}{prefix_of(request)}/"

    def path(self, request: HTTPConnection) -> str:
        """Return the path of the dashboard, which begins and ends with a slash.

        Under another host name than the public one, as of a forwarded port, no proxy adds the public path.
        """
        if self._configured is not None:
            public = urlsplit(self._configured)
            if request.headers.get("host", "").lower() == public.netloc.lower():
                return f"{public.path}/"
        return f"{prefix_of(request)}/"


def prefix_of(request: HTTPConnection) -> str:
    """Return the path under which a proxy serves this server, from X-Forwarded-Prefix; empty for none.

    A client that sets the header itself changes the links of its own response only.
    """
    given = request.headers.get("x-forwarded-prefix", "").partition(",")[0].strip().rstrip("/")
    return given if _PREFIX.fullmatch(given) and not {".", ".."} & set(given.split("/")) else ""


def is_https(request: HTTPConnection) -> bool:
    """Return whether the client uses HTTPS, as a proxy before this server says."""
    given = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    return not {given, request.scope.get("scheme")}.isdisjoint({"https", "wss"})
