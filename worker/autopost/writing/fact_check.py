"""Compare a post by the LLM with the operation that it is about. Pure.

Strict: a wrong rejection costs the wording of one post, a wrong post misleads everyone who reads it. Compared is what a
model invents most: figures, links, mentions, names and the outcome. `vocabulary` knows a text that is no post at all.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from autopost.model import PLACEHOLDER
from autopost.writing.fields import Fields
from autopost.writing.outcome import Kind, Outcome
from autopost.writing.vocabulary import (
    APPROVED,
    ASKING,
    ENGLISH,
    FAILED,
    FINISHED,
    NUMBER_WORDS,
    WITH_CAPITAL,
    says,
)

_NUMBER = regex.compile(r"\d+(?:[.,'’\u00a0\u202f]\d+)*")
_SEPARATORS = regex.compile(r"[.,'’\u00a0\u202f]")
_LINK = regex.compile(
    r"\bhttps?://\S+|\bwww\.\S+|\[[^\]]*\]\([^)]*\)"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|app|ai|co|example|info|biz|me|ly|gg|xyz|shop|site|de|fr|uk|eu)\b(?:/\S*)?",
    regex.IGNORECASE,
)
_MENTION = regex.compile(r"(?<![\w.])@\w[\w.-]*|<[!#@][^>]*>")
_MARKUP = regex.compile(r"</?[A-Za-z][^>]*>")
_GAP = regex.compile(r"[\[{(<]{1,2}\s*(?P<inside>[^\[\]{}()<>]{1,60}?)\s*[\]})>]{1,2}")
_HOLE = regex.compile(
    r"\b(?:your|insert|placeholder|name|link|date|number|team|company|agent|x{1,3}|n{1,2}|todo|tbd)\b", regex.I
)
_WORD = regex.compile(r"[\p{L}\p{M}][\p{L}\p{M}\p{N}'’-]*")
_CAPITALISED = regex.compile(r"\p{Lu}\p{Ll}[\p{L}\p{M}'’-]+")
_START_OF_SENTENCE = regex.compile(r"(?:\A|[.!?…:;–—\n]|\p{Extended_Pictographic}\uFE0F?|[\"“”'‘(-])\s*\Z")


def contradiction(text: str, fields: Fields, vocabulary: str = "") -> str | None:
    """Return why a post cannot be true of its operation, None if it can: `invented`, `unfilled`, `wrong_outcome`.

    `vocabulary` is a text of the team whose names a post may have as well.
    """
    known = " ".join(
        filter(
            None, (fields.agent_name, fields.operation_type, fields.title, fields.what, fields.why, fields.next_steps)
        )
    )
    bare = regex.sub(PLACEHOLDER, " ", text)
    known_folded = known.casefold()
    if any(link[0].casefold().rstrip(".,!?)") not in known_folded for link in _LINK.finditer(bare)):
        return "invented"
    if _has_holes(bare, known_folded):
        return "unfilled"
    if (
        _invents_figures(bare, known_folded)
        or any(mention[0].casefold() not in known_folded for mention in _MENTION.finditer(bare))
        or any(tag[0].casefold() not in known_folded for tag in _MARKUP.finditer(bare))
        or _invents_names(bare, f"{known} {vocabulary}")
    ):
        return "invented"
    return "wrong_outcome" if _tells_another_outcome(bare.casefold(), known_folded, fields) else None


def _has_holes(text: str, known: str) -> bool:
    """Return whether something was left to be filled in, such as [Your Name] or {link}."""
    for gap in _GAP.finditer(text):
        inside = gap["inside"].casefold()
        is_round = gap[0].startswith("(")
        is_known = regex.search(rf"(?<!\w){regex.escape(inside)}(?!\w)", known) is not None
        if is_known or (is_round and not _HOLE.fullmatch(inside) and not inside.startswith("your ")):
            continue
        if gap[0][0] in "[{" or _HOLE.search(inside):
            return True
    return False


def _invents_figures(text: str, known: str) -> bool:
    there = set(_figures(known))
    return not there.issuperset(_figures(text))


def _figures(text: str) -> Iterator[str]:
    """Return each number without its separators, which differ between languages, and its parts."""
    for number in _NUMBER.finditer(text):
        parts = _SEPARATORS.split(number[0])
        yield "".join(parts).lstrip("0") or "0"
    for word in _WORD.finditer(text.casefold()):
        if word[0] in NUMBER_WORDS:
            yield NUMBER_WORDS[word[0]]


def _invents_names(text: str, known: str) -> bool:
    """Return whether an English post has a name that the operation has not. In other languages nouns have capitals."""
    words = {word[0].casefold() for word in _WORD.finditer(text)}
    if len(words & ENGLISH) < 2:
        return False
    there = {_stem(word[0]) for word in _WORD.finditer(known)}
    for word in _CAPITALISED.finditer(text):
        if _START_OF_SENTENCE.search(text, 0, word.start()) and not _is_followed_by_a_name(text, word.end()):
            continue
        if _stem(word[0]) not in there and word[0].casefold() not in WITH_CAPITAL and word[0].casefold() not in ENGLISH:
            return True
    return False


def _is_followed_by_a_name(text: str, end: int) -> bool:
    return regex.compile(r"\s\p{Lu}\p{Ll}+").match(text, end) is not None


def _stem(word: str) -> str:
    return regex.sub(r"['’]?s\Z|['’]\Z", "", word.casefold())


def _tells_another_outcome(text: str, known: str, fields: Fields) -> bool:
    if fields.outcome in (Outcome.FAILED, Outcome.STOPPED):
        return FAILED.search(text) is None or says(FINISHED, text)
    if fields.kind is Kind.APPROVAL:
        return says(APPROVED, text) or ASKING.search(text) is None
    if fields.outcome is Outcome.RUNNING:
        return says(FINISHED, text)
    return FAILED.search(text) is not None and FAILED.search(known) is None and fields.outcome is Outcome.COMPLETED
