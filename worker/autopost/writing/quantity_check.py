"""Find a post that says of all what its operation says of some only. Pure.

"All 73 orders were shipped" where 73 were processed and 71 shipped; "all receipts are in" where 12 are missing. What
the operation says next to the larger figure, a post may say of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from autopost.writing.figure import Figure
from autopost.writing.figures import figures_in
from autopost.writing.lazy import Lazy
from autopost.writing.subject import COMMON
from autopost.writing.vocabulary import ALL, LACKING, NEARLY, NONE

_NEARLY = Lazy(rf"(?:{NEARLY})\s\Z")
_ALL = Lazy(rf"(?<![\p{{L}}'’-])(?:{ALL})(?![\p{{L}}-])")
_NONE = Lazy(rf"(?<![\p{{L}}'’-])(?:{NONE})(?![\p{{L}}-])")
_QUANTIFIER = Lazy(rf"(?<![\p{{L}}'’-])(?:{ALL}|{NONE})(?![\p{{L}}-])")
_EXCEPT = Lazy(r"\s(?:but|except|bis auf|außer|sauf|salvo|menos|tranne|exceto|oprócz|behalve|utom)\b")
_PART_OF = Lazy(
    r"(?<![\d.,])(?P<part>\d+)(?: \p{L}+)? (?:out of|of|von|sur|de|su|van(?: de)?|z|ze|из) (?:the )?"
    r"(?P<whole>\d+)(?![\d.,]*\d)"
)
_LACKING = Lazy(rf"(?<!\p{{L}})(?:{LACKING})")
_CLAUSE_END = Lazy(r"[.,](?!\d)|[;:!?…–—()\n]|\s(?:and|und|et|y|e|en|och|but|aber|mais|pero|ma|mas|ale)\s")
# "57 guests answered. 41 would come again." is about one whole.
_SENTENCE_END = Lazy(r"[.!?](?=\s(?!\d)|\Z)")
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*")
_HEDGED = Lazy(
    r"\b(?:not|almost|nearly|at|after|nicht|fast|beinahe|nahezu|pas|presque|no|casi|non|quasi|não|quase|nie|prawie|niet|bijna"
    r"|inte|nästan)\s(?:of\s)?\Z"
)
_COPULA = Lazy(
    r"\b(?:is|are|was|were|ist|sind|war|waren|est|sont|está|están|è|sono|é|são|zijn|är|jest|są|have|has|hat|haben|ont|ha|han|hanno|têm|tem"
    r"|heeft|hebben|har)\b"
)
_COUNTED = Lazy(
    r"(?:\d(?![\d.,]*\d)|\b(?:two|three|four|zwei|drei|vier|deux|trois|quatre|dos|tres|cuatro|due|tre|dois|três|twee|drie|dwa|trzy))"
    r"\s(?P<counted>\p{L}+(?: \p{L}+)?)"
)
_EXCLUDED = Lazy(
    r"\b(?:left out|excluded|skipped|omitted|not (?:included|covered)|ausgelassen|ausgenommen|ausgeschlossen"
    r"|übersprungen|exclue?s?|laissée?s? de côté|excluid[oa]s?|omitid[oa]s?|esclus[oaie]"
    r"|saltat[oaie]|excluíd[oa]s?|overgeslagen|pominięt\w+|utelämna\w+)\b"
)
_INCLUDING = Lazy(
    r"\b(?:includ(?:ing|ed)|einschließlich|inklusive|samt|(?:y )?compris\w*|inclus\w*|incluid[oa]s?|incluso"
    r"|también l[oa]s|compres[oaie]|anche (?:i|gli|le)|incluindo|também [oa]s|inclusief|ook de|włącznie|łącznie z"
    r"|även de)\b"
)
_LARGE_CLAUSE_END = Lazy(r"[.,](?!\d)|[;!?\n]")
_AROUND = 32  # characters
_AFTER = 7  # words after a figure that it is said with
_LEAST, _STEM = 3, 5  # letters
_NOUNS = 2  # words after a figure, of which one is what it counts


def tells_all_of_some(text: str, known: str, language: str | None) -> bool:
    """Return whether a post says of all what `known`, the operation, says of a part, and does not name that part."""
    text = text.casefold()
    if _QUANTIFIER.search(text) is None:
        return False
    known = known.casefold()
    claims = list(_claims(text))
    none_lacks = _none_lacks(text) and not _none_lacks(known)
    if not lacks(text) and any(_some_lack(head, known) for head in _heads(text)):
        return True
    if not claims and not none_lacks:
        return False
    if any(_exceeds_share(words, head, text, known) for words, head in claims):
        return True
    is_lacking = lacks(text) and not none_lacks
    told = {value for figure in figures_in(text, language) for value in figure.values}
    for sentence in _SENTENCE_END.split(known):
        figures = sorted(figures_in(sentence, language), key=lambda figure: figure.start)
        figures = [figure for figure in figures if figure.values and figure.dimension is None and figure.is_amount]
        if len(figures) > 1 and _exceeds(claims, told, sentence, figures, is_lacking=is_lacking, none_lacks=none_lacks):
            return True
    return False


def includes_the_rest(text: str, known: str) -> bool:
    """Return whether a post counts in what the operation left out or what lacks; both folded."""
    including = list(_INCLUDING.finditer(text))
    if not including:
        return False
    clauses = [
        (lacks(clause) or leaves_out(clause) or _NONE.search(clause) is not None, set(_stems(clause)))
        for clause in _LARGE_CLAUSE_END.split(known)
    ]
    rest = set().union(*(words for is_rest, words in clauses if is_rest))
    rest -= set().union(*(words for is_rest, words in clauses if not is_rest))
    return any(
        not rest.isdisjoint(_stems(text[max(0, found.start() - _AROUND) : found.end() + _AROUND]))
        for found in including
    )


def _none_lacks(text: str) -> bool:
    return any(
        _LACKING.search(clause, match.end()) for clause in _CLAUSE_END.split(text) for match in _NONE.finditer(clause)
    )


def leaves_out(text: str) -> bool:
    """Return whether a folded text says of something that it was left out."""
    return _EXCLUDED.search(text) is not None


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


def _claims(text: str) -> Iterator[tuple[set[str], set[str]]]:
    """Return the words of each clause that says something of all, and the first of them: of what it says so."""
    for clause in _CLAUSE_END.split(text):
        for match in _ALL.finditer(clause):
            if _NEARLY.search(clause, 0, match.start()) or _EXCEPT.search(clause, match.end()):
                continue
            yield set(_stems(clause)), set(_stems(_COPULA.split(clause[match.end() :], maxsplit=1)[0])[:_NOUNS])
            break


def _exceeds(
    claims: Sequence[tuple[set[str], set[str]]],
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
    if not of_whole or not parts or any(not told.isdisjoint(part.values) for part in parts):
        return False
    of_parts = {word for part in parts for word in _stems(sentence[part.end :])[:_AFTER]} - of_whole
    # What is counted, without a word for what was done to it.
    counted = set(_stems(sentence[whole.end :])[:_NOUNS]) & of_whole
    if not lacks(rest):
        return any(
            not head.isdisjoint(of_whole | of_parts) and not (of_parts - head).isdisjoint(words - head)
            for words, head in claims
        )
    return none_lacks or any(
        not of_parts.isdisjoint(words)
        or (not is_lacking and not counted.isdisjoint(words) and (of_whole - counted).isdisjoint(words))
        for words, _ in claims
    )


def _heads(text: str) -> Iterator[set[str]]:
    """Return the first words of what a text says something of all of, also where it is "of all of them"."""
    for match in _ALL.finditer(text):
        if _HEDGED.search(text, 0, match.start()) is None and _EXCEPT.search(text, match.end()) is None:
            yield set(_stems(_CLAUSE_END.split(text[match.end() :], maxsplit=1)[0])[:_NOUNS])


def _exceeds_share(words: set[str], head: set[str], text: str, known: str) -> bool:
    """Return whether a post says of all what the operation says of "3 of 12", and does not name the 3."""
    for share in _PART_OF.finditer(known):
        if share["part"] == share["whole"] or regex.search(rf"(?<!\d){share['part']}(?!\d)", text) is not None:
            continue
        rest = _stems(_SENTENCE_END.split(known[share.end() :], maxsplit=1)[0])[:_AFTER]
        if not head.isdisjoint(rest[:_NOUNS]) and not (set(rest) - head).isdisjoint(words - head):
            return True
    return False


def _some_lack(head: set[str], known: str) -> bool:
    """Return whether the operation counts some of what a post says something of all of, and they lack it."""
    for clause in _CLAUSE_END.split(known):
        lacking = _LACKING.search(clause)
        for figure in _COUNTED.finditer(clause) if lacking is not None else ():
            if not head.isdisjoint(_stems(figure["counted"])[:1]):
                return True
    return False


def _stems(text: str) -> list[str]:
    words = (word for word in _WORD.findall(text) if len(word) >= _LEAST and word not in COMMON)
    return [word.removesuffix("s")[:_STEM] for word in words]
