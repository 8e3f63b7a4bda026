"""Passwords beside an e-mail address, as in lists of accounts."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, Span
from autopost.redaction.rules.labels import PASSWORD
from autopost.redaction.rules.shape import describes, is_uuid, trimmed
from autopost.redaction.rules.strength import MIXED, NUMBERED, is_hex_key, is_machine, strength
from autopost.redaction.rules.talk import SECOND_HALVES

_BETWEEN = r"[\"'`>)]?(?:\s(?:(?:works?|opens?|logs? in|signs? in|goes|is used)\s)?(?:with|using|via|con|mit|avec)\s|\s?[:;|/,]\s?|\s\(|[\t ]{1,3}|\s(?:->|→|=>|--?|[–—])\s|\s(?:with|using|used|uses|and|mit|avec|con|und|et|y)\s(?:the\s)?)[\"'`(]?"
_VALUE = r"([^\s\"'`<>|]{5,})"
_ADDRESS = r"[A-Za-z0-9_.+%-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}"
_OTHER_ADDRESS = compiled(r"@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2}")
_SIGNED_IN = compiled(
    r"(?i)\b(?:log(?:ged|ging)?|sign(?:ed|ing)?)[ -]?(?:in|on)\b[^.\n]*$|\b(?:imap|smtp|pop3|login|connecté|angemeldet|eingeloggt|zugang|acceso|accesso|acesso|zalogowan|ingelogd|inloggad)\pL*[^.\n]*$|(?:вош[её]л|вход)\pL*[^.\n]*$"
)
_OF_PASSWORDS = compiled(
    rf"(?i){PASSWORD}|\b(?:leaked|breach|pairs?|combo|dump|accounts?|creds?|credentials?|logins?)\b"
)
_LABELLED = compiled(
    rf"(?i)(?:\s?(?:and|with|und|et|y|e)\s)?[\"'`(]?(?:the\s)?(?:{PASSWORD}|\bpass\b)[\"'`]?(?:\s?[:=]\s?|\s(?:is|was|ist|est|es|è|é)\s|\s)[\"'`]?([^\s\"'`<>|]{{4,}})"
)
# `Fjord_2290`, after a sign or `with`, and not in a sentence about a message.
_WORD_AND_NUMBER = re.compile(
    r"(?![A-Z-]+\d)[^\W\d_]{4,}(?:(?:[-_.][^\W\d_]{3,}){0,2}[-_.](?!(?:19|20)\d\d)\d{1,4}[!?#$%*]*|\d{1,4}[!?#$%*]+)"
)
_WORD_AND_YEAR = re.compile(
    r"[^\W\d_]{4,}[-_.](?:19|20)\d\d[!?#$%*]*"
)  # `signed in as a@b.example with Affidavit-2026`
_WITH = re.compile(r"(?i)\s(?:with|using|mit|avec|con|com|met|med)\s[\"'`(]?$")
_SEPARATED = re.compile(r"(?i)(?:[:;|/]|->|→|=>|\s(?:with|using|mit|avec|con|com|met|med))\s?[\"'`(]?$")
_SENT = re.compile(
    r"(?i)\b(?:sent|mailed|e-?mailed|wrote|forwarded|replied|cc|to|an|à|gesendet|geschickt|envoyé|enviado|inviat[oa])\s[\"'`]?(?:\S+@\S+|<EMAIL_ADDRESS>)\s\w+\s$"
)
_REACH_CHARACTERS = 280
_SIGNS = frozenset(":|;")
_ARROWS = ("->", "→", "=>", "-", "–", "—")


def _of_address(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept what looks like a password; behind a sign any word with a digit, behind a colon any word that says nothing."""
    end = trimmed(text, start, end)
    value, before = text[start:end], text[:start].rstrip(" \t\"'`(")
    if _OTHER_ADDRESS.search(value) or is_uuid(value) or is_hex_key(value):
        return
    grade = strength(value)
    if grade >= MIXED or (grade == NUMBERED and re.search(r"[A-Za-z][!$%^&*][A-Za-z]", value)):
        yield start, end
    elif _WORD_AND_NUMBER.fullmatch(value) and not is_machine(value):
        signed = value[-1] in "!?#$%*" and before[-1:] == ","
        if (
            _SEPARATED.search(text[:start][-8:]) or signed or _is_line(text, start, end) or _is_signed_in(text, start)
        ) and not _SENT.search(text[max(0, start - 120) : start]):
            yield start, end
    elif _WORD_AND_YEAR.fullmatch(value) and (
        (_is_signed_in(text, start) and _WITH.search(text[:start][-8:]))
        or (_is_leaked(text, start) and _ends(text, end))
    ):
        yield start, end
    elif grade == NUMBERED and not is_machine(value):
        told = (
            before[-1:] in _SIGNS
            or (before[-1:] == "," and _is_line(text, start, end))
            or before.endswith(_ARROWS)
            or _is_signed_in(text, start)
        )
        if told or _OF_PASSWORDS.search(text[max(0, start - 120) : start]):
            yield start, end
    elif value.isalpha() and value.islower() and _ends(text, end) and not _says(value):
        tight = text[start - 1] in {":", "|"} and not text[start - 2].isspace()
        of_access = _is_signed_in(text, start) or _is_leaked(text, start) or _is_line(text, start, end)
        if tight or (before[-1:] in {"/", ":", "|"} and of_access):
            yield start, end


