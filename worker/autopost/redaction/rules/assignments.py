"""Secrets that follow a label: `password is …`, `token: …`, `SECRET=…`, `"api_key": "…"`."""

# ruff: noqa: E501, S105  # a pattern is easier to read on one line, and is not a password

from __future__ import annotations

from collections.abc import Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, Span
from autopost.redaction.rules.shape import (
    has_random_look,
    is_measure,
    is_prose,
    is_sentence,
    trimmed,
)

_SOURCE = "words before a value, as in configuration files, logs and prose"

_LOGIN_WORDS = r"(?:pass[_ -]?(?:word|code|phrase)|passwd|passwort|kennwort|pswd|(?:\b|_)(?:pwd|pw)|_pass|\b(?:user|db|wi-?fi|admin|root|login|smtp|ftp|ssh|ops)[ /:_-]{1,2}pass|contraseña|mot de passe|wachtwoord|lösenord|salasana|hasło|парол[ьяюе])"
# `pass` alone is a verb more often than a password.
_BARE_PASS = r"(?:\bpass=|(?:^|[\n{,;|?&])\s{0,3}[\"']?pass[\"']?\s?[:=])[^\S\n]*[\"'`]?"
_QUOTE = r"[\"'`]"
_VALUE = r"[^\s\"'`<>]"
# Before a quoted value, at most a connector and two spaces.
_OPENING = rf"{_QUOTE}?\]?\s{{0,2}}(?::=|=>|==?|:|\sis|\swas|\sto|\sof)?\s{{0,2}}\\?"

_NEW_CLAUSE = compiled(r"(?:and|but|on|until|for|before|since|then|from)\b")


def _is_clean(value: str) -> bool:
    return is_prose(value) or is_measure(value)


def _assigned_password(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept nearly everything after `password=` and `password:`, except words that talk about passwords."""
    end = trimmed(text, start, end)
    value = text[start:end]
    if len(value) < 3 or is_prose(value) or (is_measure(value) and (len(value) < 6 or value[0] in "/~.")):
        return
    if value.isalpha() and value.isupper() and len(value) > 3 and text[start - 1] == "=":
        return  # the name of the option's argument in a manual
    told = not text[:start].rstrip().endswith("=")
    if (
        told
        and value.isalpha()
        and value.islower()
        and text[end : end + 1] == " "
        and text[end + 1 : end + 2].islower()
        and _NEW_CLAUSE.match(text, end + 1) is None
    ):
        return  # the sentence continues, so this is not a value
    yield start, end


def _told_password(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept a random value, or the last word of the sentence."""
    end = trimmed(text, start, end)
    value = text[start:end]
    if len(value) < 4 or (_is_clean(value) and not (value.isdigit() and _ends_sentence(text, end))):
        return
    if has_random_look(value) or _is_passphrase(value) or (_ends_sentence(text, end) and "/" not in value):
        yield start, end


def _is_passphrase(value: str) -> bool:
    words = value.split("-")
    return len(words) >= 3 and all(len(word) >= 3 and word.isalpha() for word in words)


# BIP 39: at least twelve words of three to eight letters from a list that does not have these.
_WORDS_OF_SEED = 12
_NOT_OF_SEEDS = frozenset(["and", "are", "for", "had", "has", "its", "not", "our", "the", "was", "were", "with"])


def _phrase(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept four or more plain words, unless they talk about the passphrase; twelve are the words of a seed."""
    words = text[start:end].lower().replace("-", " ").split()
    seed = (
        len(words) >= _WORDS_OF_SEED and all(3 <= len(word) <= 8 for word in words) and _NOT_OF_SEEDS.isdisjoint(words)
    )
    if seed or (len(words) >= 4 and not is_sentence(text[start:end])):
        yield start, end


def _quoted(text: str, start: int, end: int) -> Iterator[Span]:
    value = text[start:end]
    if len(value) >= 3 and not _is_clean(value):
        yield start, end


def _ends_sentence(text: str, end: int) -> bool:
    rest = text[end : end + 3].lstrip(")]}\"'`")
    return not rest.strip() or rest[0] in ".,;!?\n" or rest[:2] in {" -", " (", " |"}


# The value can be on the next line, indented or quoted.
_STRONG = rf"{_QUOTE}?\]?\s{{0,2}}(?::=|=>|==?|:)[^\S\n]*(?:\n[\s>|]*)?"
_SOFT = r"(?:\s(?:(?:is|was|are|were|has been|now|being|currently|set|changed|from|reset|rotated|updated|back|still|just|it|used|to|as|became|becomes|reads|equals)\s){1,5}\s?:?\s?|\s(?:of|from|->|→)\s)"
_FOR_WHOM = r"(?:\s(?:for|of|on)\s(?:the\s)?[\w@.-]+(?:\s[\w@.-]+){0,2})?"
_SOFT_TAIL = r"(?:\s(?:for|of|on|in|to)\s(?:the\s)?[\w@.-]+(?:\s[\w@.-]+){0,3}?)?"


def _soft(words: str) -> str:
    return rf"(?i){words}[\s\S]*\s(?:is|was|are|were|been|now|being|currently|set|changed|from|reset|rotated|updated|back|still|just|it|used|to|as|became|becomes|reads|equals|of|->|→)\s"


def _opening(words: str) -> str:
    return rf"(?i){words}{_OPENING}{_QUOTE}"


RULES = (
    Rule(
        "PASSWORD",
        rf"(?i)(?:{_LOGIN_WORDS}{_FOR_WHOM}{_STRONG}|{_BARE_PASS})<?({_VALUE}{{3,}})",
        _SOURCE,
        rf"(?i){_LOGIN_WORDS}[\s\S]*[:=]|{_BARE_PASS}",
        0.9,
        _assigned_password,
        name="assigned",
    ),
    Rule(
        "PASSWORD",
        rf"(?i){_LOGIN_WORDS}{_OPENING}(?:\"([^\"\n<>]+?)\\?\"|'([^'\n<>]+)'|`([^`\n<>]+)`)",
        _SOURCE,
        _opening(_LOGIN_WORDS),
        0.92,
        _quoted,
        name="quoted",
    ),
    Rule(
        "PASSWORD",
        rf"(?i){_LOGIN_WORDS}{_SOFT_TAIL}{_SOFT}<?({_VALUE}{{4,}})",
        _SOURCE,
        _soft(_LOGIN_WORDS),
        0.85,
        _told_password,
        name="told",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)\b(?:pass[_ -]?(?:phrase|word)|(?:seed|recovery|mnemonic)[_ -]?(?:phrase|words)|mnemonic)(?:{_STRONG}|\s(?:is|was)\s)((?:[a-z]+[ -]){{1,24}}[a-z]+)",
        _SOURCE,
        r"(?i)phrase|pass[_ -]?word|mnemonic|recovery|seed",
        0.84,
        _phrase,
        name="phrase",
    ),
    Rule(
        "PASSWORD",
        rf"(?i){_LOGIN_WORDS}[^\n.;<>]{{0,30}}?\sfrom\s\S+\sto\s({_VALUE}{{4,}})",
        _SOURCE,
        rf"(?i){_LOGIN_WORDS}[^\n.;<>]*\sfrom\s",
        0.85,
        _told_password,
        name="changed-from-to",
    ),
    Rule(
        "PASSWORD",
        r"(?i)<(?:password|passwd|pwd|secret|token|apikey|api_key)>([^<>\s]{3,})</",
        "XML configuration files",
        r"(?i)<(?:password|passwd|pwd|secret|token|api_?key)>",
        0.9,
        name="xml",
    ),
)
