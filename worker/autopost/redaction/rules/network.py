"""Network addresses: IPv4, IPv6, MAC."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, Span, single

# Directly before four numbers, this makes them a version or a paragraph and not an address.
_COUNTED = compiled(
    r"(?i)(?:\b(?:version|versions|ver|release|releases|build|rev|revision|firmware|driver|tag|section|sections|oid|protocol|sec|para|§"
    r"|chapter|paragraph|clause|step|appendix|figure|table|v)\.?\s*[:=]?\s*|[=~^<>]=\s?|[a-z]-"
    r"|\b(?:upgrad\w*|downgrad\w*|bump\w*|roll(?:ed|ing)? back)\s[^;!?\n]{0,50}?(?:from|to)\s)$"
)

# Four numbers below 100 can be the version of a program. They are one if the sentence is about releases and not about a
# machine, and no word directly before them refers to a place.
_OF_RELEASES = compiled(
    r"(?i)\b(?:versions?|releas\w+|builds?|updat\w+|upgrad\w+|downgrad\w+|install\w*|patch\w*|hotfix|firmware|drivers?"
    r"|packages?|plugins?|librar\w+|sdk|app|roll(?:ed|ing)? (?:out|back)|ship(?:ped|s)?|changelog|beta|stable|lts"
    r"|pinned|bump\w*|tag(?:ged)?"
    r"|\d+\.\d+\.\d+(?:[-+][a-z0-9.]+)?)(?:[^\w.]|\.?$)"
)
_OF_MACHINES = compiled(
    r"(?i)\b(?:ips?|ipv4|address(?:es)?|hosts?|hostname|servers?|dns|records?|gateways?|subnets?|vlan|firewall|logins?|logged|requests?"
    r"|ping\w*|ssh|ports?|connect\w*|traffic|peers?|upstream|endpoints?|clients?|vpn|proxy|prox\w+|block\w*|allow\w*|ban\w*|scan\w*"
    r"|whitelist\w*|denylist\w*|machines?|router|switch|http|curl|wget|telnet|reachab\w+|network|dhcp|nat|cidr|attack\w*|sessions?)\b"
)
# What is said of a release, directly after its number, and what stands directly before one.
_RELEASED = compiled(
    r"(?i)^ (?:is|was|has been|got) (?:now )?(?:rolled (?:out|back)|released|shipped|signed|installed|published|tagged|stable|deprecated|yanked|out)\b"
)
_PRODUCT = compiled(
    r"(?i)(?:\b(?:patched|updated|upgraded|bumped|pinned|downgraded|moved)\b[^.\n]{0,40}\bto|\b(?:plugin|package|library|sdk|driver|firmware|version|release))\s$"
)
_WHERE = compiled(r"(?i)(?:\b(?:from|at|via|by|host|ip|on|against|behind)\s[\[(\"'`]?|[@/:=])$")
_SENTENCE_END = re.compile(r"[.!?][\t\n\f\r ]|\n")
_CLAUSE_END = re.compile(r"[.,;!?][\t\n\f\r ]|\n")


def _is_version(text: str, start: int, end: int) -> bool:
    parts = [int(part) for part in text[start:end].split(".")]
    if max(parts) > 99 or text[end : end + 1] in {":", "/"}:
        return False
    if parts[0] == 10 and not (
        _RELEASED.search(text[end : end + 40]) or _PRODUCT.search(text[max(0, start - 60) : start])
    ):
        return False  # 10.x.x.x is a private network
    before = _SENTENCE_END.split(text[max(0, start - 120) : start])[-1]
    after = _CLAUSE_END.split(text[end : end + 80])[0]
    if _WHERE.search(before) or _OF_MACHINES.search(before) or _OF_MACHINES.search(after):
        return False
    return _OF_RELEASES.search(before) is not None or _OF_RELEASES.search(after) is not None


_NAMED_AFTER = compiled(
    r"(?i)^ (?:is|was) (?:the|a|an) (?:paragraph|section|clause|version|chapter|release|build|oid|step|item|table|figure|rule)\b"
)
_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16")  # RFC 1918, 6598, 3927
_FILE_TAIL = compiled(r"^(?:[-.+_]\w*)*\.(?:tar|tgz|zip|whl|jar|gz|deb|rpm|exe|msi|dmg|pkg|apk|so|dll)\b")


# An address of a private network stays in a sentence about how the network is built, and goes in one about people.
_OF_OPERATIONS = compiled(
    r"(?i)(?:^|[^\pL])(?:subnets?|gateways?|broadcast|vlans?|cidr|netmask|default route|address(?:es)? range|teilnetz|sous-réseau|subred|sottorete)(?:[^\pL]|$)"
)
_OF_SOMEBODY = compiled(
    r"(?i)(?:^|[^\pL])(?:logins?|log(?:ged|s|ging)?[ -]?(?:in|on)|sign(?:ed|s|ing)?[ -]?(?:in|on)|sign-ins?|attempts?|attack\w*|intru\w+|brute|suspicious|block\w*|bann?\w*|denied|refused|kicked|quarantin\w+|rate[- ]limit\w*|users?|visitors?|customers?|callers?|teller|patients?|pupils?|students?|employees?|guests?|players?|clients?|her|his|laptops?|workstations?|phones?|tablets?|home|remote|vpn"
    r"|angemeldet|anmeldung|gesperrt|zugriff|connexion|connecté|acc[eè]s|bloqu\pL+|acceso|inici\pL+ de sesión|accesso|bloccat\w+|ingelogd|geblokkeerd|zalogowan\w+|zablokowan\w+|acesso|inloggning|вход|вош[её]л|заблокир\pL+)(?:[^\pL]|$)"
)
_PRIVATE = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))  # RFC 1918
_REACH_CHARACTERS = 90


def _is_of_network(address: IPv4Address) -> bool:
    """Return whether an address is one of a private network, which is not unique: many have the same."""
    return any(address in network for network in _PRIVATE)


def _is_of_operations(text: str, start: int, end: int) -> bool:
    before = _SENTENCE_END.split(text[max(0, start - _REACH_CHARACTERS) : start])[-1]
    after = _SENTENCE_END.split(text[end : end + _REACH_CHARACTERS])[0]
    around = f"{before} {after}"
    return _OF_OPERATIONS.search(around) is not None and _OF_SOMEBODY.search(around) is None


def _is_ipv4(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 72) : start], text[end : end + 24]
    if before[-1:].isalnum() or before[-1:] == "_" or (before[-1:] == "." and before[-2:-1].isalnum()):
        return False
    if after[:1].isalnum() or after[:1] == "_" or (after[:1] == "." and after[1:2].isalnum()):
        return False
    try:
        address = IPv4Address(text[start:end])
    except AddressValueError:
        return False
    # Loopback, "any" and masks identify nobody.
    if text.startswith((*_NETWORKS, "255.255."), start) or address.is_loopback or address.is_unspecified:
        return False
    if _is_of_network(address) and _is_of_operations(text, start, end):
        return False
    return not (
        _COUNTED.search(before)
        or _FILE_TAIL.search(after)
        or _NAMED_AFTER.search(after)
        or _is_version(text, start, end)
    )


def _ipv6(text: str, start: int, end: int) -> Iterator[Span]:
    before = text[start - 1 : start]
    if before.isalnum() or before in {"_", ":"}:
        return
    candidate = text[start:end].rstrip(".")
    if candidate.endswith(":::") or (candidate.endswith(":") and not candidate.endswith("::")):
        candidate = candidate[:-1]  # punctuation of the sentence
    end = start + len(candidate)
    after = text[end : end + 1]
    if after.isalnum() or after == "_" or not any(map(str.isdigit, candidate)):
        return
    try:
        address = IPv6Address(candidate)
    except AddressValueError:
        return
    if not (address.is_loopback or address.is_unspecified):
        yield start, end


def _is_mac(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    separator = text[start + 2] if text[start + 2] in ":-" else "."
    if before[-1:].isalnum() or after[:1].isalnum() or text[start:end].replace(".", "").isdigit():
        return False
    return not ((before[-1:] == separator and before[:1].isalnum()) or (after[:1] == separator and after[1:].isalnum()))


def _is_public(text: str, start: int, end: int) -> bool:
    """Return whether bytes with hyphens are an address that providers assign, and not one of a private network."""
    try:
        return IPv4Address(text[start:end].replace("-", ".")).is_global
    except AddressValueError:
        return False


_BYTE = r"\d{1,3}"
_BRACKETED = r"[\[({]\s?(?:\.|dot)\s?[\])}]"
_DOT = rf"(?:{_BRACKETED}|\.)"

RULES = (
    Rule(
        "IP_ADDRESS",
        r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}",
        source="RFC 791, dotted decimal",
        anchor=r"\d\.\d{1,3}\.\d{1,3}\.\d",
        refine=single(_is_ipv4),
        name="ipv4",
    ),
    Rule(
        "IP_ADDRESS",
        rf"\b{_BYTE}(?:{_BRACKETED}{_BYTE}{_DOT}{_BYTE}{_DOT}{_BYTE}|\.{_BYTE}{_BRACKETED}{_BYTE}{_DOT}{_BYTE}|\.{_BYTE}\.{_BYTE}{_BRACKETED}{_BYTE})\b",
        source="the usual spelling in reports of attacks: 192[.]0[.]2[.]1",
        anchor=r"(?:\d[\[({]\s?|[\[({]\s?(?:\.|dot)\s?[\])}]\d)",
        score=0.85,
        name="ipv4-defanged",
    ),
    Rule(
        "IP_ADDRESS",
        r"(?:^|[^\w.-])(?:[A-Za-z]{1,8}-?)?(\d{1,3}(?:-\d{1,3}){3})\.(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}\b",
        source="names that providers of access give to the machines of their customers: 192-0-2-1.dyn.example.net",
        anchor=r"\d-\d{1,3}-\d{1,3}-\d{1,3}\.[A-Za-z0-9-]",
        refine=single(_is_public),
        name="ipv4-in-hostname",
    ),
    Rule(
        "IP_ADDRESS",
        r"(?:[0-9A-Fa-f]{0,4}:){2,}[0-9A-Fa-f:.]*",
        source="RFC 4291 2.2",
        anchor=r":[0-9A-Fa-f]{0,4}:",
        refine=_ipv6,
        name="ipv6",
    ),
    Rule(
        "MAC_ADDRESS",
        r"(?:[0-9A-Fa-f]{2}:){5}(?:(?:[0-9A-Fa-f]{2}:){2})?[0-9A-Fa-f]{2}"
        r"|(?:[0-9A-Fa-f]{2}-){5}(?:(?:[0-9A-Fa-f]{2}-){2})?[0-9A-Fa-f]{2}"
        r"|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}|(?:[0-9A-Fa-f]{2}\.){5}[0-9A-Fa-f]{2}",
        source="IEEE 802-2014 8.1, EUI-48 and EUI-64; the dotted form is Cisco's",
        anchor=r"[0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]|(?:[0-9A-Fa-f]{2}\.){5}[0-9A-Fa-f]|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.",
        refine=single(_is_mac),
        name="mac",
    ),
    Rule(
        "MAC_ADDRESS",
        r"(?i)\bmac\b(?:\s+address\b)?\s*(?:is|was|of|:|=)?\s*([0-9a-f]{12})\b",
        source="IEEE 802-2014 8.1, bare form after the word",
        anchor=r"(?i)\bmac\b",
        name="mac-after-word",
    ),
)
