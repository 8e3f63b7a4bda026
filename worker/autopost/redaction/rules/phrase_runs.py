"""Unrelated words near a word for a passphrase or for what one opens: `typed walnut ferry quiet ladder at the prompt`.

A sentence has a function word or a verb after two or three words. Four and more words without one, none of which is said of
passphrases or of software, are words that somebody chose.
"""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from autopost.redaction.pattern import compiled
from autopost.redaction.people.lists import folded, is_word
from autopost.redaction.rule import Rule, Span
from autopost.redaction.rules.code_values import sentence_start, sentence_stop
from autopost.redaction.rules.labels import PHRASE
from autopost.redaction.rules.phrase_words import ABOUT, CUTS, OPENERS, SAYS, SAYS_ABROAD, SMALL_ABROAD
from autopost.redaction.rules.shape import SMALL_WORDS, describes, in_placeholder
from autopost.redaction.rules.talk import SECOND_HALVES

_FEWEST_WORDS, _LEAST_WORDS, _MOST_WORDS = 3, 4, 12

_WORD = re.compile(r"[^\W\d_]+|\d+")
# Further words of statements.
_LINKS = frozenset(
    """
    within behind except above below later means became becomes starts start begins begin expires expire
    finished percent tonight today
    """.split()  # noqa: SIM905
)
_SIGNS = frozenset([" ", "-", ".", "_"])
_FUNCTION_WORDS = _LINKS | SMALL_WORDS | SMALL_ABROAD | CUTS | SAYS | SAYS_ABROAD | frozenset(["de"])
_SAYS_OF_SOFTWARE = ABOUT | SECOND_HALVES

# Words that lead to a passphrase or go on after it, without being part of it.
_LEADS = frozenset(
    """
    use used using uses type typed types typing enter entered enters try tried tries say said says answer answered answers
    want wants wanted take takes took set sets chose picked gave give got accept accepted accepts expects need needs asked asks
    asking pass pw phrase phrases passphrase passphrases password passwords word words sentence luks gpg pgp vault prompt works
    worked opens opened unlock unlocks unlocked unlocking decrypt decrypts decrypted mount mounts mounted wins did still
    please master new current diceware frase frasen satz he she we they i it
    """.split()  # noqa: SIM905
)

_INTRODUCED = re.compile(
    r"(?i)(?:\b(?:frase|phrase|frasen|satz|zin|mit|avec|con|met|med|com)\s|[:=→\"'`«„“(]|[-=]>)\s?[\"'`«„“(]?$"
)
# Directly before words, or behind them, that would be something else otherwise.
_TOLD_BEFORE = re.compile(
    r"(?i)(?:\s[-–—]\s|[:=→\"'`«„“(]|[-=]>|\b(?:with|using|by|typed?|typing|entered|enter|answer(?:ed)?|use|used|tried|try|wants?|takes?|accepts?|expects?|is|are|was|were|via|say|words?|phrase|sentence|passphrase|password|pw|and|now|it))\s?[:,]?\s?[\"'`«„“(]?$"
)
_TOLD_AFTER = re.compile(
    r"(?i)[\"'`»“”)]?,?\s(?:(?:is|was|remains) (?:what|the|my|our|his|her|their|its)|works?|worked|was (?:accepted|refused|rejected)|is accepted|unlock(?:s|ed)?|opens?|opened|decrypts?|decrypted|mount(?:s|ed)?|did (?:it|the trick)|got (?:me|us|him|her) in|lets? (?:me|us|you)|at (?:the|a|its|startup|boot)|into (?:the|its)|when (?:it|the|asked|prompted)|as (?:the|a|my|our|its))\b"
)

_ENDS = re.compile(
    r"[\"'`»“”)]?\s?(?:[.,;!?)(]|$|\n|[–—-]\s|(?!as\b|before\b|of\b)(?:[a-z]{1,4}|after|again|until|because|which|without|through|inside|works|worked|still)\b)"
)
_PHRASE_WORD = re.compile(r"(?i)phrase|sentence|words|mnemonic|master")
_ONE_IS = re.compile(r"(?i)\b(?:one|phrase|words|sentence)(?: (?:is|was|are|were)|:)\s$")
_IS_IT = re.compile(r"[\"'`»“”)]?,?\s(?:is|was|remains)\s(?:the|my|our|his|her|their|its)\s")
# The sentence behind one about a passphrase, with the value.
_NEXT = re.compile(r"(?i)[.;!]\s(?:it(?:'s|\sis|\swas)|(?:the\s)?new(?:\sone)?\b|now\b|use\b)")

