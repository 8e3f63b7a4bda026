"""Seed phrases of wallets: twelve and more words of BIP 39 in a row, with or without a word that says so."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from autopost.redaction.rule import Rule, Span
from autopost.redaction.rules.labels import SEED_PHRASE
from autopost.redaction.rules.phrase_words import SMALL_ABROAD
from autopost.redaction.rules.shape import SMALL_WORDS, describes

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
        if last - first + 2 == _LEAST_WORDS and last + 1 < len(spans) and all(known[first : last + 1]):
            last += 1  # the twelfth is a word of its owner
            different += 1
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


# Words for a seed phrase, and how many words it has, in languages that the phrases of words do not know.
_CUES = (
    rf"(?:{SEED_PHRASE}|(?:\b(?:12|15|18|21|24|twelve|zwölf|douze|doce|dodici|doze|twaalf|dwanaście)|двенадцать)[ -](?:\pL+[ -])?(?:words?|palabras|mots|wörter|parole|palavras|woorden|ord|sanaa|słów|slov|слов\pL*|kelime\pL*|λέξεις|کلمه|كلمة|từ|kata)(?:[^\pL\pN]|$)|(?:12|15|18|21|24)\s?(?:個?の?単語|ワード|个单词|個單詞|개 단어|단어)"
    r"|(?:復元|回復)(?:フレーズ|ワード)|恢复短语|恢復短語|시드 ?구문|\b(?:fraza seed|seed|sid)[ -]?(?:fras|frase|fraza|fráze|lause|ifadesi)|\bfrase (?:semilla|seed|mnemotécnica)|palabras semilla|mots de récupération|wörter (?:der|zur) wallet|(?:wallet|ledger|trezor|metamask)\b[^.:\n]{0,30}(?:words|wörter|mots|palabras|parole|woorden|słowa|слова))"
)
_ANY_WORD = re.compile(r"[^\W\d_][\w\u0300-\u036f]+")
_BETWEEN = re.compile(r"[\s,;|/>、，・]{1,3}(?:[0-9]{1,2}[.):]?\s?)?|\.?\s?[0-9]{1,2}[.):]\s?")
_REACH_CHARACTERS, _MOST_BEFORE = 360, 40
_LONGEST = 12  # characters of a word
_LEAST_DIFFERENT = 10
_MOST_SMALL = 1  # function words, of which a sentence has more


def _row(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield twelve and more words of one script in a row, most of them different and hardly any a function word."""
    del start
    row: list[Span] = []
    for match in _ANY_WORD.finditer(text, end, end + _REACH_CHARACTERS):
        left, right = match.span()
        if row and _BETWEEN.fullmatch(text, row[-1][1], left) is None:
            if len(row) >= _LEAST_WORDS:
                break
            row = []
        if not row and left - end > _MOST_BEFORE:
            return
        if right - left > _LONGEST:
            break
        row.append((left, right))
    for part in _parts(text, row):
        over = len(part) % 3 if text[part[0][0] - 2 : part[0][0]].strip()[-1:] not in {":", "：", "="} else 0
        words = part[over:] if len(part) - over >= _LEAST_WORDS else part
        while len(words) >= _LEAST_WORDS and words[0][0] - end <= _MOST_BEFORE:
            if _is_row(text, words):
                yield _numbered(text, end, words[0][0]), words[-1][1]
                return
            words = words[1:]  # a word that leads to the phrase


def _parts(text: str, row: list[Span]) -> list[list[Span]]:
    """Return the row, or its parts between commas if few words have one; none of fewer than twelve words."""
    if len(row) < _LEAST_WORDS:
        return []
    commas = [place for place in range(1, len(row)) if "," in text[row[place - 1][1] : row[place][0]]]
    if len(commas) * 3 >= len(row):
        return [row]
    places = [0, *commas, len(row)]
    return [row[left:right] for left, right in pairwise(places) if right - left >= _LEAST_WORDS]


def _is_row(text: str, row: list[Span]) -> bool:
    words = [text[left:right].lower() for left, right in row]
    small = sum(word in SMALL_WORDS or word in SMALL_ABROAD for word in words)
    said = sum(describes(word) for word in words)
    scripts = {unicodedata.name(word[0], "?").split()[0] for word in words}
    first = words[0] not in SMALL_WORDS and words[0] not in SMALL_ABROAD
    return first and len(set(words)) >= _LEAST_DIFFERENT and small <= _MOST_SMALL and said <= 2 and len(scripts) == 1


RULES = (
    Rule(
        "PASSWORD",
        r"(?i)\b(?:[a-z]{3,8}(?:[ ,;|/>\n\t]|\.?\s?[0-9]{1,2}(?:[.):]\s?|\s)){1,4}){10,}[a-z]{3,8}\b",
        "BIP 39: twelve words and more of its English list",
        anchor=r"(?i)(?:[a-z]{3,8}(?:[ ,;|/>\n\t]|\.?\s?[0-9]{1,2}(?:[.):]\s?|\s)){1,4}){10}",
        score=0.85,
        refine=_seed,
        name="bip-39",
    ),
    Rule(
        "PASSWORD",
        rf"(?i){_CUES}",
        "twelve words in a row after a word for a seed phrase, of any list and language",
        score=0.8,
        refine=_row,
        name="any-words",
    ),
)
