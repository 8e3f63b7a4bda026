"""Addresses that are not redacted, compared as a whole and case-insensitively."""

from __future__ import annotations

import re
from collections.abc import Iterable

from autopost.errors import ConfigurationError
from autopost.redaction.normalise import normalise
from autopost.redaction.pattern import compiled, quoted
from autopost.redaction.rule import Span

# Characters that make an address part of a longer one: directly before it, or after it if a letter or digit follows, as
# in `x.support@acme.com` and `support@acme.com.evil.io`.
_JOINS_BEFORE = frozenset("._%+-@!#$^~")
_JOINS_AFTER = frozenset("._%+-")


# What an address looks like, with any domain; see the rules of email.py for what is found.
_ADDRESS = re.compile(r"[^\s@,;*]+@[^\s@,;*]+")


def require_addresses(entries: Iterable[str]) -> None:
    """Raise ConfigurationError that lists every entry that can match no address, with advice."""
    problems = [problem for entry in entries if entry.strip() and (problem := _problem(entry.strip()))]
    if problems:
        raise ConfigurationError("; ".join(problems))


def _problem(entry: str) -> str:
    if _ADDRESS.fullmatch(entry) and entry[0] not in "[\"'{(" and entry[-1] not in "]\"'})":
        return ""
    if entry[0] in "[\"'{(" or entry[-1] in "]\"'})":
        return f"{entry!r}: write the address without quotes and brackets, and a comma between two"
    if entry.startswith(("@", "*@")) or "*" in entry:
        example = f"support@{entry.lstrip('*@') or 'example.com'}"
        return f"{entry!r}: a whole domain cannot be allowed; list each address, such as {example}"
    if any(sign in entry for sign in "; \t\n"):
        return f"{entry!r}: is not one address; separate addresses with a comma"
    return f"{entry!r}: is not an address; expected: name@domain, and only addresses can be allowed"


class Allowlist:
    """The addresses that the operator allows in posts."""

    def __init__(self, addresses: Iterable[str]) -> None:
        plain = {normalise(address.strip()).text.lower() for address in addresses} - {""}
        longest_first = sorted(plain, key=lambda address: (-len(address), address))
        self._pattern = compiled("(?i)" + "|".join(quoted(address) for address in longest_first)) if plain else None

    def spans(self, text: str) -> list[Span]:
        """Return the spans of allowed addresses in a normalised text, in order and without overlaps."""
        if self._pattern is None:
            return []
        return [m.span() for m in self._pattern.finditer(text) if _stands_alone(text, *m.span())]


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after, then = text[start - 1 : start], text[end : end + 1], text[end + 1 : end + 2]
    if before.isalnum() or before in _JOINS_BEFORE:
        return False
    if before == "'" and text[start - 2 : start - 1].isalnum():
        return False
    if after.isalnum() or after in {"@", "_"}:
        return False
    return not (after in _JOINS_AFTER and then.isalnum())