# What a passphrase opens, and where it is typed.
_OPENED = r"\b(?:ssid|wpa[23]?)\b|\b(?:unlock|decrypt|encrypt)\w*|\b(?:luks|gpg|pgp|veracrypt|truecrypt|bitlocker|filevault|keepass\w*|bitwarden|1password|restic|borg|kopia|duplicati|cryptomator|cryptsetup|boot ?loader|key ?rings?|vault|key ?store|age key|ssh[ -]key|password manager)\b|\b(?:three|four|five|six|seven|eight|magic|secret|recovery|safety|code|random|unrelated|diceware) words?\b|\bthe words\b|\b(?:drei|vier|fünf|sechs|trois|quatre|cinq|six|tres|cuatro|cinco|seis|tre|quattro|cinque|sei|três|quatro|drie|vijf|zes|fyra|fem|fire|trzy|cztery|pięć|tři)\s(?:wörtern?|mots|palabras|parole|palavras|woorden|ord|słowa|słów|slov[ay]?)\b|(?:три|четыре|пять)\s(?:слова|слов)|\bprompt\b|\bmaster[ -](?:pass|pw)|\bpass[ -]sentence|\b(?:phrase|sentence)\b|\bmnemonic\b|\bssh[ -]agent\b|\b(?:gave|feed|fed) (?:it|him|her|them)\b|\b(?:chiffr|déchiffr|verschlüssel|entschlüssel|entsperr|cifrad|cifrat|descifr|versleuteld|krypter|zaszyfrowan)\pL*|öffnet sich|\bemergency words\b|=>|->|→|\bfrase\b"
_OF_PHRASE = compiled(rf"(?i){PHRASE}")

_NO_PART = _FUNCTION_WORDS | _LEADS

_Word = tuple[str, int, int]


@lru_cache(maxsize=32)
def _runs(text: str, start: int, end: int) -> tuple[list[_Word], ...]:
    """Return the words between function words and other breaks, three or more with one sign between all of them.

    The same for all words for a passphrase in a sentence.
    """
    runs: list[list[_Word]] = [[]]
    sign, behind = "", -1
    for match in _WORD.finditer(text, start, end):
        word = match.group().lower()
        if runs[-1]:
            between = text[behind : match.start()]
            if between not in _SIGNS or (sign and between != sign):
                runs.append([])
                sign = ""
            else:
                sign = between
        behind = match.end()
        if word in _NO_PART or (not runs[-1] and word.isdigit()):
            if runs[-1]:
                runs.append([])
            sign = ""
        else:
            runs[-1].append((match.group(), *match.span()))
    return tuple(run for run in runs if len(run) >= _FEWEST_WORDS)


def _are_unrelated(words: list[str], *, first: bool) -> bool:
    """Return whether words are written alike and say nothing of passphrases or software; `first` in a sentence."""
    plain = [word for word in words if not word.isdigit()]
    lower = [word.lower() for word in plain]
    alike = (
        all(map(str.islower, plain[1:]))
        or all(map(str.istitle, plain))
        or all(w.islower() or w.isupper() for w in plain)
    )
    return (
        alike
        and (first or plain[0].istitle() == plain[-1].istitle())
        and all(len(word) > 1 for word in plain)
        and len(plain) >= len(words) - 1
        and lower[0] != "manager"
        and sum(word in _SAYS_OF_SOFTWARE or describes(word) for word in lower) * 4 <= len(plain)
    )


