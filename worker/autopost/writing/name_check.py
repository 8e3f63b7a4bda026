"""Find the names of a post that its operation has not. Pure.

In the middle of a sentence a capital marks a name. At its start every word has one: there, in English, a given name or
a word that no dictionary has is one. The lists are those by which the redactor finds names of people.
"""

from __future__ import annotations

import regex

from autopost.redaction.people.lists import Kind, folded, is_word, kind
from autopost.redaction.people.vocabulary import PRODUCTS
from autopost.writing.vocabulary import COUNTRIES, ENGLISH, WITH_CAPITAL

_POSSESSIVE = regex.compile(r"['’]s?\Z")
_LEAST_SHORT_FORM = 5  # letters that "Postgres" and PostgreSQL share
_LEAST_UNKNOWN = 4
_WORD = regex.compile(r"[\p{L}\p{M}][\p{L}\p{M}\p{N}'’-]*")
_ENDING = regex.compile(r"['’]?s\Z|['’]\Z")
_MADE_VERB = regex.compile(r"i[sz](?:e[dsr]?|ers?|ing|ations?)\Z")
_SHORT_FORM = regex.compile(r"['’](?:ve|ll|re|d|m|t)\Z")
_FOLLOWED_BY_A_NAME = regex.compile(r"\s\p{Lu}\p{Ll}+")
# In German nouns have capitals, and other scripts have none.
_NAMES_HAVE_CAPITALS = frozenset({"en", "fr", "es", "it", "pt", "nl", "sv", "da", "pl", "cs", "ru", "uk", "ro"})
_CAPITALISED = regex.compile(r"\p{Lu}\p{Ll}[\p{L}\p{M}'’-]+")
_START_OF_SENTENCE = regex.compile(r"(?:\A|[.!?…:;–—\n]|\p{Extended_Pictographic}\uFE0F?|[\"“”'‘(¡¿-])\s*\Z")
_AMERICAN = {"our": "or", "ise": "ize", "isi": "izi", "lled": "led", "lling": "ling", "tre": "ter", "ogue": "og"}
_BRITISH = regex.compile("|".join(_AMERICAN))
# At the start of a sentence, and in no dictionary.
_INTERJECTIONS = frozenset({"okay", "hooray", "hurray", "woohoo", "oops", "phew", "kudos", "hello", "heads-up", "psst"})


def invents_names(text: str, known: str, language: str | None) -> bool:
    """Return whether a post in this language has a name that the operation's texts, `known`, have not."""
    if language not in _NAMES_HAVE_CAPITALS:
        return False
    names = list(filter(None, (_name(text, word, language) for word in _CAPITALISED.finditer(text))))
    names = [name for name in names if name not in WITH_CAPITAL and name not in ENGLISH]
    if not names:
        return False
    there = {_stem(word[0]) for word in _WORD.finditer(known)}
    for names_of_one in COUNTRIES:
        if not names_of_one.isdisjoint(there):
            there |= names_of_one
    return not all(
        name in there
        or (len(name) >= _LEAST_SHORT_FORM and any(other.startswith(name[:_LEAST_SHORT_FORM]) for other in there))
        for name in names
    )


def _name(text: str, word: regex.Match[str], language: str) -> str | None:
    """Return the name that a capitalised word is, without its ending; None for another word."""
    starts_sentence = _START_OF_SENTENCE.search(text, 0, word.start()) is not None
    if not starts_sentence or _FOLLOWED_BY_A_NAME.match(text, word.end()):
        return _stem(word[0])
    return _stem(word[0]) if language == "en" and _is_name(word[0]) else None


def _is_name(word: str) -> bool:
    bare = _POSSESSIVE.sub("", word)
    if len(bare) < _LEAST_UNKNOWN or _SHORT_FORM.search(word) or word.lower() in _INTERJECTIONS:
        return False
    what = kind(bare)
    if what.given or what.surname or (folded(bare) in PRODUCTS and not is_word(folded(bare))):
        return True
    return what.unknown and kind(word) != Kind() and not _is_form_of_a_word(bare)


def _is_form_of_a_word(word: str) -> bool:
    """Return whether the dictionary has it in another form: "settings", "colours", "webshop"."""
    plain = folded(word)
    american = _BRITISH.sub(lambda match: _AMERICAN[match[0]], plain)
    forms = {american, american.removesuffix("s")}
    halves = ((form[:end], form[end:]) for form in forms for end in range(3, len(form) - 2))
    if _MADE_VERB.search(plain) is not None or any(map(is_word, forms)):
        return True
    return any(is_word(first) and is_word(second) for first, second in halves)


def _stem(word: str) -> str:
    return _ENDING.sub("", word.casefold())
