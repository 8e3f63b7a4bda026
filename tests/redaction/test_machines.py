"""Addresses of machines that are found, and versions that are not."""

from __future__ import annotations

from autopost.redaction.redactor import Redactor
from tests.redaction.sentences import assert_replaced, assert_unchanged


def test_ip_address_is_found(redactor: Redactor) -> None:
    """Both versions."""
    addresses = [
        "192.0.2.17",
        "198.51.100.4",
        "10.0.0.8",
        "2001:db8::1",
        "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        "fe80::1ff:fe23:4567:890a",
        "::ffff:192.0.2.128",
        "2001:db8:1:2::",
    ]
    assert_replaced(redactor, addresses, "IP_ADDRESS")


def test_private_address_stays_in_a_sentence_about_the_network(redactor: Redactor) -> None:
    """Others have the same; it goes if the sentence is about people, or about neither."""
    assert_unchanged(redactor, ["The gateway 172.16.8.1 drops nothing", "Subnet 10.14.0.0/16 is reserved"])
    assert redactor.redact("The gateway blocked 10.8.3.22 after 40 failed sign-ins").text.startswith(
        "The gateway blocked <IP_ADDRESS>"
    )
    assert redactor.redact("Her laptop has 192.168.1.44 now").text == "Her laptop has <IP_ADDRESS> now"
    assert redactor.redact("The camera has 172.20.44.17").text == "The camera has <IP_ADDRESS>"


def test_ip_address_is_found_before_a_colon(redactor: Redactor) -> None:
    """Of a sentence, also where the address ends with two of its own."""
    assert redactor.redact("connect to 2001:db8:1:2::: refused").text == "connect to <IP_ADDRESS>: refused"
    assert redactor.redact("connect to 2001:db8::1: refused").text == "connect to <IP_ADDRESS>: refused"


def test_ip_address_is_found_in_a_url(redactor: Redactor) -> None:
    """Port and path stay."""
    assert (
        redactor.redact("http://192.0.2.1:80/x [2001:db8::5]:443").text == "http://<IP_ADDRESS>:80/x [<IP_ADDRESS>]:443"
    )


def test_version_or_time_is_no_ip_address(redactor: Redactor) -> None:
    """Four numbers behind a word that counts, and addresses that everybody has, stay."""
    texts = [
        "version 1.2.3.4 is out",
        "Released v10.20.30.40",
        "pip install x==1.2.3.4",
        "Section 3.1.2.4",
        "foo-1.2.3.4.tar.gz",
        "Upgraded from 1.2.3.4 to 1.2.3.5",
        "on 127.0.0.1:8080 and 0.0.0.0",
        "std::vector",
        "12:30:45",
        "1.2.3.4.5",
        "mask 255.255.255.0",
        "Updated the app to 24.0.12.12 and restarted it.",
        "Agent 22.6.28.7 is rolled out.",
        "nginx 3.24.27 is running; 2.1.27.7 was skipped.",
        "Rolled back from 28.24.23.18 at noon",
    ]
    assert_unchanged(redactor, texts)


def test_ip_address_in_talk_of_releases_is_found(redactor: Redactor) -> None:
    """A word of machines, or a port behind it, counts more than one of releases."""
    sentences = [
        "Updated the firewall for {}",
        "Login from {} after the update",
        "{}:8080 was released",
        "Released on host {}",
        "Rolled out to {}/24",
    ]
    assert_replaced(redactor, ["24.0.12.12"], "IP_ADDRESS", sentences)


def test_mac_address_is_found(redactor: Redactor) -> None:
    """In all three notations."""
    addresses = ["00:1B:44:11:3A:B7", "00-1b-44-11-3a-b7", "001b.4411.3ab7"]
    assert_replaced(redactor, addresses, "MAC_ADDRESS")
