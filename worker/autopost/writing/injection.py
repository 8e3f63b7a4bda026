"""Find what an operation's texts say to the author of the post, and whether a post obeys or repeats it. Pure.

The prompt says that the texts are data. A model that obeys them all the same writes what such a sentence asks for, or
quotes it: so a post may have no two words that only such sentences have.
"""

from __future__ import annotations

from collections.abc import Iterable

import regex

from autopost.writing.subject import words_of
from autopost.writing.vocabulary import INSTRUCTIONS

_SENTENCE = regex.compile(r"[^.!?。！？]*(?:[.!?]++(?!\s|\Z|[\"'”’»)])[^.!?。！？]*)*(?:[.!?。！？]+[\"'”’»)]*|\Z)")
_OBEYED_WORDS = 2


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


def obeys(text: str, about: str, instructions: str) -> bool:
    """Return whether a post has words that only the instructions have."""
    if not instructions:
        return False
    only_there = set(words_of(instructions)) - set(words_of(about))
    return len(only_there & set(words_of(text))) >= _OBEYED_WORDS
