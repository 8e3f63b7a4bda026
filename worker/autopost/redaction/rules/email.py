"""E-mail addresses of any domain, including internal ones."""

from __future__ import annotations

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, single

# RFC 5322 atext without the characters that separate an address from its context in prose and URLs (= / ? & ` { | }).
_LOCAL = r"[A-Za-z0-9_][A-Za-z0-9._%+'!#$*^~-]*"
_LABELS = r"(?:[A-Za-z0-9_][A-Za-z0-9_-]*\.)+"
_TOP = r"(?:xn--[A-Za-z0-9-]{2,}|[A-Za-z]{2,})"

# The same for letters of all scripts. A separate rule, because the automaton is a hundred times larger.
_ANY_LOCAL = r"[\p{L}\p{N}_][\p{L}\p{M}\p{N}._%+'!#$*^~-]*"
_ANY_DOMAIN = r"(?:[\p{L}\p{N}_][\p{L}\p{M}\p{N}_-]*\.)+\p{L}[\p{L}\p{M}]+"

_IMAGE_AT_SCALE = compiled(r"(?i)@[1-9](?:\.\d)?x\.(?:png|jpe?g|gif|svg|webp|avif|heic|pdf)$")


def _is_address(text: str, start: int, end: int) -> bool:
    address = text[start:end]
    if address.startswith("git@") and text[end : end + 1] in {":", "/"}:
        return False  # git@host:path is the address of a repository
    return _IMAGE_AT_SCALE.search(address) is None


RULES = (
    Rule(
        "EMAIL_ADDRESS",
        rf"{_LOCAL}(?:@|%40){_LABELS}{_TOP}",
        anchor=r"[^\s](?:@|%40)[^\s.@][^\s@]*\.[^\s@]",
        source="RFC 5322 3.4.1",
        score=0.95,
        refine=single(_is_address),
    ),
    Rule(
        "EMAIL_ADDRESS",
        rf"{_ANY_LOCAL}@{_ANY_DOMAIN}",
        anchor=r"[^\x00-\x7f][^\s@]*@[^\s@]|[^\s@]@[^\s@]*[^\x00-\x7f]",
        source="RFC 6531, RFC 5890",
        score=0.95,
        refine=single(_is_address),
    ),
    Rule(
        "EMAIL_ADDRESS",
        rf'"[^"\n@<>]{{1,64}}"@{_LABELS}{_TOP}',
        anchor=r'"@[^\s@]',
        source="RFC 5322 3.2.4, quoted local part",
        score=0.95,
    ),
    Rule(
        "EMAIL_ADDRESS",
        rf"{_LOCAL}@(?:localhost|\[[0-9A-Fa-f:.]{{2,45}}\]|(?:\d{{1,3}}\.){{3}}\d{{1,3}})",
        anchor=r"[^\s]@(?:localhost|\[|\d)",
        source="RFC 5321 4.1.3, address literals",
        score=0.95,
    ),
    Rule(
        "EMAIL_ADDRESS",
        rf"(?i){_LOCAL}\s?[\[({{]\s?at\s?[\])}}]\s?(?:[A-Za-z0-9_-]+\s?(?:\.|[\[({{]\s?dot\s?[\])}}])\s?)+[A-Za-z]{{2,}}",
        anchor=r"(?i)[\[({]\s?at\s?[\])}]",
        source="the usual spelling against harvesters: name [at] example [dot] com",
        score=0.85,
    ),
)
