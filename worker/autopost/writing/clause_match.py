"""Tell by their words which clause of an operation a clause of a post is about. Pure.

"52 results were loaded" is not about "33 results were not loaded", but about the clause that has the 52.
"""

from __future__ import annotations

from collections.abc import Iterable

import regex

from autopost.writing.lazy import Lazy
from autopost.writing.quantity_check import leaves_out
from autopost.writing.subject import COMMON, NUMBERS, stem
from autopost.writing.vocabulary import DENIALS, FAILED

CLAUSE_ENDS = Lazy(
    r"[.,](?!\d)|[;:!?…–—()\n]|\s(?:and|but|because|since|so|although|though|und|aber|weil|denn|obwohl|et|mais|car|y|pero|e|ma|mas"
    r"|i|ale|bo)\s"
)
WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)?")
QUESTION = Lazy(r"[^.!?…]*\?")
_FIGURE = regex.compile(r"\p{N}+(?:[.,:]\p{N}+)*")
_PARTICLE = Lazy(
    r"not|cannot|\w+n['’]t|nicht|pas|no|non|não|niet|inte|nie|не|without|ohne|sans|sin|senza|sem|zonder|utan|bez|без"
)
# Articles do not count.
_COUNTING = NUMBERS - {"one", "ein", "eine", "einen", "einem", "einer", "un", "une", "una", "uno", "um", "uma", "een"}
_LEAST_SHARED = 0.34  # of the words that a clause shares with any other clause of the operation
_AUXILIARIES = frozenset({"can", "may", "did", "had", "any", "one", "two", "its", "our", "but", "too", "out", "off"})
_PAST = Lazy(r"(?<=\p{Latin}{2})ie[ds]\Z")  # "copied" is a form of "copy"
_SHORT = 3  # letters of an English verb that can be denied: ask, get


def affirms_what_is_denied(words: Iterable[str], text: str, known: str, language: str) -> bool:
    """Return whether a post affirms one of some words of the same thing of which the operation denies it.

    "52 results were loaded" is not about "33 results were not loaded", but about the clause that has the 52. What the
    operation denies of all ("nobody was rebooked"), it denies of each.
    """
    clauses = [(clause, _keys(clause, language)) for clause in CLAUSE_ENDS.split(known)]
    told = [(clause, _keys(clause, language)) for clause in CLAUSE_ENDS.split(QUESTION.sub(" . ", text))]
    for word in words:
        denying = [(clause, keys) for clause, keys in clauses if word in keys]
        of_all = any(_denies_of_all(clause, language) for clause, _ in denying)
        for clause, keys in told:
            if word not in keys or _fails(clause, word, language):
                continue
            others = max((len(keys & other) for _, other in clauses if word not in other), default=0)
            if of_all or any(len(keys & same) - 1 >= _LEAST_SHARED * others for _, same in denying):
                return True
    return False


def _fails(clause: str, word: str, language: str) -> bool:
    """Return whether a clause says with another word that something failed: "publishing it failed"."""
    failed = FAILED.search(clause, language)
    if failed is None:
        return False
    words = WORD.finditer(clause, failed.start())
    return word not in {key_of(each[0], language) for each in words if each.start() < failed.end()}


def _denies_of_all(clause: str, language: str) -> bool:
    denials = {word for word in WORD.findall(clause) if DENIALS[language].fullmatch(word) is not None}
    return any((word == "no" and language == "en") or not _PARTICLE.fullmatch(word) for word in denials)


def _keys(clause: str, language: str) -> set[str]:
    """Return what tells what a clause is about: its words and figures."""
    keys = {key for word in WORD.findall(clause) if (key := key_of(word, language)) is not None and word not in COMMON}
    return keys | _figures(clause)


def left_out(known: str, language: str) -> set[str]:
    """Return the words of clauses about what was left out: of that, a post may say that it is not there."""
    return set().union(*(_keys(clause, language) for clause in CLAUSE_ENDS.split(known) if leaves_out(clause)))


def key_of(word: str, language: str) -> str | None:
    """Return what is the same in the forms of a word: "free" and "freed"; None for one that says nothing."""
    if len(word) == _SHORT:
        return None if language != "en" or word in COMMON or word in _AUXILIARIES else word
    if word.startswith("every"):
        return None
    root = stem(_PAST.sub("y", word))
    return root[:4] if root is not None and len(word) <= 6 and word.isascii() else root


def without_denied_figures(text: str, known: str, language: str) -> str:
    """Return a post without the clauses about what the operation counts and denies.

    "14 do not agree" is one where the operation says "14 did not".
    """
    denied = set().union(*(_figures(clause) for clause in CLAUSE_ENDS.split(known) if denies(clause, language)))
    return " . ".join(clause for clause in CLAUSE_ENDS.split(text) if denied.isdisjoint(_figures(clause)))


def of_denied_figures(text: str, known: str, language: str) -> set[str]:
    """Return the words of those clauses."""
    return _keys(text, language) - _keys(without_denied_figures(text, known, language), language)


def denies(clause: str, language: str) -> bool:
    """Return whether a folded text denies something."""
    return any(DENIALS[language].fullmatch(word) is not None for word in WORD.findall(clause))


def _figures(clause: str) -> set[str]:
    return {*_FIGURE.findall(clause), *(_COUNTING.intersection(WORD.findall(clause)))}
