"""Find a post that says of all what its operation says of some only. Pure.

"All 73 orders were shipped" where 73 were processed and 71 shipped; "all receipts are in" where 12 are missing. What
the operation says next to the larger figure, a post may say of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from autopost.writing.figure import Figure
from autopost.writing.figures import figures_in
from autopost.writing.subject import COMMON
from autopost.writing.vocabulary import ALL, LACKING, NEARLY, NONE

_NEARLY = regex.compile(rf"(?:{NEARLY})\s\Z")
_ALL = regex.compile(rf"(?<![\p{{L}}'’-])(?:{ALL})(?![\p{{L}}-])")
_NONE = regex.compile(rf"(?<![\p{{L}}'’-])(?:{NONE})(?![\p{{L}}-])")
_QUANTIFIER = regex.compile(rf"(?<![\p{{L}}'’-])(?:{ALL}|{NONE})(?![\p{{L}}-])")
_EXCEPT = regex.compile(r"\s(?:but|except|bis auf|außer|sauf|salvo|menos|tranne|exceto|oprócz|behalve|utom)\b")
_PART_OF = regex.compile(
    r"(?<![\d.,])(?P<part>\d+)(?: \p{L}+)? (?:out of|of|von|sur|de|su|van(?: de)?|z|ze|из) (?:the )?"
    r"(?P<whole>\d+)(?![\d.,]*\d)"
)
_LACKING = regex.compile(rf"(?<!\p{{L}})(?:{LACKING})")
_CLAUSE_END = regex.compile(r"[.,](?!\d)|[;:!?…–—()\n]|\s(?:and|und|et|y|e|en|och|but|aber|mais|pero|ma|mas|ale)\s")
_SENTENCE_END = regex.compile(r"[.!?](?=\s|\Z)")
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*")
_AFTER = 4  # words after a figure that it is said with
_LEAST, _STEM = 3, 5  # letters
_NOUNS = 2  # words after a figure, of which one is what it counts


def tells_all_of_some(text: str, known: str, language: str | None) -> bool:
    """Return whether a post says of all what `known`, the operation, says of a part, and does not name that part."""
    text = text.casefold()
    if _QUANTIFIER.search(text) is None:
        return False
    claims = list(_claims(text))
    none_lacks = any(
        _LACKING.search(clause, match.end()) for clause in _CLAUSE_END.split(text) for match in _NONE.finditer(clause)
    )
    if not claims and not none_lacks:
        return False
    is_lacking = lacks(text) and not none_lacks
    known = known.casefold()
    told = {value for figure in figures_in(text, language) for value in figure.values}
    for sentence in _SENTENCE_END.split(known):
        figures = sorted(figures_in(sentence, language), key=lambda figure: figure.start)
        figures = [figure for figure in figures if figure.values and figure.dimension is None and figure.is_amount]
        if len(figures) > 1 and _exceeds(claims, told, sentence, figures, is_lacking=is_lacking, none_lacks=none_lacks):
            return True
    return False


def tells_another_part(text: str, known: str) -> bool:
    """Return whether both texts, folded, say of a part of one whole that it failed, and the parts differ."""
    parts = [(match["part"], match["whole"]) for match in _failed_parts(text)]
    there = [(match["part"], match["whole"]) for match in _failed_parts(known)] if parts else []
    return any(
        part != other and whole == of and part.isdigit() and other.isdigit()
        for part, whole in parts
        for other, of in there
        if (other, of) not in parts
    )


def _failed_parts(text: str) -> Iterator[regex.Match[str]]:
    for sentence in _SENTENCE_END.split(text):
        if _PART_OF.search(sentence) and lacks(sentence):
            yield from _PART_OF.finditer(sentence)


def lacks(text: str) -> bool:
    """Return whether a folded text has a word for what is missing or went wrong."""
    return _LACKING.search(text) is not None


def _claims(text: str) -> Iterator[set[str]]:
    """Return the words of each clause that says something of all."""
    for clause in _CLAUSE_END.split(text):
        for match in _ALL.finditer(clause):
            if _NEARLY.search(clause, 0, match.start()) or _EXCEPT.search(clause, match.end()):
                continue
            yield set(_stems(clause))
            break


def _exceeds(
    claims: Sequence[set[str]],
    told: set[float],
    sentence: str,
    figures: Sequence[Figure],
    *,
    is_lacking: bool,
    none_lacks: bool,
) -> bool:
    whole = max(figures, key=lambda figure: max(figure.values))
    place = figures.index(whole)
    rest = sentence[figures[place + 1].start if place + 1 < len(figures) else len(sentence) :]
    of_whole = set(_stems(sentence[figures[place - 1].end if place else 0 : len(sentence) - len(rest)]))
    parts = [figure for figure in figures[place + 1 :] if max(figure.values) < max(whole.values)]
    if not of_whole or not parts or not lacks(rest) or any(not told.isdisjoint(part.values) for part in parts):
        return False
    of_parts = {word for part in parts for word in _stems(sentence[part.end :])[:_AFTER]} - of_whole
    # What is counted, without a word for what was done to it.
    counted = set(_stems(sentence[whole.end :])[:_NOUNS]) & of_whole
    return none_lacks or any(
        not of_parts.isdisjoint(words)
        or (not is_lacking and not counted.isdisjoint(words) and (of_whole - counted).isdisjoint(words))
        for words in claims
    )


def _stems(text: str) -> list[str]:
    words = (word for word in _WORD.findall(text) if len(word) >= _LEAST and word not in COMMON)
    return [word.removesuffix("s")[:_STEM] for word in words]
