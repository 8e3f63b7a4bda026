"""What holds for every request to the dashboard and the feeds: allowed host names, same-site changes, and headers.

Without the check of host names any web site could point its own name to this machine and read what is there (DNS
rebinding). Starlette's TrustedHostMiddleware knows lists of names only: no "any loopback address", no trailing dot, and
no 421.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: with it browsers send no origin with a form, by which forms of other sites are refused.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


class Guard:
    """Refuses unknown host names and requests of other sites, and adds the headers to every response.

    Where `local`, loopback addresses, localhost and `hosts` are allowed; else `hosts`, or any name when there are none.
    """

    def __init__(self, app: ASGIApp, *, local: bool, hosts: Collection[str]) -> None:
        self._app = app
        self._local = local
        self._hosts = {host.lower().strip("[]") for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on."""
        if scope["type"] not in ("http", "websocket"):
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope.get("method"), Headers(scope=scope))
        app = PlainTextResponse(*refusal) if refusal is not None else self._app
        await app(scope, receive, send_with_headers)

    def _refusal(self, method: str | None, headers: Headers) -> tuple[str, int] | None:
        if not self._is_allowed(headers.get("host", "")):
            return "Nothing is served under this host name. SOCIAL_POST_PAGE_HOSTS allows further names.\n", 421
        if method is None:  # a WebSocket, which a browser opens for any site, with our cookies
            may = not _is_browser(headers) or is_same_site(headers)
        elif method not in ("GET", "HEAD"):
            may = is_same_site(headers)
        else:  # another site may link to the dashboard, and cause no other request
            site, mode = headers.get("sec-fetch-site"), headers.get("sec-fetch-mode")
            may = site not in ("cross-site", "same-site") or mode == "navigate"
        if not may:
            return "The request comes from another site.\n", 403
        return None

    def _is_allowed(self, host: str) -> bool:
        name = _without_port(host)
        if name in self._hosts:
            return True
        return _is_local(name) if self._local else not self._hosts


def is_same_site(headers: Headers) -> bool:
    """Return whether a request that changes something comes from the dashboard, or not from a browser.

    Browsers say which site a form is from. Anything else must send the token in a header, which no form can.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    if origin is not None:
        return origin.partition("://")[2].lower() == headers.get("host", "").lower() != ""
    return headers.get("authorization", "").lower().startswith("bearer ")


def _is_browser(headers: Headers) -> bool:
    """Return whether a browser opens this WebSocket: each sends its origin (RFC 6455, section 10.2)."""
    return "origin" in headers or "sec-fetch-site" in headers


def _is_local(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower().rstrip(".")
