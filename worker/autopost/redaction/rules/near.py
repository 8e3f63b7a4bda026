"""Passwords, tokens and keys near a word for them, on either side, in the same sentence.

The word decides how random a value must be, and so does what is between the two: nothing but a sign, a form of `to be`, or
any words. No list of ways to say it is needed for values that look random.
"""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from autopost.redaction.rule import Refine, Rule, Span
from autopost.redaction.rules.labels import OTHER_KEYS, OTHER_NAMES, PASSWORD, SECRET
from autopost.redaction.rules.plain_words import announced
from autopost.redaction.rules.saying import is_linked, is_told
from autopost.redaction.rules.shape import describes, in_placeholder, is_uuid, trimmed
from autopost.redaction.rules.strength import (
    MIXED,
    NUMBERED,
    RANDOM,
    SIGN_OF_STRENGTH,
    is_hex_key,
    is_machine,
    strength,
)
from autopost.redaction.rules.talk import SECOND_HALVES

MOST_CHARACTERS = 90
_MOST_WORDS = 9
_FIRST_UNSPACED = "\u0590"  # Latin, Greek and Cyrillic letters are before, and continue a word
_NEVER = RANDOM + 1
_MOST_LINKED_WORDS = 13
_HEX_REACH_CHARACTERS = 40
_ABROAD_CHARACTERS = 24

# Letters of scripts without spaces end a value, too.
_APART = r"\s\"'`<>|{}\\\u2e80-\uffef"
_LEAST_CHARACTERS = 4
# What can be a value, of the words between these: with a digit, a sign, a hyphen or a capital after a small letter, and
# not of digits and the signs of numbers alone.
_VALUE = re.compile(
    rf"(?<![^{_APART}])(?=[^{_APART}]*?(?:[0-9!@#$%^&*~+-]|[a-z][A-Z]|[A-Z]{{2}}[a-z]))(?=[^{_APART}]*?[^0-9.,:/%()+-])[^{_APART}]{{{_LEAST_CHARACTERS},}}"
)
SENTENCE_END = re.compile(r"[.!?][\"')\]]?\s+(?=[^\sa-z0-9])|[。！？]|\n\s*\n")
_TAIL = re.compile(
    r"(?:e?s\b)?(?:[_-][A-Za-z0-9]+|[A-Z][a-z0-9]+|[0-9]{1,2}){0,4}(?![A-Za-z0-9])(?:\s?#?[0-9]{1,2}\b)?"
)
_SEPARATORS = re.compile(r"(?:[\s:=>|\\\"'`,;.?!…*_~()\[\]{}→–はがを是为為는은이가-]|</?[a-z][^<>]{0,40}>)*")
_ASSIGNED = re.compile(r"(?:[:=]|\s(?:--?|[—–])\s)[\s\"'`(\[{\\|>]*$")
_AS = re.compile(
    r"(?i)^\W{0,3}\s(?:(?:worked|works|did|funktionierte?|ging|a marché|marche|funcionó|ha funzionato|działa) )?(?:when .* for|as|comme|como|come|als|som|jako|ca|olarak|как|як|като|kao|kot|ως|sebagai)\s(?:[^\W\d_]+\s){0,3}$"
)
_USED_AS = re.compile(
    r"(?i)^\W{0,3}\s?(?:(?:<--?|←|\() ?(?:that|this|that's|which) ?(?:is)?|is|was|as|comme|como|come|als|som|jako|ca|olarak|как|як|като|kao|kot|ως|sebagai|for|be|are|will be|into|in|to|was the|works as|(?:when|if|once|wherever) (?:it|he|she|they|\w+) (?:asks?|asked|prompts?|prompted|wants?) (?:you |me |us )?for|=|=>|->|→|-|–|\()?\s?(?:the|a|an|my|his|her|our|your|their|new|current|old|right|correct|wrong|second|admin|root|user|login|test|temporary|temp|\s)*[_#.\w-]{0,12}\W{0,3}$"
)
# Nouns whose number or name follows them.
NAMED = re.compile(
    r"(?i)\b(?:commits?|sha|rev(?:ision)?|builds?|images?|versions?|releases?|tags?|branch(?:es)?|tickets?|issues?|jobs?|runs?|orders?|ids?|uuid|guid|models?|nodes?|hosts?|pods?|servers?|tables?"
    r"|columns?|files?|ports?|lines?|regions?|zones?|clusters?|buckets?|pr|digest|checksum|hash|trace|span|request|account|customer|user|tenant|project|org|service|container|instance|device|"
    r"document|page|session|thread|conversation|agent|row|record|sku|serial|part|package|module|function|class|method|test|step|stage|task|queue|topic|channel|queue|repo|repository)(?:\s(?:is|was|id|no\.?))?[\s:#=\"'`(]{1,3}$"
)
_WORD_BEFORE = re.compile(r"([A-Za-z0-9]{1,20})[_ -]?$")
_WORD_AFTER = re.compile(r"[_ -]?([A-Za-z]{1,16})(?![A-Za-z0-9])")
_KEY_WORD = re.compile(r"(?i)keys?|.?key|seed|salt|cookies?|auth|dsn|jwt|tokens?$")


