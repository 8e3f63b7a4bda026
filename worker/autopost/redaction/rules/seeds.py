"""Seed phrases of wallets: twelve and more words of BIP 39 in a row, with or without a word that says so."""

# a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from autopost.redaction.rule import Rule, Span

# BIP 39, english.txt, as in the package `mnemonic` 0.21: MIT, copyright 2013-2016 Pavol Rusnak. Permission is granted,
# free of charge, to deal in it without restriction, provided that the copyright notice and this permission notice are
# included. It is provided "as is", without warranty of any kind.
_FILE = Path(__file__).with_name("seed_words.txt")

_LEAST_WORDS, _MOST_WORDS = 12, 48  # two seeds of 24 in a row
# People mistype words and make them up, so one in twelve may be missing from the list.
_WORDS_FOR_ONE_UNKNOWN = 12
_NUMBER = re.compile(r"(?<![0-9])[0-9]{1,2}[.):]?\s?$")
_WORD = re.compile(r"[A-Za-z]{3,8}")


@cache
def _words() -> frozenset[str]:
    return frozenset(_FILE.read_text("ascii").split())


def _seed(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the longest parts of a row of short words, most of them different, of which nearly all are in the list."""
    spans = [match.span() for match in _WORD.finditer(text, start, end)]
    known = [text[left:right].lower() in _words() for left, right in spans]
    first = 0
    while first < len(spans):
        last = _reach(known, first)
        different = len({text[left:right].lower() for left, right in spans[first : last + 1]})
        if last - first + 1 >= _LEAST_WORDS and different * 3 >= (last - first + 1) * 2:
            yield _numbered(text, start, spans[first][0]), spans[last][1]
            first = last
        first += 1


def _numbered(text: str, start: int, first: int) -> int:
    """Return the start of the number before the first word of a numbered list."""
    number = _NUMBER.search(text[max(start - 4, 0) : first])
    return first - len(number.group()) if number else first


def _reach(known: list[bool], first: int) -> int:
    """Return the last word of the list of the part that begins at `first`, or the place before it."""
    last = first - 1
    unknown = 0
    for place in range(first, min(len(known), first + _MOST_WORDS)):
        unknown += not known[place]
        if unknown > 1 + (place - first) // _WORDS_FOR_ONE_UNKNOWN or not known[first]:
            break
        if known[place]:
            last = place
    return last


RULES = (
    Rule(
        "PASSWORD",
        r"(?i)\b(?:[a-z]{3,8}(?:[ ,;|/>\n\t]|\.?\s?[0-9]{1,2}[.):]\s?){1,4}){11,}[a-z]{3,8}\b",
        "BIP 39: twelve words and more of its English list",
        anchor=r"(?i)(?:[a-z]{3,8}(?:[ ,;|/>\n\t]|\.?\s?[0-9]{1,2}[.):]\s?){1,4}){11}",
        score=0.85,
        refine=_seed,
        name="bip-39",
    ),
)
