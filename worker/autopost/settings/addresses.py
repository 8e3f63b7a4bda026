"""Settings of addresses that people follow: where the dashboard is reached, and where an operation is shown."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pydantic import field_validator

from autopost.model.link import LinkTemplate
from autopost.settings.field import PREFIX, Group, setting

_PUBLIC_URL = re.compile(
    r"https?://(?:\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)*/?", re.IGNORECASE
)


class AddressSettings(Group):
    """The public address of the dashboard, and the links to the platform."""

    public_url: str | None = setting(
        None,
        f"{PREFIX}PUBLIC_URL",
        "The address at which people reach the dashboard and the feeds, with the path under which a proxy serves them. "
        "Feeds and messages link to it. If not set, feeds use the address of the request, and messages have no link to "
        "the dashboard.",
        "an address such as https://feed.example/autopost, without a query",
    )
    link: str | None = setting(
        None,
        f"{PREFIX}LINK",
        "Where the platform shows an operation. Posts, feeds and messages link to it.",
        "an https address with {tracker_id}, {operation_type}, {agent_id} or {tenant_id} after the host, such as "
        "https://platform.example/operations/{tracker_id}",
    )

    @field_validator("public_url")
    @classmethod
    def _is_public_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not _PUBLIC_URL.fullmatch(value) or {".", ".."} & set(urlsplit(value).path.split("/")):
            raise ValueError("not an address")
        return value.rstrip("/")

    @field_validator("link")
    @classmethod
    def _is_link_template(cls, value: str | None) -> str | None:
        return value if value is None else LinkTemplate(value).text

    @property
    def public_host(self) -> str | None:
        """Return the host name of the public address, without a port."""
        return urlsplit(self.public_url).hostname if self.public_url is not None else None

    @property
    def link_template(self) -> LinkTemplate | None:
        """Return where the platform shows operations."""
        return LinkTemplate(self.link) if self.link is not None else None
