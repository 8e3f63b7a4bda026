"""Which addresses a webhook may reach. Pure.

A webhook's target is reached from inside the platform's network, where a private address may be a database, a neighbour
or a cloud's own service of credentials (server-side request forgery, https://owasp.org/API-Security/editions/2023/en/0xa7-server-side-request-forgery/).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import TypeAlias

from autopost.settings.webhooks import Network

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_MAPPED = ipaddress.ip_network("::ffff:0:0/96")
_UNICAST = ipaddress.ip_network(
    "2000::/3"
)  # all that is given out of IPv6, https://www.iana.org/assignments/ipv6-unicast-address-assignments
# What libraries do not know, or not yet: documentation (RFC 9637), and a cloud's own service behind a public number.
_NOT_PUBLIC = (ipaddress.ip_network("3fff::/20"), ipaddress.ip_network("168.63.129.16/32"))


def may_be_reached(address: Address, allowed: Collection[Network]) -> bool:
    """Return whether a webhook may go there: the address is a public one, or in a network that is allowed."""
    return is_within(address, allowed) or is_public(address)


def is_within(address: Address, networks: Collection[Network]) -> bool:
    """Return whether one of these networks holds the address, or the IPv4 address that it maps."""
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return any(candidate in network for candidate in (address, inner) if candidate is not None for network in networks)


def is_public(address: Address) -> bool:
    """Return whether the address, and any IPv4 address that it stands for, is one of the public Internet."""
    if isinstance(address, ipaddress.IPv6Address) and not any(address in net for net in (_UNICAST, _NAT64, _MAPPED)):
        return False
    return all(
        part.is_global and not part.is_multicast and not any(part in network for network in _NOT_PUBLIC)
        for part in (address, *_embedded(address))
    )


def _embedded(address: Address) -> list[Address]:
    """Return the IPv4 addresses to which traffic for an IPv6 address may go in the end."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]
