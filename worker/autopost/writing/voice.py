"""How posts by the model sound: what the team decides of the prompt, and what an answer must keep to. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import regex

MAX_EMOJI = 2
MAX_HASHTAGS = 2
DEFAULT_TEXT = (
    "casual and friendly, plain words, no jargon, no raw identifiers where a plain word exists; about the value for "
    "the team: what is better, done or decided now"
)
HASHTAG = regex.compile(r"#(?!\d+\b)\w[\w-]*")
_AT_THE_END = regex.compile(rf"(?:\s*{HASHTAG.pattern})+\s*\Z")


@dataclass(frozen=True, slots=True)
class Voice:
    """What the prompt says about tone, language, hashtags and emoji.

    `language` is an ISO 639-1 code, None for the language of each operation. `hashtags` are those that a post may have:
    none if empty, any if None. At most MAX_HASHTAGS of them, and at most `emoji` emoji, are in a post.
    """

    text: str = DEFAULT_TEXT
    language: str | None = None
    hashtags: tuple[str, ...] | None = ()
    emoji: int = MAX_EMOJI

    @property
    def is_default(self) -> bool:
        """Return whether the team has changed nothing."""
        return self == DEFAULT

    def without_other_hashtags(self, text: str, known: Collection[str] = ()) -> str:
        """Return the text with the hashtags that it may have, and those in `known`, which are in lower case.

        Others at its end are removed; within a sentence they lose their sign, and stay as a word.
        """
        if self.hashtags is None or "#" not in text:
            return text
        allowed = {*known, *(tag.casefold() for tag in self.hashtags)}

        def kept(found: regex.Match[str]) -> str:
            return found[0] if found[0].casefold() in allowed else found[0][1:]

        end = _AT_THE_END.search(text)
        body, tail = (text[: end.start()], HASHTAG.findall(end[0])) if end else (text, [])
        return " ".join([HASHTAG.sub(kept, body).rstrip(), *(tag for tag in tail if tag.casefold() in allowed)]).strip()

    def without_hashtags(self, text: str) -> str:
        """Return the text without the hashtags that it may have whatever the operation says."""
        if self.hashtags is None:
            return HASHTAG.sub(" ", text)
        allowed = {tag.casefold() for tag in self.hashtags}
        return HASHTAG.sub(lambda found: " " if found[0].casefold() in allowed else found[0], text)


DEFAULT = Voice()
