"""Tell the verbs of a text, and which words are forms of one verb, as far as their letters tell. Pure.

English has its past forms generated, German and Dutch verbs are compared by their consonants, and those of the other
languages by their beginnings.
"""

from __future__ import annotations

from collections.abc import Collection

import regex

from autopost.writing.subject import COMMON
from autopost.writing.vocabulary import BEFORE_NOUNS, IRREGULAR, PARTICIPLES, PRETERITES

GERMANIC = frozenset({"de", "nl"})
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_IRREGULAR_FORMS = frozenset().union(*IRREGULAR.values())
_SPLIT_PREFIX = regex.compile(
    r"\A(?P<prefix>ab|an|auf|aus|bei|durch|ein|fest|frei|fort|her(?:aus)?|hin|hoch|los|mit|nach|statt|teil|um|unter|vor|weg"
    r"|weiter|wieder|zu|zurück|zusammen|op|uit|in|na|af|aan|door|over|terug|toe|bij)?ge(?=\p{L}{3})"
)
_GERMANIC_ENDING = regex.compile(r"(?:e?te[nt]?|e?de[n]?|en|et|[tdn])\Z")
_VOWELS = regex.compile(r"[aeiouäöüyh]+")
_TWICE = regex.compile(r"(\p{L})\1+")
_PREFIX, _SHORT_PREFIX, _SHORT = 4, 3, 6
_LEAST = 3  # letters


def looks_past(word: str, language: str) -> bool:
    """Return whether a folded word looks like a past form or a participle of the language."""
    if language == "en":
        return word.endswith("ed") or word in _IRREGULAR_FORMS
    if word in COMMON:
        return False
    return PARTICIPLES[language].fullmatch(word) is not None or PRETERITES[language].fullmatch(word) is not None


def verbs_in(plan: str, language: str) -> frozenset[str]:
    """Return the folded words of the plan that may be verbs: all but what is known to be a noun."""
    words: set[str] = set()
    before = ""
    for match in _WORD.finditer(plan):
        is_first = match.start() == 0 or plan[max(0, match.start() - 3) : match.start()].rstrip()[-1:] in ".!?;:"
        word, last, before = match[0].casefold(), before, match[0].casefold()
        is_noun = (language == "de" and match[0][0].isupper() and not is_first) or (
            last in BEFORE_NOUNS.get(language, frozenset()) and not is_first
        )
        # What looks like a participle there is a noun or an adjective: "données", "pedidos".
        is_noun |= language not in ("en", *GERMANIC) and PARTICIPLES[language].fullmatch(word) is not None
        if not is_noun and len(word) >= _LEAST and word not in COMMON:
            words.add(word)
    return frozenset(words)


def past_forms(words: Collection[str]) -> frozenset[str]:
    """Return the past forms of English words, as if each were a verb."""
    forms: set[str] = set()
    for word in words:
        for base in {word, word.removesuffix("s"), word.removesuffix("es")}:
            if base in IRREGULAR:
                forms |= IRREGULAR[base]
            elif len(base) >= _LEAST:
                forms |= {f"{base}ed", f"{base}{base[-1]}ed"}
                forms |= {f"{base}d"} if base.endswith("e") else set()
                forms |= {f"{base[:-1]}ied"} if base.endswith("y") else set()
        if word.endswith("ies"):
            forms.add(f"{word[:-3]}ied")
    return frozenset(forms)


def are_of_one_verb(word: str, verb: str, language: str) -> bool:
    """Return whether two words are forms of one verb, as far as their letters tell."""
    if language in GERMANIC:
        if PRETERITES[language].fullmatch(word) and _GERMANIC_ENDING.sub("", word) == _GERMANIC_ENDING.sub("", verb):
            return True
        return not word.endswith(("te", "de")) and len(_skeleton(word)) > 1 and _skeleton(word) == _skeleton(verb)
    length = _SHORT_PREFIX if max(len(word), len(verb)) <= _SHORT else _PREFIX
    return word[:length] == verb[:length]


def _skeleton(word: str) -> str:
    """Return the consonants of a verb without what its forms add: "geschrieben" and "schreibt" are "schrb"."""
    bare = _GERMANIC_ENDING.sub("", _SPLIT_PREFIX.sub(lambda match: match["prefix"] or "", word))
    return _TWICE.sub(r"\1", _VOWELS.sub("", bare)) if len(bare) >= _LEAST else bare


def is_bare_participle(word: str, place: int, language: str) -> bool:
    """Return whether a participle needs no auxiliary, as in headlines: "Kunden gefragt", "Envoyé la brochure"."""
    if language in GERMANIC:
        return _SPLIT_PREFIX.match(word) is not None
    return place == 0 or (language == "fr" and word.endswith(("és", "ées", "ises")))
