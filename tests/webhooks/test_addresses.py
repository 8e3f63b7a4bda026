"""To which addresses hooks go, and to which only where that is allowed."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from autopost.webhooks.addresses import is_public, is_within, may_be_reached
from tests.support.cases import assert_results

# The networks of the registries https://www.iana.org/assignments/iana-ipv4-special-registry and
# iana-ipv6-special-registry, and multicast: their first and last addresses are refused.
SPECIAL = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
    *("192.0.0.0/29", "192.0.0.8/32", "192.0.0.9/32", "192.0.0.10/32", "192.0.0.170/31", "192.0.2.0/24"),
    *("192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32"),
    *("::1/128", "::/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001::/32", "2001:1::1/128"),
    *(
        "2001:1::2/128",
        "2001:1::3/128",
        "2001:2::/48",
        "2001:3::/32",
        "2001:4:112::/48",
        "2001:10::/28",
        "2001:20::/28",
    ),
    *("2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7"),
    *("fe80::/10", "ff00::/8"),
)
SERVICES = (
    "169.254.169.254",  # most clouds' metadata services
    "100.100.100.200",  # Alibaba Cloud's
    "192.0.0.192",  # Oracle Cloud's
    "168.63.129.16",  # Azure's own service
    "fd00:ec2::254",  # AWS's
    "fd20:ce::254",  # Google Cloud's
)
PUBLIC = (
    *("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"),
    *("128.0.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.88.98.255"),
    *("192.88.100.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"),
    *("2606:4700::1111", "2001:200::1", "2001:4860:4860::8888", "2003::1", "3ffe::1"),
)


def test_public_addresses() -> None:
    """Also beside the networks that are not; mapped and behind NAT64 too."""
    assert_results(lambda address: is_public(ip_address(address)), [(address, True) for address in PUBLIC])
    for address in PUBLIC:
        if ":" not in address:
            assert is_public(ip_address(f"::ffff:{address}"))
            assert is_public(ip_address(f"64:ff9b::{address}"))


@pytest.mark.parametrize("network", [*SPECIAL, *SERVICES])
def test_addresses_that_are_not_public(network: str) -> None:
    """Whatever Python's patch level knows; the same in IPv6's clothes: mapped, NAT64, 6to4, compatible, translated."""
    special = ip_network(network)
    for address in (special[0], special[-1]):
        assert not is_public(address)
        assert not may_be_reached(address, ())
        if address.version == 4:
            high, low = divmod(int(address), 0x10000)
            for form in ("::ffff:{}", "64:ff9b::{}", "64:ff9b:1::{}", "::{}", "::ffff:0:{}"):
                assert not is_public(ip_address(form.format(address))), form
            assert not is_public(ip_address(f"2002:{high:x}:{low:x}::1"))


@pytest.mark.parametrize("address", ["fec0::2", "4000::1", "1fff::1"])
def test_what_is_not_given_out_is_not_public(address: str) -> None:
    """Site-local addresses, and the rest of IPv6."""
    assert not is_public(ip_address(address))


def test_allowed_networks_hold_mapped_addresses_too() -> None:
    """And nothing else."""
    networks = (ip_network("10.1.0.0/16"), ip_network("fd00:1::/32"))
    assert is_within(ip_address("10.1.2.3"), networks)
    assert is_within(ip_address("::ffff:10.1.2.3"), networks)
    assert is_within(ip_address("fd00:1::5"), networks)
    assert not is_within(ip_address("10.2.0.1"), networks)
    assert not is_within(ip_address("fd00:2::1"), networks)
    assert may_be_reached(ip_address("1.1.1.1"), networks)
    assert not may_be_reached(ip_address("127.0.0.1"), networks)
