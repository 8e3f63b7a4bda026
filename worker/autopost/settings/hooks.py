"""Settings of outgoing hooks."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import TypeAlias

from pydantic import field_validator

from autopost.settings.field import PREFIX, CommaSeparated, Group, setting

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


class HookSettings(Group):
    """Which posts are sent where."""

    hooks_file: Path | None = setting(
        None,
        f"{PREFIX}HOOKS",
        "The hooks: which posts are sent to which addresses, as Slack takes them or signed. The same for all workers "
        "of a database.",
        "the path of a TOML file, see docs/how-to/webhooks.md",
    )
    hook_networks: CommaSeparated = setting(
        (),
        f"{PREFIX}HOOK_NETWORKS",
        "Networks beside the public ones that hooks may reach, and without TLS. Without it loopback, private and "
        "link-local addresses are refused, whatever name leads there.",
        "networks separated by commas, such as 10.1.0.0/16, fd00:1::/32 or 127.0.0.1",
    )

    @field_validator("hook_networks")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ipaddress.ip_network(network)
        return value

    @property
    def allowed_networks(self) -> tuple[Network, ...]:
        """Return the networks that hooks may reach beside the public ones."""
        return tuple(ipaddress.ip_network(network) for network in self.hook_networks)
