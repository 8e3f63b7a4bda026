"""How digests are worded, from the file of the team's wording: a section `[[digests]]` for each language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from autopost.model.counted import ENGLISH, Noun, Words
from autopost.writing.digest import DEFAULT, DigestWording
from autopost.writing.plain import plain
from autopost.writing.wording import DIGEST_PLACEHOLDERS
from autopost.writing.wording_problems import Problem, language_in, require_known, shown, template_in

MOST_NOUNS = 200
MOST_WORD_CHARACTERS = 60
MOST_FIXED_CHARACTERS = 100  # of a text that stands beside or after a post
_KEYS = ("language", *DIGEST_PLACEHOLDERS, "and", "other", "operations")
_NOUN = 'two texts, for one and for several, such as ["ein Bericht", "{count} Berichte"]'


def digest_wordings(sections: Iterable[tuple[dict[str, Any], Problem]]) -> list[DigestWording]:
    """Return the wordings of sections. What one leaves out is as in English."""
    found: list[DigestWording] = []
    for section, problem in sections:
        wording = _wording(section, problem)
        if any(other.language == wording.language for other in found):
            problem("language", "for the same language as another [[digests]]; expected: one for each")
        found.append(wording)
    return found


def _wording(section: dict[str, Any], problem: Problem) -> DigestWording:
    require_known(section, _KEYS, problem)
    given = {
        key: template_in(key, section[key], known, problem, MOST_FIXED_CHARACTERS)
        for key, known in DIGEST_PLACEHOLDERS.items()
        if key in section
    }
    for key, template in given.items():
        needed = "operations" if key in ("post", "finished") else "count"
        if template is not None and needed not in template.names:
            problem(key, f"does not say how much there is; expected: {{{needed}}} in it")
    post = given.get("post") or DEFAULT.post
    return DigestWording(
        post=post,
        finished=given.get("finished") or (post if "post" in section else DEFAULT.finished),
        text=given.get("text") or DEFAULT.text,
        beside=given.get("beside"),
        words=_words(section, problem),
        language=language_in(section, problem) if "language" in section else None,
    )


def _words(section: dict[str, Any], problem: Problem) -> Words:
    nouns = section.get("operations", {})
    if not isinstance(nouns, dict) or len(nouns) > MOST_NOUNS:
        problem("operations", f"expected: a section [digests.operations] of at most {MOST_NOUNS} operation types")
        nouns = {}
    conjunction = section.get("and", ENGLISH.conjunction)
    if not _is_word(conjunction):
        problem("and", f"got {shown(conjunction)}; expected: the word before the last of several, such as und")
        conjunction = ENGLISH.conjunction
    own = {type_.casefold(): _noun(f"operations.{type_}", noun, problem) for type_, noun in nouns.items()}
    return Words(
        nouns={**ENGLISH.nouns, **{type_: noun for type_, noun in own.items() if noun is not None}},
        other=_noun("other", section.get("other", list(ENGLISH.other)), problem) or ENGLISH.other,
        conjunction=conjunction,
    )


def _noun(key: str, given: Any, problem: Problem) -> Noun | None:
    if isinstance(given, list) and len(given) == 2 and all(map(_is_word, given)) and "{count}" in given[1]:
        return given[0], given[1]
    problem(shown(key), f"got {shown(given)}; expected: {_NOUN}")
    return None


def _is_word(given: Any) -> bool:
    return isinstance(given, str) and 0 < len(given) <= MOST_WORD_CHARACTERS and plain(given) == given
