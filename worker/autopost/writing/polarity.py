"""Compare what a post denies with what its operation denies: "no record was lost" is not "records were lost". Pure.

A negation reaches the next few words of its clause, some to its end; two of them cancel out ("not without downtime").
Words that one text only denies and the other only affirms are a contradiction. Source of the method: W. Chapman et al.,
"A simple algorithm for identifying negated findings and diseases", 2001 (NegEx), whose scope is a fixed number of words
as well. Scripts without spaces are searched for a negation alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import takewhile

import regex

from autopost.writing.clause_match import (
    CLAUSE_ENDS,
    QUESTION,
    WORD,
    affirms_what_is_denied,
    denies,
    key_of,
    left_out,
    of_denied_figures,
)
from autopost.writing.language import VERB_LAST
from autopost.writing.lazy import Lazy
from autopost.writing.quantity_check import lacks
from autopost.writing.subject import COMMON, words_of
from autopost.writing.vocabulary import (
    ASIDE,
    AUXILIARIES,
    CONCESSIVE,
    CONDITIONS,
    DENIALS,
    DENSE_DENIALS,
    FALLING,
    NEED,
    NOBODY,
    NOT_ALL,
    OPEN,
    OPPOSITES,
    RISING,
    TOTAL_DENIALS,
)

_CHANGE = Lazy(
    r"\b(?:from|von|vom|de|da|od|z) (?:\p{L}{1,3} )?(?P<old>\p{L}{3,})"
    r" (?:to|auf|nach|zum|à|a|al|para|na|do) (?:\p{L}{1,3} )?(?P<new>\p{L}{3,})"
)
# Where two negations cancel out; elsewhere they agree: "nikt jej nie odwołał".
_CANCELLING = frozenset({"en", "de", "nl", "sv"})
# "links: 0" and "0 links" mean none.
_ZERO = Lazy(r"(\p{L}{3,})[:=]\s?0(?![.,:]?\d)|(?<![\d.,:])0(?= \p{L}{3,})")
_OF = frozenset({"of", "der", "von", "des", "de", "du", "dei", "degli", "delle", "z", "av", "van", "los", "dos", "das"})
_AROUND = 40  # characters
_REACH = 2  # words of some weight after a negation
_FAR = 3  # words after one like "nobody"
_TO_THE_END = 100
# Of what is missing, a post may say that it is, or that it is added.
_MISSING = Lazy(
    r"fehl(?:t|en|end\w*|te|ten)\b|vermiss|ergänz|missing|lack|add(?:s|ed|ing)?\b|manqu|falta|mancan|brak|ontbre|sakna"
)
_PLAIN = frozenset(
    {"no", "not", "nicht", "pas", "non", "não", "nie", "niet", "inte", "не", "never", "jamais", "nunca", "mai", "nigdy"}
    | {"nooit", "aldrig", "kein", "keine", "keinen", "geen", "nobody", "niemand", "nadie", "nessuno", "ninguém", "nikt"}
)
_NO_LONGER = frozenset(
    {"more", "longer", "mehr", "longtemps", "más", "più", "mais", "meer", "już", "only", "nur", "again", "wieder"}
    | {"więcej", "mer", "anymore", "maar", "alleen"}
)
# What comes is not a fact yet, and what holds of some does not hold of the others.
_OPEN = Lazy(OPEN)
# "No service was interrupted" denies the interruption, and not the service.
_AUXILIARY = frozenset(AUXILIARIES.split())
_NOBODY = Lazy(rf"(?:\A|[.!?:]\s)(?:{NOBODY})\b(?P<rest>[^.!?]*)")
_NEED = Lazy(rf"\b(?:{NEED})\b")
_OBJECTS = frozenset({"nothing", "nobody", "none", "nichts", "nada", "rien", "niente"})  # of the verb before them
_HAVE = frozenset({"had", "has", "have", "need", "needs", "needed"})  # "nothing had to be skipped"
_RELATIVE = frozenset({"that", "which", "who", "whom", "die", "der", "das", "den", "que", "qui", "che"})
_LACK = frozenset({"without", "ohne", "sans", "sin", "senza", "sem", "zonder", "utan", "bez", "без"})  # of what follows
_NO = frozenset({"no", "kein", "keine", "keinen"})  # "freed no space"
_DETERMINERS = frozenset(
    {"no", "kein", "keine", "keinen", "aucun", "aucune", "ningún", "ninguna", "nessun", "nessuna", "nenhum"}
    | {"nenhuma", "geen", "ingen", "inga", "żaden", "żadna"}
)
_NO_OF = {"en": "no", "de": "keine", "fr": "aucun", "es": "ningún", "it": "nessun", "pt": "nenhum", "nl": "geen"} | {
    "sv": "inga",
    "pl": "żadnych",
    "ru": "нет",
}
_ANY = frozenset(
    {"any", "anything", "anyone", "anybody", "either", "single", "einzige", "einziges", "seul", "solo"}
)  # a negation before these reaches to the end
# In a clause with these, what comes next is merely not there yet.
_YET = frozenset({"yet", "still", "noch", "encore", "todavía", "aún", "ainda", "ancora", "jeszcze", "ещё", "nog"})
# What comes after these is about when, where and how, which the negation leaves alone.
_ASIDE = frozenset(ASIDE.split())
_CONDITIONS = frozenset(CONDITIONS.split())


@dataclass(frozen=True, slots=True)
class Known:
    """What an operation says: all of it, and the part about what comes next."""

    text: str
    next_steps: str


def contradicts(text: str, known: Known, language: str | None, *, may_deny: bool) -> bool:
    """Return whether a post affirms what the operation only denies, or denies what it only affirms.

    With `may_deny` a post may say that something is not so: a failure, and a request that nobody has answered. A figure
    that rose must not be one that fell.
    """
    text, there = text.casefold(), known.text.casefold()
    if _turns_direction(text, there, language):
        return True
    if CONCESSIVE.search(text) is not None and not (CONCESSIVE.search(there) or (lacks(there) and not may_deny)):
        return True
    if OPPOSITES.turns(text, there, language):
        return True
    if language in DENSE_DENIALS:
        denial = DENSE_DENIALS[language]
        return not may_deny and denial.search(text) is not None and denial.search(there) is None
    if language is None or language not in DENIALS:
        return False
    if (
        not may_deny
        and not denies(there, language)
        and any(_NEED.search(found["rest"]) is None for found in _NOBODY.finditer(text))
    ):
        return True
    if not may_deny and NOT_ALL.search(text) is not None and NOT_ALL.search(there) is None:
        return True
    if not denies(text, language) and not denies(there, language):
        return False
    pending = {key_of(word, language) for word in WORD.findall(known.next_steps.casefold())}
    if not may_deny and _lacks_nothing(text, language) and not _lacks_nothing(there, language) and _lacks(there):
        return True
    told, groups = _polarities(QUESTION.sub(" . ", text), language, pending, is_known=False)
    said, _ = _polarities(there, language, pending, is_known=True)
    both = told.keys() & said.keys()
    affirmed = [word for word in both if told[word] == {False} and said[word] == {True}]
    if affirmed and affirms_what_is_denied(affirmed, text, there, language):
        return True
    denied = {word for word in both if told[word] == {True} and said[word] == {False}}
    if may_deny or not denied:
        return False
    # What is denied together with a word that the operation denies is the same denial in other words.
    denied.difference_update(*(group for group in groups if any(True in said.get(word, ()) for word in group)))
    return not denied <= left_out(there, language) | of_denied_figures(text, there, language)


def _turns_direction(text: str, known: str, language: str | None) -> bool:
    """Return whether the post says that something rose, and the operation only that something fell, or the reverse.

    So is "from Thursday to Monday" instead of "from Monday to Thursday".
    """
    if any((change["new"], change["old"]) in _changes(known) for change in _CHANGE.finditer(text)):
        return True
    for told, opposite in ((RISING, FALLING), (FALLING, RISING)):
        rose = list(told.finditer(text, language))
        if rose and not told.search(known, language) and not opposite.search(text, language):
            fell = list(opposite.finditer(known, language))
            if fell and not _near(text, rose).isdisjoint(_near(known, fell)):
                return True
    return False


def _lacks(text: str) -> bool:
    return any(_MISSING.match(word) is not None for word in WORD.findall(text))


def _lacks_nothing(text: str, language: str) -> bool:
    """Return whether a text says in a clause that something is missing, and denies it."""
    return any(_lacks(clause) and denies(clause, language) for clause in CLAUSE_ENDS.split(text))


def _near(text: str, matches: list[regex.Match[str]]) -> set[str]:
    """Return the words around some words, of which they may say something."""
    return {
        word for match in matches for word in words_of(text[max(0, match.start() - _AROUND) : match.end() + _AROUND])
    }


def _changes(text: str) -> set[tuple[str, str]]:
    return {(change["old"], change["new"]) for change in _CHANGE.finditer(text)}


def _polarities(
    text: str, language: str, pending: Collection[str | None], *, is_known: bool
) -> tuple[dict[str, set[bool]], list[set[str]]]:
    """Return whether each word is denied: True, False, or both where that is not sure; and what is denied together.

    `is_known`: of the operation, in which only the first word after a negation is sure to be denied.
    """
    denials, totals = DENIALS[language], TOTAL_DENIALS[language]
    found: dict[str, set[bool]] = {}
    groups: list[set[str]] = []
    text = _ZERO.sub(lambda zero: f"{_NO_OF[language]} {zero[1] or ''}", text)
    for clause in CLAUSE_ENDS.split(text):
        words = WORD.findall(clause)
        is_open = any(_MISSING.match(word) for word in words) or (not is_known and _OPEN.search(clause) is not None)
        is_not_yet = not is_known and not _YET.isdisjoint(words)
        reach, is_denied, is_first, before, last, weight = 0, False, True, None, "", 0
        group: set[str] = set()
        is_of = False
        for place, word in enumerate(words):
            if denials.fullmatch(word) is not None:
                is_no = not is_known and word in _NO and words[place + 1 : place + 2] != ["longer"]
                if (is_no or word in _OBJECTS) and before is not None and is_first and key_of(last, language) == before:
                    _deny(found, before)
                is_denied = language not in _CANCELLING or not (is_denied and reach)
                is_first, weight, group = False, 0, set()
                is_total = totals.fullmatch(word) is not None and last not in _RELATIVE
                reach = (_TO_THE_END if language in VERB_LAST else _FAR) if is_total else _REACH
            elif word in _NO_LONGER and (last in _PLAIN or last.endswith(("n't", "n’t"))):
                is_denied = False
            elif word in _ANY and is_denied:
                reach = _FAR
            elif word in _CONDITIONS:
                is_open = True
            elif word in _OF and totals.fullmatch(last) is not None:
                is_of = is_known
            elif word in _ASIDE and not (word == "to" and last in _HAVE):
                goes_on = reach == _TO_THE_END or last in _ANY or totals.fullmatch(last) is not None
                reach = reach if goes_on else 0
            elif len(word) > 2:
                before = key_of(word, language)
                is_subject = last in _DETERMINERS and not _AUXILIARY.isdisjoint(words[place + 1 : place + 2])
                if is_of and before is not None and word not in COMMON:
                    is_subject, is_of = True, False
                if before is not None:
                    is_reached = is_denied and weight < reach
                    if is_reached:
                        group.add(before)
                        groups.append(group)
                    is_unsure = is_open or is_subject or (is_not_yet and (not is_reached or before in pending))
                    if is_unsure or (is_known and is_reached and weight > 0):
                        found.setdefault(before, set()).update((True, False))
                    else:
                        may_be = reach == 0 and _is_before_a_denial(words[place + 1 :], denials)
                        found.setdefault(before, set()).update({is_reached, may_be} if reach == 0 else {is_reached})
                if word not in COMMON and not is_subject:
                    weight += 1
            last = word
        if language in VERB_LAST and before is not None and denials.fullmatch(words[-1]) is not None:
            _deny(found, before)
    return found, groups


def _deny(found: dict[str, set[bool]], word: str) -> None:
    found[word].add(True)
    found[word].discard(False)


def _is_before_a_denial(words: list[str], denials: regex.Pattern[str]) -> bool:
    """Return whether a negation follows, with no word like "that" or "for" before it."""
    following = takewhile(lambda word: word not in _ASIDE, words)
    return any(word not in _LACK and denials.fullmatch(word) for word in following)
