"""To which addresses hooks go, and to which only where that is allowed."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from autopost.webhooks.addresses import is_public, is_within, may_be_reached


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses(address: str) -> None:
    """These are reached by anybody."""
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
        *("169.254.169.254", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fd00::1", "fd00:ec2::254", "ff02::1", "ff0e::1", "2001:db8::1"),
        # The same in IPv6's clothes: mapped, NAT64, 6to4, Teredo.
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "64:ff9b:1::a00:1"),
        *("2002:a00:1::", "2002:7f00:1::1", "2001:0:a00:1::"),
        # Site-local, compatible, translated, documentation, segment routing, and what is not given out.
        *("fec0::2", "::127.0.0.1", "::ffff:0:127.0.0.1", "3fff::1", "5f00::1", "4000::1"),
        "168.63.129.16",  # Azure's own service
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    """Loopback, private, link-local (with a cloud's credentials), shared, reserved and multicast."""
    assert not is_public(ip_address(address))
    assert not may_be_reached(ip_address(address), ())


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
