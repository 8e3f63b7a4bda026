"""Settings of the HTTP server: monitoring endpoints, dashboard and feeds."""

from __future__ import annotations

import ipaddress
import re

from pydantic import SecretStr, field_validator

from autopost.settings.connection_string import connection_string
from autopost.settings.field import PREFIX, CommaSeparated, FilePath, Group, setting

MIN_TOKEN_CHARACTERS = 16
# RFC 6454, 6.2: as browsers send it.
_ORIGIN = re.compile(r"https?://(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?", re.IGNORECASE)


class HttpSettings(Group):
    """The address, access to the dashboard, and the feeds."""

    http_host: str = setting(
        "127.0.0.1",
        f"{PREFIX}HTTP_HOST",
        "The address on which the worker serves /healthz, /readyz, /metrics and the dashboard.",
        "an address of this machine; the three endpoints need no token and contain no data of operations",
    )
    http_port: int | None = setting(
        None,
        f"{PREFIX}HTTP_PORT",
        "The port of the HTTP server. If not set, there is no HTTP server.",
        "a whole number, 1 to 65535, or 0 for any free port",
        ge=0,
        le=65535,
    )
    http_token: SecretStr | None = setting(
        None,
        f"{PREFIX}HTTP_TOKEN",
        "The token that gives access to the dashboard, its actions and the feeds. Without any token, the dashboard is "
        "read-only and available on this machine only.",
        f"at least {MIN_TOKEN_CHARACTERS} random ASCII characters",
        min_length=MIN_TOKEN_CHARACTERS,
    )
    http_read_token: SecretStr | None = setting(
        None,
        f"{PREFIX}HTTP_READ_TOKEN",
        "A token that gives access to the dashboard and the feeds, and allows no action.",
        f"at least {MIN_TOKEN_CHARACTERS} random ASCII characters, other than those of {PREFIX}HTTP_TOKEN",
        min_length=MIN_TOKEN_CHARACTERS,
    )
    http_tokens_file: FilePath | None = setting(
        None,
        f"{PREFIX}HTTP_TOKENS_FILE",
        "Further tokens by name, each with what it allows, and the tenant that it is limited to. "
        "Read at the start, and again when it changes.",
        "the path of a TOML file, see docs/how-to/access.md",
    )
    page: bool | None = setting(
        None,
        f"{PREFIX}PAGE",
        f"Whether to serve the dashboard. Default: if {PREFIX}HTTP_PORT is set; outside loopback only with a token.",
        f"true or false; outside loopback, true needs {PREFIX}HTTP_TOKEN or another token",
    )
    page_hosts: CommaSeparated = setting(
        (),
        f"{PREFIX}PAGE_HOSTS",
        "The host names under which the dashboard, the feeds, /readyz and /metrics may be requested; the latter two "
        "also by any address. On loopback, localhost and its addresses are always allowed; outside loopback, any name "
        "is allowed unless this is set.",
        "comma-separated host names, without ports",
    )
    page_database_url: SecretStr | None = setting(
        None,
        f"{PREFIX}PAGE_DATABASE_URL",
        "A connection for the dashboard, of a role that can read the feed and the audit log. Default: the worker's.",
        "like DATABASE_URL; the same database",
    )

    feeds: bool | None = setting(
        None,
        f"{PREFIX}FEEDS",
        "Whether to serve posts to programs, at /feed/events, /feed/ws, /feed.json and /feed.atom. Default: as the "
        "dashboard.",
        f"true or false; outside loopback, true needs {PREFIX}HTTP_TOKEN or another token",
    )
    feed_origins: CommaSeparated = setting(
        (),
        f"{PREFIX}FEED_ORIGINS",
        "The origins of front ends whose scripts may read the feeds from another host name (CORS). They need a token "
        "or a ticket like anyone else; cookies are not accepted from them.",
        "comma-separated origins, such as https://app.example",
    )
    feed_viewers: int = setting(
        1_000,
        f"{PREFIX}FEED_VIEWERS",
        "The maximum number of clients of /feed/events and /feed/ws per instance; each uses a file descriptor.",
        "a whole number, 1 to 100000",
        ge=1,
        le=100_000,
    )

    @field_validator("http_token", "http_read_token")
    @classmethod
    def _is_ascii(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().isascii():  # a header could not carry it
            raise ValueError("not ASCII")
        return value

    @field_validator("feed_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin} is not an origin")
        return tuple(origin.lower() for origin in value)

    @field_validator("page_database_url")
    @classmethod
    def _page_database_is_connection_string(cls, value: SecretStr | None) -> SecretStr | None:
        return value if value is None else connection_string(value)

    @property
    def http_is_local(self) -> bool:
        """Return whether the address can be reached from this machine only."""
        try:
            return ipaddress.ip_address(self.http_host).is_loopback
        except ValueError:
            return self.http_host == "localhost"

    @property
    def page_is_guarded(self) -> bool:
        """Return whether the dashboard is protected: it is on loopback, or needs a token."""
        return self.http_is_local or self.has_tokens

    @property
    def has_tokens(self) -> bool:
        """Return whether access needs a token."""
        return any(source is not None for source in (self.http_token, self.http_read_token, self.http_tokens_file))

    @property
    def page_is_on(self) -> bool:
        """Return whether the dashboard is served."""
        return self.http_port is not None and self.page is not False and self.page_is_guarded

    @property
    def feeds_are_on(self) -> bool:
        """Return whether the feeds are served."""
        may = self.http_port is not None and self.page_is_guarded
        return may and (self.page_is_on if self.feeds is None else self.feeds)