@dataclass(frozen=True, slots=True)
class Needs:
    """How random a value must be: beside its word, after a form of `to be`, anywhere else in the sentence."""

    beside: int
    linked: int
    anywhere: int
    characters: int


_OF_PASSWORD = Needs(NUMBERED, NUMBERED, MIXED, 4)
_OF_SECRET = Needs(NUMBERED, MIXED, MIXED, 6)
_OF_KEY = Needs(MIXED, MIXED, RANDOM, 8)
_OF_PASS = Needs(MIXED, MIXED, _NEVER, 6)
_OF_NETWORK = Needs(MIXED, NUMBERED, MIXED, 8)


# Words for a user and a password together, and what stands between the two.
_OF_PAIRS = re.compile(
    r"(?i)cred(?:ential|encia|enziali)|\bcreds?\b|zugangs|identifiants|inlog|logowania|přihlašovac|учётные|учетные|账号"
)
_PAIRED = re.compile(r"(?i)[\w.@-]+[\"'`]?\s?(?:/|\||:|,|&|and|und|et|y|e|och|og|i|и)\s?[\"'`]?$")


@lru_cache(maxsize=8)
def _values(text: str) -> tuple[Span, ...]:
    """Return the words that can be values; the same for all labels of a text."""
    return tuple(match.span() for match in _VALUE.finditer(text))


