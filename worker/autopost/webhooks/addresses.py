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
# All of IPv6 that is given out: https://www.iana.org/assignments/ipv6-unicast-address-assignments
_UNICAST = ipaddress.ip_network("2000::/3")
# What is not for the public Internet, and relays of it. A list of our own: what `ipaddress` knows depends on the patch
# level of Python. Sources: https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-special-registry.
_NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by a provider's customers; a cloud's metadata service
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # a cloud's own service, in no registry
            "169.254.0.0/16",  # link-local; metadata services
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments; a cloud's metadata service
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # AMT
            "192.88.99.0/24",  # 6to4 relays, deprecated
            "192.168.0.0/16",  # private
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
            "2001::/23",  # protocol assignments, Teredo
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, deprecated
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
        ),
    )
)


def may_be_reached(address: Address, allowed: Collection[Network]) -> bool:
    """Return whether a webhook may go there: the address is a public one, or in a network that is allowed."""
    return is_within(address, allowed) or is_public(address)


def is_within(address: Address, networks: Collection[Network]) -> bool:
    """Return whether one of these networks holds the address, or the IPv4 address that it maps."""
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return any(candidate in network for candidate in (address, inner) if candidate is not None for network in networks)


def is_public(address: Address) -> bool:
    """Return whether the address, or the IPv4 address that it stands for, is one of the public Internet."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64 or address in _MAPPED:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _UNICAST:
            return False
    return not any(address in network for network in _NOT_PUBLIC)
