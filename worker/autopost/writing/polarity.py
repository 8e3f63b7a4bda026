"""Compare what a post denies with what its operation denies: "no record was lost" is not "records were lost". Pure.

A negation reaches the next few words of its clause; two of them cancel out ("not without downtime"). Words that one
text only denies and the other only affirms are a contradiction. Source of the method: W. Chapman et al., "A simple
algorithm for identifying negated findings and diseases", 2001 (NegEx), whose scope is a fixed number of words as well.
"""

from __future__ import annotations

import regex

from autopost.writing.outcome import Outcome
from autopost.writing.subject import COMMON, stem
from autopost.writing.vocabulary import ASIDE, DENIALS

_CLAUSE_ENDS = regex.compile(
    r"[.,;:!?…–—()\n]|\s(?:and|but|because|since|so|und|aber|weil|denn|et|mais|car|y|pero|e|ma|mas|i|ale|bo)\s"
)
_WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)?")
_REACH = 2  # words of some weight after a negation
_NO_LONGER = frozenset({"more", "longer", "mehr", "longtemps", "más", "più", "mais", "meer", "już", "only", "nur"})
_OBJECTS = frozenset({"nothing", "nobody", "none", "nichts", "nada", "rien", "niente"})  # of the verb before them
# What comes after these is about when, where and how, which the negation leaves alone.
_ASIDE = frozenset(ASIDE.split())


def contradicts(text: str, known: str, outcome: Outcome, language: str | None) -> bool:
    """Return whether a post affirms what the operation only denies, or, of a success, denies what it only affirms."""
    denials = DENIALS.get(language or "")
    if denials is None:
        return False
    told, there = _polarities(text, denials), _polarities(known, denials)
    for word in told.keys() & there.keys():
        if told[word] == {False} and there[word] == {True}:
            return True
        if told[word] == {True} and there[word] == {False} and outcome is Outcome.COMPLETED:
            return True
    return False


def _polarities(text: str, denials: regex.Pattern[str]) -> dict[str, set[bool]]:
    """Return whether each word is denied: True, False, or both, where a negation of its clause may reach it."""
    found: dict[str, set[bool]] = {}
    for clause in _CLAUSE_ENDS.split(text.casefold()):
        words = _WORD.findall(clause)
        may_be = any(denials.fullmatch(word) for word in words)
        reach, is_denied, is_first, before = 0, False, True, None
        for word in words:
            if denials.fullmatch(word) is not None:
                if word in _OBJECTS and before is not None and is_first:
                    found[before].add(True)
                    found[before].discard(False)
                is_denied, reach, is_first = not (is_denied and reach), _REACH, False
            elif word in _NO_LONGER and reach == _REACH:
                is_denied = False
            elif word in _ASIDE:
                reach = 0
            elif len(word) > 2:
                before = stem(word)
                if before is not None:
                    found.setdefault(before, set()).update({is_denied} if reach > 0 else {False, may_be})
                if word not in COMMON:
                    reach -= 1
    return found
