"""Settings of what a worker answers over HTTP: to monitoring, and the page to people."""

from __future__ import annotations

import ipaddress

from pydantic import SecretStr, field_validator

from autopost.settings.connection_string import connection_string
from autopost.settings.field import PREFIX, CommaSeparated, Group, setting

LEAST_TOKEN_CHARACTERS = 16


class HttpSettings(Group):
    """The address, and who may see and do what there."""

    http_host: str = setting(
        "127.0.0.1",
        f"{PREFIX}HTTP_HOST",
        "Where the worker answers /healthz, /readyz and /metrics, and serves the page.",
        "an address of this machine; anyone who reaches it can read the three, which hold no data of operations",
    )
    http_port: int | None = setting(
        None,
        f"{PREFIX}HTTP_PORT",
        "The port for that; without it the worker serves nothing.",
        "a whole number, 1 to 65535, or 0 for any that is free",
        ge=0,
        le=65535,
    )
    http_token: SecretStr | None = setting(
        None,
        f"{PREFIX}HTTP_TOKEN",
        "Who gives it sees the page and may act there. Without it the page is for this machine alone, and only shows.",
        f"{LEAST_TOKEN_CHARACTERS} ASCII characters or more, from a generator of secrets",
        min_length=LEAST_TOKEN_CHARACTERS,
    )
    page: bool | None = setting(
        None,
        f"{PREFIX}PAGE",
        f"Whether the page is served. Default: where {PREFIX}HTTP_PORT is set, but beyond loopback only with a token.",
        f"true or false; true beyond loopback only with {PREFIX}HTTP_TOKEN",
    )
    page_hosts: CommaSeparated = setting(
        (),
        f"{PREFIX}PAGE_HOSTS",
        "By which names browsers reach the page. On loopback localhost and its addresses always count; beyond, any "
        "name does unless this is set.",
        "host names separated by commas, without ports",
    )
    page_database_url: SecretStr | None = setting(
        None,
        f"{PREFIX}PAGE_DATABASE_URL",
        "The page's own connection, for a role that may read the feed and the audit log. Default: the worker's.",
        "as DATABASE_URL; the same database",
    )

    feeds: bool | None = setting(
        None,
        f"{PREFIX}FEEDS",
        "Whether posts are served to programs, at /feed/events, /feed/ws, /feed.json and /feed.atom. Default: where "
        "the page is.",
        f"true or false; true beyond loopback only with {PREFIX}HTTP_TOKEN",
    )
    feed_viewers: int = setting(
        1_000,
        f"{PREFIX}FEED_VIEWERS",
        "How many watch /feed/events and /feed/ws of one instance at once; each takes a file descriptor.",
        "a whole number, 1 to 100000",
        ge=1,
        le=100_000,
    )

    @field_validator("http_token")
    @classmethod
    def _is_ascii(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().isascii():  # a header could not carry it
            raise ValueError("not ASCII")
        return value

    @field_validator("page_database_url")
    @classmethod
    def _page_database_is_connection_string(cls, value: SecretStr | None) -> SecretStr | None:
        return value if value is None else connection_string(value)

    @property
    def http_is_local(self) -> bool:
        """Tell whether only this machine reaches the address."""
        try:
            return ipaddress.ip_address(self.http_host).is_loopback
        except ValueError:
            return self.http_host == "localhost"

    @property
    def page_is_guarded(self) -> bool:
        """Tell whether nobody sees the page who should not: this machine alone reaches it, or a token is asked for."""
        return self.http_is_local or self.http_token is not None

    @property
    def page_is_on(self) -> bool:
        """Tell whether the page is served."""
        return self.http_port is not None and self.page is not False and self.page_is_guarded

    @property
    def feeds_are_on(self) -> bool:
        """Tell whether the feeds are served."""
        may = self.http_port is not None and self.page_is_guarded
        return may and (self.page_is_on if self.feeds is None else self.feeds)