def values_between(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the words that can be values, or what lies of them between these places."""
    values = _values(text)
    for place in range(bisect_right(values, start, key=itemgetter(1)), len(values)):
        left, right = max(values[place][0], start), min(values[place][1], end)
        if left >= end:
            return
        if right - left >= _LEAST_CHARACTERS:
            yield left, right


# `hasło przewodnie` is a slogan, and `la clave del éxito` says what matters.
_SLOGAN = re.compile(
    r"(?i)\s(?:przewodnie|reklamowe|wyborcze|kampanii|miesiąca|dnia|roku|kluczowe|encyklopedyczne)\b|\s(?:del éxito|del problema|do sucesso)\b"
)


def _near(needs: Needs) -> Refine:
    def refine(text: str, start: int, end: int) -> Iterator[Span]:
        of = needs
        if in_placeholder(text, start) or _SLOGAN.match(text, end):
            return
        if _OF_PAIRS.search(text[start:end]):
            of = _OF_PASSWORD
        elif needs is not _OF_PASSWORD and _KEY_WORD.fullmatch(text[start:end].strip("_ -")):
            of = _OF_KEY
            word = _WORD_BEFORE.search(text[max(0, start - 22) : start])
            if word is not None and word.group(1).lower() in OTHER_KEYS and "k" in text[start:end].lower():
                return
        tail = text[end : end + 40]
        joined = _TAIL.match(tail)
        if joined is None or ("" < tail[:1] < _FIRST_UNSPACED and tail[0].isalpha() and joined.end() == 0):
            return  # the word goes on
        other = _WORD_AFTER.match(tail)
        if (
            other is not None
            and other.group(1).lower() in OTHER_NAMES
            and (needs not in (_OF_PASSWORD, _OF_NETWORK) or not tail[:1].isspace())
        ):
            of = Needs(RANDOM, RANDOM, _NEVER, 12)
        # The letters after a word of a script without spaces are another word.
        tail_characters = joined.end() if text[start] < _FIRST_UNSPACED or tail[:1].isspace() else 0
        yield from after(text, start, end, tail_characters, of)
        yield from _before(text, start, of)
        if of is _OF_PASSWORD:
            yield from announced(text, start, end)

    return refine


# What stands between the word and the value in languages in which adjectives come last: `la password provvisoria Ulivo_44`.
_TEMPORARY = re.compile(
    r"(?i)(?:provvisori[ao]|temporane[ao]|attuale|nuov[ao]|iniziale|provisoire|temporaire|actuelle?|initiale?|nouve(?:au|lle)|provisional|temporal|actual|inicial|nuev[ao]|provisóri[ao]|temporári[ao]|atual|nov[ao]|tymczasowe|nowe|временный|новый|старый)\s[\"'`«„“]?\s?"
)


def after(text: str, start: int, end: int, tail: int, needs: Needs) -> Iterator[Span]:
    """Yield the values after a word at `start` to `end`, of which `tail` characters more belong to it, that are random enough."""
    window = text[end : end + MOST_CHARACTERS + 60]
    possible = list(values_between(text, end + tail, end + len(window)))
    if not possible or possible[0][0] - end > MOST_CHARACTERS:
        return
    begin = tail + len(_SEPARATORS.match(window, tail).group())  # type: ignore[union-attr]
    if (adjective := _TEMPORARY.match(window, begin)) is not None:
        begin = adjective.end()
    stop = SENTENCE_END.search(window, begin)
    if stop is not None and window[stop.start()] == "?" and needs is _OF_PASSWORD:  # `The password? Quartz_19.`
        stop = SENTENCE_END.search(window, stop.end())
    found = False
    paired = _OF_PAIRS.search(text[start:end]) is not None
    # Among letters of a script without capitals, or without spaces, a word with digits stands out.
    abroad = needs.linked if text[start] >= _FIRST_UNSPACED and needs is _OF_PASSWORD else needs.anywhere
    last = end + (stop.start() + 1 if stop else len(window))
    for place, behind in possible:
        left = place - end
        if left > MOST_CHARACTERS or place >= last:
            return
        behind = min(behind, last)
        left += _lead(text[place:behind])
        right = trimmed(text, end + left, behind)
        if right < behind and behind - end == len(window):
            right = _whole(text, right)
        value = text[end + left : right]
        if not _can_be_secret(value, needs):
            continue
        gap = window[tail:left]
        linked = (
            is_linked(text[start:end], gap, text[right : right + 24], text[max(0, start - 40) : start])
            or (gap.endswith(", ") and text[right : right + 1] == ",")
            or (paired and _PAIRED.search(gap) is not None)
            or (gap.endswith("? ") and _ends(text, right))
        )
        if "? " in gap and not (gap.endswith("? ") and _ends(text, right)):
            return
        if len(gap.split()) > (_MOST_LINKED_WORDS if linked else _MOST_WORDS) or (
            "\n" in gap and left != begin and not found
        ):
            return
        if left <= begin or _ASSIGNED.search(gap):
            needed = needs.beside
        elif linked or found:
            needed = needs.linked
        elif needs is _OF_PASSWORD and is_told(text, end + left, right):
            needed = NUMBERED
        else:
            needed = abroad if left - tail <= _ABROAD_CHARACTERS else needs.anywhere
        if needed == RANDOM and needs is _OF_KEY and left - tail <= _HEX_REACH_CHARACTERS and is_hex_key(value):
            needed = MIXED
        if (
            _is_secret(value, needed, needs)
            or (needs is _OF_PASSWORD and needed <= needs.linked and _is_numbered_phrase(value))
            or (needs is _OF_PASSWORD and left <= begin and _is_joined_names(value) and _ends(text, end + right))
        ) and not (needed >= MIXED and left > begin and NAMED.search(gap)):
            found = True
            yield end + left, _whole(text, right) if right - end == len(window) else right


def _lead(value: str) -> int:
    """Return the number of characters before the value proper: brackets, and a name with its sign."""
    name = re.match(r"[(\[*_=:;,]*(?:[A-Za-z_]{1,20}[=:](?=[^\s=/]{6}))?", value)
    return name.end() if name else 0


def _whole(text: str, end: int) -> int:
    """Return the end of the value of which `end` may be inside."""
    rest = re.compile(r"[A-Za-z0-9+/=_.~-]*").match(text, end)
    return trimmed(text, end, rest.end()) if rest else end


def _before(text: str, start: int, needs: Needs) -> Iterator[Span]:
    offset = max(0, start - MOST_CHARACTERS)
    possible = list(values_between(text, offset, start))
    if not possible:
        return
    window = text[offset:start]
    ends = [match.end() for match in SENTENCE_END.finditer(window)]
    for place, behind in possible:
        if (ends and place - offset < ends[-1]) or (place == offset and offset and not text[offset - 1].isspace()):
            continue
        value = text[place:behind]
        if SIGN_OF_STRENGTH.search(value) is None:
            continue
        left = place - offset + _lead(value)
        right = trimmed(window, left, behind - offset)
        gap = window[right:]
        if len(gap.split()) > _MOST_WORDS or "\n" in gap:
            continue
        needed = needs.linked if _USED_AS.match(gap) else needs.anywhere
        value = window[left:right]
        if needs is _OF_PASSWORD and is_told(text, offset + left, offset + right):
            needed = NUMBERED
        elif (
            needed == needs.linked and needs.linked == NUMBERED and not (_is_used(window, left, gap) or _AS.match(gap))
        ):
            needed = MIXED
        if _is_secret(value, needed, needs) and not NAMED.search(window[:left]):
            yield offset + left, offset + right


_USING = re.compile(
    r"(?i)\b(?:use[ds]?|using|set|enter(?:ed|ing)?|typ(?:ed?|ing)|try|tried|chose|pick(?:ed)?|took|with|fill(?:ed)?|put|past(?:ed?|ing)|input|gave|got|accepted|rejected)\s[\"'`(]?$"
)


def _is_used(window: str, left: int, gap: str) -> bool:
    """Return whether words say that a value is the password, and not that something of this name has one."""
    return (
        _USING.search(window[:left]) is not None
        or re.match(r"(?i)\W?\s(?:is|was|as)\s(?:the|my|our|his|her|your)\s", gap) is not None
    )


_THREE_WORDS = re.compile(
    r"[A-ZÀ-Ž]?[a-zà-ž]{3,}(?:-[A-ZÀ-Ž]?[a-zà-ž]{4,}){2}|[A-ZÀ-Ž]?[a-zà-ž]{4,}(?:_[A-ZÀ-Ž]?[a-zà-ž]{1,}){1,}_[a-zà-ž]{4,}"
)


def _is_numbered_phrase(value: str) -> bool:
    """Return whether this is `correct-horse-7` or `correct-horse-battery-staple`."""
    if re.fullmatch(r"(?:[A-Za-z]{3,}[-._]){2,}(?:[0-9]{1,4}|(?:[A-Za-z]{3,}-)+[A-Za-z]{3,})", value) is not None:
        return True
    return _THREE_WORDS.fullmatch(value) is not None and not any(map(describes, re.split("[-_]", value.lower())))


_JOINED_NAMES = re.compile(r"[A-Z][a-z]{2,}[-._](?:[A-Za-z][-._])?[A-Z][a-z]{2,}")


def _is_joined_names(value: str) -> bool:
    """Return whether this is `Bramley-v-Crane`, and not `Reset-Link`."""
    parts = [part for part in re.split("[-._]", value.lower()) if len(part) > 1]
    return (
        _JOINED_NAMES.fullmatch(value) is not None
        and not any(map(describes, parts))
        and SECOND_HALVES.isdisjoint(parts)
    )


def _ends(text: str, end: int) -> bool:
    return re.match(r"[\"'`)]?\s?(?:[.,;!?)]|$)", text[end : end + 4]) is not None


# As generators of passwords that people can remember make them: `Turnip-Falcon-3081`.
_NAMES_AND_NUMBER = re.compile(r"(?:[A-Z][a-z]{2,}[-_.]){2,4}[0-9]{2,5}[!#$%&*?]?")


_WORD_AND_NUMBER = re.compile(
    r"(?:(?:[A-ZÀ-ÞĀ-Ž][a-zß-ÿā-ž]{2,}){1,3}[-_.]){1,3}(?:[A-Z][-_.])?[0-9]{1,4}[!#$%&*?]*|[a-z]{4,}[-_.][0-9]{1,4}[!#$%&*?]*|[A-Z][a-z]{2,}[+*&!][A-Z][a-z]{2,}|[A-Za-z]{3,}(?:[-_.][A-Za-z]{3,})*[0-9]{2,4}[!#$%&*?]+"
)


_SHORT = re.compile(r"(?=[^0-9]*[0-9])(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9]{3,5}[!@#$%&*]")


_MANAGERS = frozenset({"1Password", "1password", "1Passwords"})  # where secrets are kept


def _can_be_secret(value: str, needs: Needs) -> bool:
    """Return whether a value is random enough in any place; what follows takes more time."""
    if strength(value) >= NUMBERED:
        return True
    forms = (_WORD_AND_NUMBER, _SHORT, _NAMES_AND_NUMBER, _JOINED_NAMES)
    return needs.characters <= 6 and (any(f.fullmatch(value) for f in forms) or _is_numbered_phrase(value))


def _is_secret(value: str, needed: int, needs: Needs) -> bool:
    if (
        value in _MANAGERS
        or len(value) < needs.characters
        or (needed == MIXED and needs.characters > 4 and len(value) < 8)
    ):
        return False
    grade = MIXED if needs.characters <= 6 and _NAMES_AND_NUMBER.fullmatch(value) else strength(value)
    if grade < NUMBERED and needs is _OF_PASSWORD and (_WORD_AND_NUMBER.fullmatch(value) or _SHORT.fullmatch(value)):
        grade = NUMBERED
    if grade < needed or (grade == NUMBERED and is_machine(value)):
        return False
    if is_uuid(value) or is_hex_key(value):
        return (needed < RANDOM and needs is not _OF_PASSWORD) or needed == NUMBERED
    return True


RULES = (
    Rule(
        "PASSWORD",
        rf"(?i){PASSWORD}",
        "a word for a password, in about thirty languages, in the same sentence",
        score=0.8,
        refine=_near(_OF_PASSWORD),
        name="password-near-word",
    ),
    Rule(
        "PASSWORD",
        r"(?i)\bpass\b",
        "the word `pass`, which is a verb more often, directly before a value",
        score=0.75,
        refine=_near(_OF_PASS),
        name="after-pass",
    ),
    Rule(
        "SECRET",
        rf"(?i){SECRET}".replace("[a-z]Key", "(?-i:[a-z]Key)"),
        "a word for a token or key in the same sentence",
        score=0.75,
        refine=_near(_OF_SECRET),
        name="secret-near-word",
    ),
    Rule(
        "PASSWORD",
        r"(?i)\b(?:wi-?fi|wlan|wpa[23]?|ssid|hotspot)\b",
        "a word for a wireless network in the same sentence",
        score=0.7,
        refine=_near(_OF_NETWORK),
        name="near-network",
    ),
    Rule(
        "PASSWORD",
        r"\bWIFI:[^\s<>]*?P:((?:[^;\s\\<>]|\\.)+)",
        "the text of a QR code for a wireless network, by ZXing",
        anchor=r"\bWIFI:",
        name="wifi-code",
    ),
    Rule(
        "PASSWORD",
        r"(?i)\bapp(?:lication)?(?:[- ]specific)?[ -]pass(?:word|code)s?\b[^\n.;<>]{0,24}?\b((?-i:[a-z]{4}(?:[ -][a-z]{4}){3}))\b",
        "Google, Apple: passwords for one application",
        anchor=r"(?i)\bapp(?:lication)?(?:[- ]specific)?[ -]pass",
        score=0.8,
        name="app-password",
    ),
)