def _near(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the unrelated words in the sentence of a word for a passphrase or for what one opens."""
    if in_placeholder(text, start):
        return
    phrase = _OF_PHRASE.fullmatch(text[start:end]) is not None
    left, stop = sentence_start(text, start), sentence_stop(text, end)
    if phrase and (goes_on := _NEXT.match(text, stop)) is not None:
        stop = sentence_stop(text, goes_on.end())
    yield from _statements(text, left, stop)
    for run in _runs(text, left, stop):
        words = [word for word, _, _ in run]
        begin, behind = run[0][1], run[-1][2]
        before = text[max(0, begin - 16) : begin]
        opens = not before.strip(" \"'`(") or _INTRODUCED.search(before) is not None
        named = before.endswith(", ") and _PHRASE_WORD.search(text[start:end]) is not None
        few = (phrase and opens and _IS_IT.match(text, behind) is not None) or (
            (_ONE_IS.search(before) or (named and text[behind : behind + 1] == ",")) and _ENDS.match(text, behind)
        )
        least = _LEAST_WORDS - bool(few)
        if not least <= len(words) <= _MOST_WORDS or not _are_unrelated(words, first=begin == left):
            continue
        if _is_told(text, run, before, phrase=phrase) or (named and _ENDS.match(text, behind) is not None):
            yield begin, behind


def _is_told(text: str, run: list[_Word], before: str, *, phrase: bool) -> bool:
    """Return whether unrelated words stand where one tells a passphrase; near a word for it they do anywhere."""
    alike = "-" in text[run[0][1] : run[-1][2]] and all(word.istitle() for word, _, _ in run)
    if sum(is_word(folded(word)) for word, _, _ in run) * 2 < len(run) and not alike:  # of another language
        return _INTRODUCED.search(before) is not None
    if phrase and text[run[0][2]] == " ":
        return True
    if _TOLD_AFTER.match(text, run[-1][2]) is not None:
        return True
    return _TOLD_BEFORE.search(before) is not None and _ENDS.match(text, run[-1][2]) is not None


# Words that say something, where one tells a passphrase: `opens with copper hallway never drinks marmalade`.
_STATED = re.compile(
    r"(?i)\b(?:guarded|protected|sealed|locked|opens?|decrypts?|unlock(?:s|ed)?|decrypted|opened|mount(?:s|ed)?) (?:with|via|using|by|if you (?:say|type|enter)|when you (?:say|type|enter))\s[\"'`]?|\b(?:typed|say|said)[:,]?\s[\"'`(]{0,2}|\b(?:sentence|phrase|words?)(?:[:,]?\s[\"'`(]{1,2}|[:,]\s|\s(?:(?:on|of|for|from) [^.;\n]{1,32} to |(?:(?:is|was|are|were|now|still) )+)[\"'`(]{0,2})|[→:=]\s[\"'`]"
)
_CLAUSE = re.compile(r"([^\W\d_]+(?: [^\W\d_]+(?:'[a-z]+)?){3,9})[\"'`]?(?=[.,;!?)]|\s?$)")
_JOINED_CLAUSE = re.compile(r"(?<![^\W_])([^\W_]+(?:([-_.])[^\W_]+)(?:\2[^\W_]+){2,9})(?![\w/(@-]|\.\w)")


@lru_cache(maxsize=32)
def _statements(text: str, start: int, end: int) -> tuple[Span, ...]:
    """Return the statements that are a passphrase, with spaces or with signs between their words."""
    for match in _STATED.finditer(text, start, end):
        found = _CLAUSE.match(text, match.end(), end + 1)
        if found is not None and _is_stated(found.group(1).split(), _LEAST_WORDS + 1):
            return (found.span(1),)
    return tuple(
        found.span(1)
        for found in _JOINED_CLAUSE.finditer(text, start, end)
        if _TOLD_BEFORE.search(text[max(0, found.start() - 16) : found.start()])
        and _is_stated(_SPLIT.split(found.group(1)), _LEAST_WORDS)
    )


def _is_stated(words: list[str], least: int) -> bool:
    plain = [word.lower() for word in words if word.isalpha()]
    small = [word for word in plain if word in _SMALL]
    others = [word for word in plain if word not in _SMALL]
    return (
        len(words) >= least
        and len(others) >= least - 1 - (least > _LEAST_WORDS)
        and len(small) * 5 <= len(plain) * 2
        and _STATES.isdisjoint(small)
        and len(words) - len(plain) <= 1
        and not any(word in _SAYS_OF_SOFTWARE - OPENERS or describes(word) for word in others)
        and not any(word.endswith(("ed", "ing")) for word in others)
        and sum(is_word(folded(word)) for word in others) * 2 >= len(others)
        and (plain[0] not in _SMALL or plain[0] in OPENERS)
    )


_SMALL = SMALL_WORDS | SMALL_ABROAD | {"under", "behind", "between", "above", "below", "like"}
_STATES = frozenset(["is", "are", "was", "were"])
_SPLIT = re.compile(r"[-_.]")

RULES = (
    Rule(
        "PASSWORD",
        rf"(?i)(?:{PHRASE}|{_OPENED})",
        "four and more words without a function word, or a statement, in a sentence about a passphrase or what it opens",
        score=0.7,
        refine=_near,
        name="unrelated-words",
    ),
)
