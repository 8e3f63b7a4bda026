"""Names that are introduced: by a title, or by words such as `assigned to`."""

from __future__ import annotations

from autopost.redaction.people.around import is_cued, names_organisation
from autopost.redaction.people.full_name import goes_on
from autopost.redaction.people.lists import Kind, folded, is_word
from autopost.redaction.people.signs import (
    AFTER_TITLE,
    BUSINESS_ENDINGS,
    CAPITAL_ENDINGS,
    LOWER_TITLES,
    OFFICES,
    PARTICLES,
    STRONG_CUES,
    TITLES,
    VERBS_AFTER_WORDS,
    VERBS_OF_PEOPLE,
)
from autopost.redaction.people.things import OF_ORGANISATIONS, is_known, names_thing
from autopost.redaction.people.words import Word, chain_from, joined

_UNITS = frozenset(["m", "ms"])


def after_title(text: str, words: list[Word], index: int) -> int | None:
    """Return the end of the name after a title: `Dr. Anna van der Berg`, `Frau Müller`."""
    title = words[index]
    if index + 1 == len(words) or not (title.capital or folded(title.text) in LOWER_TITLES):
        return None
    if title.text in _UNITS and text[: title.start].rstrip()[-1:].isdigit():  # `in 436 ms. Stock`
        return None
    if title.text.isupper() and len(title.text) > 1 and folded(title.text) not in OFFICES:  # `MS Windows`
        return None
    first = _after_particles(text, words, index + 1)
    if first is None or text[title.end : words[index + 1].start] not in {" ", ". ", ".", "\u00a0"}:
        return None
    following = words[first]
    if title.text.islower() and following.text.islower():  # `dr. hoffmann`
        return _lower_end(text, words, first)
    if folded(following.text) in TITLES and following.capital:  # `Herr Dr. Krause`: the next title finds the name
        return None
    if not following.capital or (following.text.isupper() and len(following.text) > 1):
        return None
    office = folded(title.text) in OFFICES
    if office and (
        not (following.kind.surname or following.kind.unknown or following.kind.given)
        or following.text.lower().endswith(BUSINESS_ENDINGS)
        or names_organisation(text, words, first, first)
    ):
        return None
    if folded(following.text) in AFTER_TITLE or following.kind == Kind():
        plain = folded(following.text)
        if plain in AFTER_TITLE or not is_word(plain) or title.text.lower() not in {"mr", "mrs", "ms", "frau", "herr"}:
            return None
    chain = chain_from(text, words, first)
    last = 0
    while last + 1 < len(chain) and (words[chain[last + 1]].is_initial or goes_on(words[chain[last + 1]])):
        last += 1
    while last and words[chain[last]].is_initial:
        last -= 1
    return chain[last]


def _lower_end(text: str, words: list[Word], first: int) -> int | None:
    """Return the end of a name in lower case after a title: a surname, or a given name and one."""
    behind = first + 1
    if words[first].kind.given and behind < len(words) and joined(text, words[first], words[behind]):
        kind = words[behind].kind
        if words[behind].text.islower() and (kind.surname or kind.unknown or kind.given):
            return behind
    return first if words[first].kind.surname else None


def _after_particles(text: str, words: list[Word], index: int) -> int | None:
    """Return the place of the first word that is not a particle; None if the words do not belong together."""
    for place in range(index, min(index + 4, len(words))):
        if words[place].text.lower() not in PARTICLES or words[place].capital:
            return place
        if place + 1 == len(words) or not joined(text, words[place], words[place + 1]):
            return None
    return None


def cued_name(text: str, words: list[Word], index: int, *, cued: bool) -> int | None:
    """Return the end of a name of two unknown words after words that come before people: `assigned to Xiu Qorbani`."""
    chain = chain_from(text, words, index)
    if len(chain) < 2 or folded(words[index].text) in OF_ORGANISATIONS:
        return None
    end = words[chain[-1]].end
    if not (cued or is_cued(text, words, index, STRONG_CUES) or VERBS_OF_PEOPLE.match(text, end)):
        if not (is_cued(text, words, index) or VERBS_AFTER_WORDS.match(text, end)):
            return None
        if all(words[place].text.isascii() for place in chain) and not words[chain[-1]].text.endswith(CAPITAL_ENDINGS):
            return None
        if not all(
            words[place].is_initial or (words[place].kind.unknown and len(words[place].text) > 3) for place in chain
        ):
            return None
    named = [words[place] for place in chain if not words[place].is_initial]
    if len(named) < 2 or any(word.text.isupper() or len(word.text) < 2 for word in named):
        return None
    first, second = named[0].kind, named[1].kind
    if not (first.unknown or first.surname or first.maybe_given) or not (
        second.unknown or second.surname or second.given or (first.surname and second.maybe_surname)
    ):
        return None
    if named[1].text.lower().endswith(BUSINESS_ENDINGS):
        return None
    last = chain.index(next(place for place in chain if words[place] is named[1]))
    while last + 1 < len(chain) and goes_on(words[chain[last + 1]]):
        last += 1
    if is_known(named) or is_known(named[:2]) or names_organisation(text, words, index, chain[last]):
        return None
    return None if names_thing(text, words, index, chain[last]) else chain[last]
