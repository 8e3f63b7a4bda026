"""The lists of names and words, and what they say about one word. README.md names the sources."""

from __future__ import annotations

import lzma
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from autopost.redaction.people.vocabulary import AMBIGUOUS, FUNCTION_WORDS, NEVER, PLACES, PRODUCTS

_FILE = Path(__file__).with_name("lists.txt.xz")

_STROKES = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ς": "σ"}
)

_ENDINGS = (
    ("ies", ("y",)), ("ied", ("y",)), ("s", ("",)), ("es", ("",)), ("ed", ("", "e")), ("ing", ("", "e")),
    ("ly", ("",)), ("er", ("", "e")), ("ers", ("", "e")), ("ness", ("",)), ("est", ("", "e")), ("able", ("", "e")),
    ("ation", ("e", "")), ("ment", ("",)),
)  # fmt: skip
_PREFIXES = ("re", "un", "non", "pre", "de", "sub", "auto", "over", "multi", "inter", "micro", "mis", "co", "out", "up")

# Parts of a hyphenated surname that are not words of their own: `Al-Rashid`.
_ARTICLES = frozenset(["", "al", "el", "ben", "bin", "abu", "ibn", "saint", "de"])

# Places that are given names more often.
_ALSO_GIVEN = frozenset(["sofia", "charlotte", "georgia", "victoria"])

_CAPITAL_ARTICLES = frozenset(["Al", "El", "Ben", "Bin", "Abu", "Ibn", "Ait", "Ould"])

_CASES = (
    "em",
    "iem",
    "owi",
    "a",
    "u",
    "y",
    "i",
    "e",
    "ie",
    "o",
    "ej",
    "у",
    "а",
    "ом",
    "ем",
    "е",
    "ой",
    "ей",
    "ы",
    "и",
    "ю",
    "я",
    "ю",
    "ім",
    "ові",
)


@dataclass(frozen=True, slots=True)
class Lists:
    """Given names, those of them that are also words, surnames, roots of English words, and words of other languages.

    `uncased_given`, `uncased_surnames`: names in scripts without capitals. `lower_given`: given names that can be
    names in lower case.
    """

    given: frozenset[str]
    ambiguous: frozenset[str]
    surnames: frozenset[str]
    roots: frozenset[str]
    abroad: frozenset[str]
    uncased_given: frozenset[str] = frozenset()
    uncased_surnames: frozenset[str] = frozenset()
    lower_given: frozenset[str] = frozenset()


@cache
def lists() -> Lists:
    """Return the lists; read once, in some 20 ms."""
    with lzma.open(_FILE, "rt", encoding="utf-8") as file:
        parts = [frozenset(part.split("\n")) for part in file.read().split("\n\n")]
    given, ambiguous, surnames, roots, abroad, uncased_given, uncased_surnames = parts
    unsure = AMBIGUOUS | PLACES | PRODUCTS
    sure, others = given - unsure - NEVER, (ambiguous | (given & unsure)) - NEVER
    foreign = others - (PLACES - _ALSO_GIVEN) - PRODUCTS - FUNCTION_WORDS - roots
    return Lists(sure, others, surnames - NEVER, roots, abroad, uncased_given, uncased_surnames, sure | foreign)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a capitalised word can be in a name.

    `given`: a given name and not a word; `maybe_given`: also a word, a place or a product. `surname`: a frequent one
    and not a word; `maybe_surname`: also a word. `unknown`: none of these, and no word that the lists know.
    """

    given: bool = False
    maybe_given: bool = False
    surname: bool = False
    maybe_surname: bool = False
    unknown: bool = False


@lru_cache(maxsize=4096)
def kind(word: str) -> Kind:
    """Return what a word can be. A hyphenated one is what all its parts can be."""
    if "-" in word:
        article, _, rest = word.partition("-")
        if article in _CAPITAL_ARTICLES and rest[:1].isupper() and "-" not in rest:
            return Kind(surname=True, maybe_surname=True)
        parts = [kind(part) for part in word.split("-") if part.lower() not in _ARTICLES]
        return Kind(
            given=bool(parts) and all(p.given or p.maybe_given for p in parts) and any(p.given for p in parts),
            maybe_given=all(p.given or p.maybe_given for p in parts),
            surname=any(p.surname for p in parts)
            and not any(kind(part) == Kind() and is_word(folded(part)) for part in word.split("-")),
            maybe_surname=all(p.surname or p.maybe_surname for p in parts),
            unknown=any(p.unknown or p.given or p.surname for p in parts)
            and all(p.unknown or p.maybe_given or p.maybe_surname for p in parts),
        )
    return _kind(word, folded(word))


def _kind(word: str, plain: str) -> Kind:
    known = lists()
    if plain in FUNCTION_WORDS or plain in NEVER:
        return Kind()
    unsure = plain in PRODUCTS or plain in PLACES
    is_word_ = word.isascii() and is_word(plain)  # an accent makes `Bašić` no English word
    given = plain in known.given or (not word.isascii() and _declined(plain, known.given))
    given = given or (
        not word.isascii() and plain in known.ambiguous and not is_word(plain)
    )  # `Bjørn` is not a word of another language
    surname = plain in known.surnames
    return Kind(
        given=given,
        maybe_given=given or plain in known.ambiguous,
        surname=surname and not is_word_ and not unsure,
        maybe_surname=surname and plain not in PRODUCTS,
        unknown=not (given or surname or is_word_ or unsure or plain in known.ambiguous or _is_abroad(plain)),
    )


# Endings of nouns, which begin with a capital in German and in titles.
_NOUNS = (
    "ung", "ungen", "heit", "keit", "keiten", "schaft", "schaften", "tion", "tionen", "tat", "itat", "ismus",
    "ment", "mento", "miento", "cion", "sion", "ciones", "cao", "coes", "zione", "zioni", "sione", "dad",
    "dade", "dades", "nosc", "stwo", "anie", "enie", "ovani", "heid", "ing", "ningen", "logie", "logia",
    "grafie", "schutz", "verkehr", "dienst", "stelle",
)  # fmt: skip


def _is_abroad(plain: str) -> bool:
    """Return whether this is a word of another language than English, as far as lists and endings tell."""
    return plain in lists().abroad or (len(plain) > 6 and plain.endswith(_NOUNS))


@lru_cache(maxsize=4096)
def is_word(plain: str) -> bool:
    """Return whether this is an English word or an inflected form of one; lower-case letters without accents."""
    roots = lists().roots
    if plain in roots:
        return True
    for ending, replacements in _ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= 3:
            stem = plain[: -len(ending)]
            if any(stem + replacement in roots for replacement in replacements):
                return True
            if len(stem) > 3 and stem[-1] == stem[-2] and stem[:-1] in roots:
                return True
    return any(plain.startswith(p) and len(plain) > len(p) + 3 and is_word(plain[len(p) :]) for p in _PREFIXES)


def folded(word: str) -> str:
    """Return a word in lower case, without apostrophes, accents and strokes."""
    lower = word.lower().replace("'", "")
    return lower if lower.isascii() else _without_accents(lower)


@lru_cache(maxsize=4096)
def _without_accents(lower: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))
    return bare.translate(_STROKES)


def _declined(plain: str, given: frozenset[str]) -> bool:
    """Return whether this is a Slavic given name in another case, such as `Ивану`."""
    for ending in _CASES:
        if plain.endswith(ending):
            stem = plain[: -len(ending)]
            if len(stem) >= 3 and any(stem + nominative in given for nominative in ("", "a", "а", "я", "и", "и\u0306")):
                return True
    return False