def _is_line(text: str, start: int, end: int) -> bool:
    """Return whether an address and this value are all of their line."""
    line = text[text.rfind("\n", 0, start) + 1 : start].split()
    return (len(line) == 1 or (len(line) == 2 and line[1] in {"|", "/", ":", "-"})) and text[end : end + 1] in {
        "",
        "\n",
    }


def _is_leaked(text: str, start: int) -> bool:
    return _OF_PASSWORDS.search(text[max(0, start - 120) : start]) is not None


def _is_signed_in(text: str, start: int) -> bool:
    return _SIGNED_IN.search(text[max(0, start - 90) : start]) is not None


def _labelled(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept nearly any word after an address and a word for a password, at the end of its clause."""
    match = _LABELLED.match(text[end : end + _REACH_CHARACTERS])
    if match is None:
        return
    start, end = end + match.start(1), trimmed(text, end + match.start(1), end + match.end(1))
    value = text[start:end]
    if strength(value) >= NUMBERED or (_ends(text, end) and not _says(value.strip("\"'`.,;").lower())):
        yield start, end


def _ends(text: str, end: int) -> bool:
    return (
        re.match(
            r"[\"'`)]?\s?(?:$|[.,;\n)]|(?:and|on|in|at|from|appeared|was|works|worked|still)\b)", text[end : end + 12]
        )
        is not None
    )


def _says(value: str) -> bool:
    return describes(value) or value in SECOND_HALVES or not value.isascii()


RULES = (
    Rule(
        "CREDENTIALS",
        rf"{_ADDRESS}{_BETWEEN}{_VALUE}",
        source="lists of addresses with their passwords",
        anchor=r"@[^\s@]+\.[A-Za-z]{2,}[\"'`>)]?[\s:;|/,]",
        score=0.8,
        refine=_of_address,
        name="address-and-password",
    ),
    Rule(
        "CREDENTIALS",
        rf"<EMAIL_ADDRESS>{_BETWEEN}{_VALUE}",
        source="the same, when the address is replaced",
        anchor=r"<EMAIL_ADDRESS>",
        score=0.8,
        refine=_of_address,
        name="address-replaced-and-password",
    ),
    Rule(
        "CREDENTIALS",
        rf"(?:{_ADDRESS}|<EMAIL_ADDRESS>)[\"'`>)]?[,;/ ]{{1,3}}",
        source="an address, a word for a password, and the password",
        anchor=r"@[^\s@]+\.[A-Za-z]{2,}[\"'`>)]?[,;/ ]|<EMAIL_ADDRESS>",
        score=0.75,
        refine=_labelled,
        name="address-and-labelled-password",
    ),
)
