"""What stands around a name, and says that it is the name of a person or of something else."""

from __future__ import annotations

import re
from typing import Any

from autopost.redaction.pattern import compiled
from autopost.redaction.people.lists import folded, is_word
from autopost.redaction.people.signs import AFTER_ORGANISATION, BEFORE_PLACE, CUES, TITLES
from autopost.redaction.people.words import Word, joined

SENTENCE_START = re.compile(r"(?:^|[.!?:;\n*•>|]\s*|[-(\"']\s?)$")

_CAPITAL_BEFORE = compiled(r"(\p{Lu}[\p{L}'-]*)(?: & | )$")
_CAPITAL_AFTER = compiled(r"^(?: & | )\p{Lu}")


def stands_in_capitals(text: str, word: Word) -> bool:
    """Return whether a capitalised word is next to another, as in `San Jose`, which does not only begin a sentence."""
    if _CAPITAL_AFTER.match(text[word.end : word.end + 4]):
        return True
    before = _CAPITAL_BEFORE.search(text[max(0, word.start - 32) : word.start])
    if before is None:
        return False
    start = word.start - (len(before.group()) - before.start(1) + before.start())
    begins = SENTENCE_START.search(text[max(0, start - 4) : start]) is not None
    return not (begins and is_word(folded(before.group(1)))) and folded(before.group(1)) not in TITLES


def is_cued(text: str, words: list[Word], index: int, signs: Any = CUES) -> bool:
    """Return whether the words before this one come before people."""
    before = text[max(0, words[index].start - 48) : words[index].start]
    return signs.search(before) is not None


def follows_place_word(text: str, words: list[Word], index: int) -> bool:
    """Return whether the word before makes this one a place: `Lake Victoria`."""
    if not index:
        return False
    before = words[index - 1]
    return folded(before.text) in BEFORE_PLACE and before.capital and joined(text, before, words[index])


def names_organisation(text: str, words: list[Word], first: int, last: int) -> bool:
    """Return whether what follows makes the words the name of an organisation, a place or a thing."""
    after = text[words[last].end : words[last].end + 3]
    if after[:1] in {"_", "@", "/"} or after[:2] in {" &", "()"} or (after[:1] == "." and after[1:2].isalnum()):
        return True
    if text[words[first].start - 1 : words[first].start] in {"_", "/", "@", "#"}:
        return True
    if last + 1 == len(words) or not joined(text, words[last], words[last + 1]):
        return False
    following = words[last + 1]
    return following.capital and folded(following.text) in AFTER_ORGANISATION
