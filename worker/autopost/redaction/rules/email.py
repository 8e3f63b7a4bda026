"""E-mail addresses of any domain, including internal ones."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, single

# RFC 5322 atext without the characters that separate an address from its context in prose and URLs (= / ? & ` { | }).
_LOCAL = r"[A-Za-z0-9_][A-Za-z0-9._%+'!#$*^~-]*"
_LABELS = r"(?:[A-Za-z0-9_][A-Za-z0-9_-]*\.)+"
_TOP = r"(?:xn--[A-Za-z0-9-]{2,}|[A-Za-z]{2,})"

# The same for letters of all scripts. A separate rule, because the automaton is a hundred times larger.
_ANY_LOCAL = r"[\p{L}\p{N}_][\p{L}\p{M}\p{N}._%+'!#$*^~·-]*"
_ANY_DOMAIN = r"(?:[\p{L}\p{N}_][\p{L}\p{M}\p{N}_-]*\.)+\p{L}[\p{L}\p{M}]+"

_IMAGE_AT_SCALE = compiled(r"(?i)@[1-9](?:\.\d)?x\.(?:png|jpe?g|gif|svg|webp|avif|heic|pdf)$")


# Packages with their version, units of systemd, expressions of code.
_NOT_A_HOST = compiled(
    r"(?i)@(?:v?\d+\.\d+\.|.*\.(?:service|socket|timer|target|mount|slice|scope|swap|tgz|whl|jar|gem|lock|json|ya?ml|tsx?|jsx?|mjs|toml|log"
    r"|transpose|shape|mean|sum|inv|matmul|reshape|detach|numpy|item|tolist|final|release|rc\d*|beta\d*|alpha\d*|ga|snapshot)$)"
)
# Words before an address that is mentioned, as in `thanks @larch.example`.
_ADDRESSED = frozenset(
    [
        "a",
        "all",
        "and",
        "ask",
        "at",
        "by",
        "cc",
        "for",
        "from",
        "hello",
        "hey",
        "hi",
        "in",
        "is",
        "mail",
        "of",
        "on",
        "or",
        "ping",
        "see",
        "thank",
        "thanks",
        "the",
        "to",
        "via",
        "with",
        "you",
    ]
)


def _is_address(text: str, start: int, end: int) -> bool:
    address = text[start:end]
    if address.startswith("git@") and text[end : end + 1] in {":", "/"}:
        return False  # git@host:path is the address of a repository
    return _NOT_A_HOST.search(address) is None and _IMAGE_AT_SCALE.search(address) is None


def _is_spaced(text: str, start: int, end: int) -> bool:
    """Accept an address with a space beside its at-sign or dot, unless a word before the sign mentions somebody."""
    return text[start:end].split("@")[0].strip().lower() not in _ADDRESSED and _is_address(text, start, end)


_WORDS = re.compile(r"[\s_-]+")
_COMMON = frozenset(
    ["a", "all", "an", "and", "are", "as", "for", "from", "he", "if", "in", "is", "it", "its", "no", "not", "of", "on",
     "or", "our", "she", "so", "that", "the", "them", "they", "this", "to", "was"]
)  # fmt: skip

_SURE_TOP = r"(?:com|net|org|io|dev|example|test|invalid|local|internal|info|edu|gov|eu|de|fr|es|nl|pl|ch|uk|co\.uk|ru|jp|cn|br|se|dk|fi|pt|ie|cz|hu|ro|gr|au|nz)"
_AT_WORDS = r"(?:at|arroba|ät|aet|chiocciola|kukac|snabel-?a|małpa|malpa|zavináč|собака|arobase|chez|apenstaartje)"
_DOT_WORDS = r"(?:dot|punkt|punto|ponto|point|piste|prikk|kropka|tečka|pont|точка|punctum|stip)"
_BRACKETED_DOT = rf"[\[({{]\s?(?:\.|{_DOT_WORDS})\s?[\])}}]"

RULES = (
    Rule(
        "EMAIL_ADDRESS",
        rf"{_LOCAL}(?:@|%40){_LABELS}{_TOP}",
        anchor=r"[^\s](?:@|%40)[^\s.@][^\s@]*\.[^\s@]",
        source="RFC 5322 3.4.1",
        score=0.95,
        refine=single(_is_address),
        name="address",
    ),
    Rule(
        "EMAIL_ADDRESS",
        rf"{_ANY_LOCAL}@{_ANY_DOMAIN}",
        anchor=r"[^\x00-\x7f][^\s@]*@[^\s@]|[^\s@]@[^\s@]*[^\x00-\x7f]",
        source="RFC 6531, RFC 5890",
        score=0.95,
        refine=single(_is_address),
        name="address-in-any-script",
    ),
    Rule(
        "EMAIL_ADDRESS",
        rf'"[^"\n@<>]{{1,64}}"@{_LABELS}{_TOP}',
        anchor=r'"@[^\s@]',
        source="RFC 5322 3.2.4, quoted local part",
        score=0.95,
        name="quoted-local-part",
    ),
    Rule(
        "EMAIL_ADDRESS",
        rf"{_LOCAL}@(?:localhost|\[[0-9A-Fa-f:.]{{2,45}}\]|(?:\d{{1,3}}\.){{3}}\d{{1,3}})",
        anchor=r"[^\s]@(?:localhost|\[|\d)",
        source="RFC 5321 4.1.3, address literals",
        score=0.95,
        name="address-literal",
    ),
    Rule(
        "EMAIL_ADDRESS",
        rf"(?i){_LOCAL}(?:\s?{_BRACKETED_DOT}\s?[A-Za-z0-9_-]+){{0,3}}\s?[\[({{<_]\s?(?:@|{_AT_WORDS})\s?[\])}}>_]\s?(?:[A-Za-z0-9_-]+\s?(?:\.|{_BRACKETED_DOT})\s?)+[A-Za-z]{{2,}}",
        anchor=rf"(?i)[\[({{<_]\s?(?:@|{_AT_WORDS})\s?[\])}}>_]",
        source="the usual spelling against harvesters: name [at] example [dot] com",
        score=0.85,
        name="bracketed-at",
    ),
    Rule(
        "EMAIL_ADDRESS",
        rf"(?i)\b{_LOCAL}\s@\s?(?:[a-z0-9_-]+(?:\.|\s\.\s))+{_SURE_TOP}\b|\b{_LOCAL}@\s?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\s\.\s?[a-z]{{2,}}\b|\b{_LOCAL}@\s(?:[a-z0-9_-]+\.)+{_SURE_TOP}\b|\b{_LOCAL}@[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.\s(?:com|net|org|example|local|internal)\b",
        anchor=r"(?i)[^\s]\s@\s?[a-z0-9_-]|@\s?[a-z0-9_.-]+\s\.|@\s[a-z0-9_-]|@[a-z0-9_.-]+\.\s(?:com|net|org|example|local|internal)",
        source="addresses that a line break has split",
        score=0.8,
        refine=single(_is_spaced),
        name="split",
    ),
    Rule(
        "EMAIL_ADDRESS",
        rf"(?i)\b{_LOCAL}(?:(?:\s|[_-]){_DOT_WORDS}(?:\s|[_-])[a-z0-9_-]+){{0,3}}(?:\s|[_-]){_AT_WORDS}(?:\s|[_-])(?:[a-z0-9-]+(?:\s|[_-]){_DOT_WORDS}(?:\s|[_-])){{1,3}}[a-z]{{2,}}\b",
        anchor=rf"(?i)[\s_-]{_AT_WORDS}[\s_-][a-z0-9-]+[\s_-]{_DOT_WORDS}[\s_-]",
        source="addresses that are read out: name at example dot com, in several languages",
        score=0.8,
        refine=single(lambda text, start, end: _COMMON.isdisjoint(_WORDS.split(text[start:end].lower())[2:-1])),
        name="spelled",
    ),
    Rule(
        "EMAIL_ADDRESS",
        rf"{_LOCAL}@(?:[\p{{L}}\p{{N}}_-]+\.)*[\p{{L}}\p{{N}}_-]+[。．｡](?:[\p{{L}}\p{{N}}_-]+[.。．｡])*[\p{{L}}\p{{N}}-]{{2,}}",
        anchor=r"@[^\s@]*[。．｡]",
        source="RFC 3490 3.1: other full stops",
        score=0.9,
        refine=single(_is_address),
        name="other-full-stop",
    ),
)
