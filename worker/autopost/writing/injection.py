"""Find what an operation's texts say to the author of the post, and whether a post obeys or repeats it. Pure.

The prompt says that the texts are data. A model that obeys them all the same writes what such a sentence asks for, or
quotes it: so a post may have no two words that only such sentences have.
"""

from __future__ import annotations

from collections.abc import Iterable

import regex

from autopost.writing.lazy import Lazy
from autopost.writing.subject import COMMON, words_of
from autopost.writing.vocabulary import INSTRUCTIONS

_SENTENCE = Lazy(r"[^.!?。！？]*(?:[.!?]++(?!\s|\Z|[\"'”’»)])[^.!?。！？]*)*(?:[.!?。！？]+[\"'”’»)]*|\Z)")
_OBEYED_WORDS = 2
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_SHOUTED = regex.compile(r"\b\p{Lu}{4,}\b")  # "reply with the word BANANA"
_LEAST = 4  # letters
_QUOTED = Lazy(r"(?:(?<!\w)['‘]|[\"“„«])(?P<inside>[^\"“”„«»]{4,}?)(?:['’](?!\w)|[\"”“»])")

# What somebody said or wrote, and the operation quotes. A post that says it, too, says whose words these are.
_SAID = Lazy(
    r"\b(?:sa(?:id|ys?|ying)|reads?|contain(?:s|ed|ing)|wrote|writes|asks?|asked|demands?|demanded|remark|sagte?|schrieb|lautete?|enthielt"
    r"|enthält|stand|bemerkung|dit|disait|contenait|contient|écrit|dice|dec[íi]a|conten[íi]a|contiene|diceva|conteneva|scrive|diz|dizia"
    r"|continha|contém|zei|schreef|stond|bevatte|skrev|stod|brzmi\w*|zawiera\w*|napisa\w*)\b[^\"“„«'‘.!?]{0,16}"
    r"(?:(?<!\w)['‘]|[\"“„«])(?P<inside>[^\"“”„«»]{12,}?)(?:['’](?!\w)|[\"”“»])"
    # or what is addressed to a program
    r"|(?:(?<!\w)['‘]|[\"“„«])(?P<inside>(?:AI|bots?|assistants?|systems?|models?|agents?|LLM)\b[^\"“”„«»]{12,}?)(?:['’](?!\w)|[\"”“»])",
    regex.I,
)
_ATTRIBUTED = Lazy(
    r"[\"“”„«»]|\b(?:sa(?:id|ys?)|reads?|comments?|notes?|messages?|texts?|spam|attempt\w*|instruct\w*|inject\w*|wrote|writes|ask\w*"
    r"|request\w*|remark\w*|according|quot\w*|sag\w*|schr\w+|hinweis\w*|bemerk\w*|remarque\w*|kommentar\w*|laut|nachricht\w*|dit|selon|message|demand\w*"
    r"|dice\w*|según|mensaje\w*|pide\w*|secondo|messaggio|chied\w*|diz\w*|segundo|mensagem|pede\w*|volgens|bericht|zeg\w*"
    r"|enligt|według|prosi\w*)\b",
    regex.I,
)
_LEAST_QUOTED = 2  # words


def repeats_a_quotation(text: str, about: str) -> bool:
    """Return whether a sentence of a post tells as its own what somebody said in the operation."""
    quoted = [found["inside"] for found in _SAID.finditer(about)]
    if not quoted:
        return False
    around = set(words_of(_SAID.sub(" ", about)))
    only = [set(words_of(words)) - around for words in quoted]
    return any(
        len(words.intersection(words_of(sentence[0]))) >= _LEAST_QUOTED
        for sentence in _SENTENCE.finditer(text)
        if _ATTRIBUTED.search(sentence[0]) is None
        for words in only
    )


def without_instructions(texts: Iterable[str]) -> tuple[str, str]:
    """Return what the texts say about the operation, and the ends of sentences that address the author of the post."""
    about: list[str] = []
    instructions: list[str] = []
    for text in texts:
        for match in _SENTENCE.finditer(text):
            begin = INSTRUCTIONS.search(match[0])
            end = begin.start() if begin else len(match[0])
            about.append(match[0][:end].strip())
            instructions.append(match[0][end:].strip())
    return " ".join(filter(None, about)), " ".join(filter(None, instructions))


def _runs(text: str) -> set[tuple[str, ...]]:
    """Return every three words in a row, of which one says something."""
    words = _WORD.findall(text.casefold())
    runs = zip(words, words[1:], words[2:], strict=False)
    return {run for run in runs if any(len(word) >= _LEAST and word not in COMMON for word in run)}


def obeys(text: str, about: str, instructions: str) -> bool:
    """Return whether a post has words that only the instructions have, or what they quote."""
    if not instructions:
        return False
    folded, about_folded = text.casefold(), about.casefold()
    quoted = (match["inside"].strip(" .!?,").casefold() for match in _QUOTED.finditer(instructions))
    if any(words in folded and words not in about_folded for words in quoted if words):
        return True
    if any(
        word.casefold() in folded and word.casefold() not in about_folded for word in _SHOUTED.findall(instructions)
    ):
        return True
    if not (_runs(instructions) - _runs(about)).isdisjoint(_runs(text)):
        return True
    only_there = set(words_of(instructions)) - set(words_of(about))
    return len(only_there & set(words_of(text))) >= _OBEYED_WORDS
