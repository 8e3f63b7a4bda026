"""What holds for every request to the dashboard and the feeds: allowed host names, same-site changes, and headers.

Without the check of host names any web site could point its own name to this machine and read what is there (DNS
rebinding). Starlette's TrustedHostMiddleware knows lists of names only: no "any loopback address", no trailing dot, and
no 421.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from autopost.settings import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
OTHER_SITE = PlainTextResponse("The request comes from another site.\n", 403)
# RFC 9110, 7.2: without a user, a path or anything else that would become a part of addresses.
_HOST = re.compile(r"(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::[0-9]{0,5})?")
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


class HostCheck:
    """The host names under which requests are answered.

    Where `is_local`, loopback addresses, localhost and `hosts` are allowed; else `hosts`, or any name when there are
    none.
    """

    refusal = PlainTextResponse(
        "Nothing is served under this host name. SOCIAL_POST_PAGE_HOSTS allows further names.\n", 421
    )

    def __init__(self, *, is_local: bool, hosts: Collection[str] = ()) -> None:
        self._is_local = is_local
        self._hosts = {host.lower().strip("[]") for host in hosts}

    def allows(self, headers: Headers) -> bool:
        """Return whether a request may see the dashboard and the feeds."""
        name = _host_name(headers)
        if name is None or name in self._hosts:
            return name is not None
        if self._is_local:
            return name == "localhost" or _is_address(name, of_this_machine=True)
        return not self._hosts

    def allows_monitoring(self, headers: Headers) -> bool:
        """Return whether a request may see the status and the metrics.

        Probes and scrapers ask by address, or, with HTTP/1.0, by nothing. No web site can make a browser do either: its
        own name is always in the header.
        """
        if "host" not in headers:
            return True
        name = _host_name(headers)
        return self.allows(headers) or (name is not None and (name == "localhost" or _is_address(name)))


def host_check(settings: Settings) -> HostCheck:
    """Return the check that the settings give; the public address is allowed wherever there is a list."""
    public = settings.public_host
    is_listed = settings.http_is_local or settings.page_hosts
    hosts = [*settings.page_hosts, *([public] if public is not None and is_listed else [])]
    return HostCheck(is_local=settings.http_is_local, hosts=hosts)


class Guard:
    """Refuses unknown host names and requests of other sites, and adds the headers to every response.

    Scripts of the `origins`, which are in lower case, may ask as if they were of this site, without cookies.
    """

    def __init__(self, app: ASGIApp, hosts: HostCheck, origins: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = hosts
        self._origins = frozenset(origins)

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

        headers = Headers(scope=scope)
        if headers.get("origin", "").lower() in self._origins and not is_same_site(headers):
            # A browser may send a cookie along, for another host name of the same site. It opens nothing from there.
            scope = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"cookie"]}
            headers = Headers(scope=scope)
        app: ASGIApp
        if not self._hosts.allows(headers):
            app = self._hosts.refusal
        elif headers.get("origin", "").lower() not in self._origins and not _may_come_from(
            scope.get("method"), headers
        ):
            app = OTHER_SITE
        else:
            app = self._app
        await app(scope, receive, send_with_headers)


def _may_come_from(method: str | None, headers: Headers) -> bool:
    """Return whether a request may come from the site that it comes from."""
    if method is None:  # a WebSocket, which a browser opens for any site, with our cookies
        return not _is_browser(headers) or is_same_site(headers)
    if method not in ("GET", "HEAD"):
        return is_same_site(headers)
    # Another site may link to the dashboard, and cause no other request.
    site, mode = headers.get("sec-fetch-site"), headers.get("sec-fetch-mode")
    return site not in ("cross-site", "same-site") or mode == "navigate"


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


def _is_address(name: str, *, of_this_machine: bool = False) -> bool:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or not of_this_machine


def _host_name(headers: Headers) -> str | None:
    """Return the name or address in the header Host, in lower case, or None for what is neither."""
    match = _HOST.fullmatch(headers.get("host", "").lower())
    if match is None:
        return None
    return match["address"] or match["name"].rstrip(".")
