"""Settings of webhooks."""

from __future__ import annotations

import ipaddress
from typing import TypeAlias

from pydantic import field_validator

from autopost.settings.field import PREFIX, CommaSeparated, FilePath, Group, setting

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


class WebhookSettings(Group):
    """The file of webhooks, and the private networks they may reach."""

    webhooks_file: FilePath | None = setting(
        None,
        f"{PREFIX}WEBHOOKS_FILE",
        "The webhooks: which posts are sent to which chats, mailboxes and signed receivers. Must be the same for all "
        "workers of a database.",
        "the path of a TOML file, see docs/how-to/webhooks.md",
    )
    webhook_networks: CommaSeparated = setting(
        (),
        f"{PREFIX}WEBHOOK_NETWORKS",
        "Non-public networks that webhooks may reach, also without TLS. If not set, loopback, private and link-local "
        "addresses are refused, whatever host name resolves to them.",
        "comma-separated networks, such as 10.1.0.0/16, fd00:1::/32 or 127.0.0.1",
    )

    @field_validator("webhook_networks")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ipaddress.ip_network(network)
        return value

    @property
    def allowed_networks(self) -> tuple[Network, ...]:
        """Return the non-public networks that webhooks may reach."""
        return tuple(ipaddress.ip_network(network) for network in self.webhook_networks)
