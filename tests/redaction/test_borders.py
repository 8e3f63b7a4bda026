"""Words in patterns of RE2, whose word boundaries and word characters are those of ASCII alone."""

from __future__ import annotations

import importlib
import pkgutil
import re
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

import autopost.redaction
from autopost.redaction.rules import IDS

parser: Any = importlib.import_module("re._parser")  # what `re` compiles from; it has no public name
constants: Any = importlib.import_module("re._constants")

_PROPERTY = re.compile(r"\\p\{?\^?\w+\}?|\\P\{?\w+\}?")
_FLAGS = re.compile(r"\(\?-?[is]+(?=:)")

# English words of addresses before any capital, and a gap of any characters after a boundary.
KNOWN = re.compile(r"address\.|european-address\.street-address-(?:7|8|11)$|seeds\.any-words$")


def _parsed(pattern: str) -> Sequence[Any]:
    """Parse a pattern of RE2 as one of Python; a class of letters becomes a letter."""
    plain = _FLAGS.sub("(?", _PROPERTY.sub("x", pattern)).replace("(?i)", "").replace("(?s)", "").replace(r"\z", "$")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(parser.parse(plain))


def _edge(item: tuple[Any, Any], *, last: bool) -> tuple[set[str], bool]:
    """Return the letters at the edge of a part of a pattern, and whether it can be empty."""
    kind, given = item
    if kind is constants.LITERAL:
        return {chr(given)}, False
    if kind is constants.IN:
        if given[0][0] is constants.NEGATE:
            return set(), False
        ends = [chr(end) for what, it in given if what is constants.RANGE for end in it]
        return {*ends, *(chr(it) for what, it in given if what is constants.LITERAL)}, False
    if kind is constants.BRANCH:
        parts = [_edges(branch, last=last) for branch in given[1]]
        return set().union(*(letters for letters, _ in parts)), any(empty for _, empty in parts)
    if kind is constants.SUBPATTERN:
        return _edges(given[3], last=last)
    if kind in (constants.MAX_REPEAT, constants.MIN_REPEAT):
        letters, empty = _edges(given[2], last=last)
        return letters, empty or given[0] == 0
    return set(), kind is constants.AT


def _edges(items: Any, *, last: bool) -> tuple[set[str], bool]:
    found: set[str] = set()
    for item in reversed(list(items)) if last else items:
        letters, empty = _edge(item, last=last)
        found |= letters
        if not empty:
            return found, False
    return found, True


def _foreign(letters: set[str]) -> str:
    return "".join(
        sorted(letter for letter in letters if not letter.isascii() and letter.isalpha() and letter not in "ªº")
    )


def _is_border(branch: Any) -> bool:
    return all(kind is constants.AT or (kind is constants.LITERAL and given == ord("_")) for kind, given in branch)


def dead_borders(items: Any, after: Sequence[Any] = ()) -> Iterator[str]:
    r"""Yield the letters beside which `\b`, or before which `\w` alone, can never match in RE2."""
    items = list(items)
    for place, (kind, given) in enumerate(items):
        rest = [*items[place + 1 :], *after]
        before = _foreign(_edges(items[:place], last=True)[0])
        if kind is constants.AT and given is constants.AT_BOUNDARY:
            if beside := before + _foreign(_edges(rest, last=False)[0]):
                yield beside
        elif kind is constants.BRANCH:
            borders = all(map(_is_border, given[1]))
            for branch in given[1]:
                yield from dead_borders(branch, rest if borders or not _is_border(branch) else ())
        elif kind is constants.SUBPATTERN:
            yield from dead_borders(given[3], rest)
        elif kind in (constants.MAX_REPEAT, constants.MIN_REPEAT):
            if before and list(given[2]) == [(constants.IN, [(constants.CATEGORY, constants.CATEGORY_WORD)])]:
                yield before
            yield from dead_borders(given[2], rest if given[1] == 1 else ())


def _patterns() -> Iterator[tuple[str, str]]:
    for rule, name in IDS.items():
        yield name, rule.pattern
        if rule.anchor is not None:
            yield f"{name}, anchor", rule.anchor
    for module in pkgutil.walk_packages(autopost.redaction.__path__, "autopost.redaction."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if type(value).__module__.startswith("re2") or type(value).__name__ == "_Regexp":
                yield f"{module.name}.{name}", value.pattern


def test_no_word_boundary_is_beside_a_letter_that_is_not_of_ascii() -> None:
    r"""`\bключ` and `mdp oublié\b` match nothing before or after a space: RE2 has no boundary there."""
    dead = {name: sorted(set(dead_borders(_parsed(pattern)))) for name, pattern in _patterns()}
    assert {name: letters for name, letters in dead.items() if letters and not KNOWN.match(name)} == {}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (r"(?i)\bключ", ["к"]),
        (r"\b(?:clé|key)\b", ["é"]),
        (r"(?:\b|_)(?:sesja|сессия)", ["с"]),
        (r"двер\w+", ["р"]),
        (r"(?:\b|[^\pL])(?:ключ)", []),
        (r"\bkey(?:é|e)s\b", []),
    ],
)
def test_a_dead_border_is_seen(pattern: str, found: list[str]) -> None:
    """The test above can fail, and accepts what has another way to match."""
    assert list(dead_borders(_parsed(pattern))) == found
