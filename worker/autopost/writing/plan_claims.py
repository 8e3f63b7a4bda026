"""Find in a clause what it says of a thing that only the plan has: that it was done, or that it is there. Pure.

"A native speaker has gone over the text" for "have the text checked by a native speaker": the verb may be any, if the
thing comes before it. Present tense says nothing by itself: "Facilities removes the permissions on Monday".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

import regex

from autopost.writing.lazy import Lazy
from autopost.writing.subject import COMMON, NO_SUBJECT, stem, words_of
from autopost.writing.verb_forms import past_forms, verbs_in
from autopost.writing.vocabulary import IRREGULAR, PAST_TENSES, RECEIVED, SENDING

_WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’](?=\p{L}))?")
_SAME = 4  # letters that a word of the plan and one of the rest share: "warning" is not new where "warned" is
_LEAST_THINGS = 2
_IRREGULAR_FORMS = frozenset().union(
    *IRREGULAR.values(), {"gone", "went", "came", "took", "taken", "gave", "given", "got", "made", "done", "ran"}
)
_NO_VERB_AFTER = frozenset(
    {"the", "a", "an", "its", "their", "our", "these", "those", "any", "all", "more", "no", "to"}
    | {"be", "being", "get", "gets", "getting"}
)
_ARTICLES = frozenset({"a", "an", "the"})
_WHETHER = {
    language: regex.compile(rf"\b(?:{words})\s(?P<what>[^.;!?]+)", regex.I)
    for language, words in {
        "en": "whether",
        "de": "ob",
        "fr": "si",
        "es": "si",
        "it": "se",
        "pt": "se",
        "pl": "czy",
    }.items()
}
_IN_QUESTION = Lazy(
    r"\b(?:whether|if|ask|asks|asked|question|ob|frage|si|demand|pregunt|se|chied|pergunt|of|vraag|czy|pyta|om|fråga)",
    regex.I,
)
_ASKED = frozenset({"asked", "invited", "planned", "needed", "wanted", "expected", "suggested", "proposed"})
_COPULA = Lazy(
    r"\b(?:is|are|was|were|ist|sind|war|waren|liegt|liegen|hängt|hängen|steht|stehen|est|sont|está|están|è|sono|é|são"
    r"|estão|zijn|är|jest|są)\b(?! (?:\p{L}+ing|asked|invited|up (?:for|to|next)|about|on it)\b)"
)
_PLACE = Lazy(
    r"\b(?:in|at|on|im|beim?|am|auf|dans|chez|nella?|nel|na|no|w)\s(?:(?:the|der|dem|den|la|le|het|de|una|a)\s)?"
    r"(?P<where>\p{L}+)"
)
_FACT_IN_PASSING = Lazy(
    r"(?:,\s|\b)(?:where|which|because|since|as it|after (?=the|a|an)|weil|nachdem"
    r"|da (?:der|die|das|er|sie|es)|où|parce qu|puisqu|donde|porque|ya que|dove|perché|poiché|onde"
    r"|omdat|nadat|ponieważ|bo|eftersom)\b[^.,;!?]*",
    regex.I,
)
_BEFORE_COPULA = 8  # words


def things_of(plan: str, known: str) -> frozenset[str]:
    """Return the beginnings of the words that only the plan has."""
    there = {word[:_SAME] for word in words_of(known)}
    return frozenset(
        word for word in words_of(plan, NO_SUBJECT) if word[:_SAME] not in there and not word[0].isnumeric()
    )


def split_plan(plan: str) -> tuple[str, str]:
    """Return what is planned, and what it says in passing of what is so: "where most of the delays happened"."""
    facts: list[str] = []

    def told(found: regex.Match[str]) -> str:
        facts.append(found[0])
        return " "

    return _FACT_IN_PASSING.sub(told, plan), " ".join(facts)


def claims(clause: str, things: Collection[str], known: str, language: str, *, has_date: bool) -> bool:
    """Return whether a folded clause says of a thing of the plan that it is done or there.

    `has_date`: the clause has a date that only the plan has, so that its present tense is about the future.
    """
    words = _WORD.findall(clause)
    places = [place for place, word in enumerate(words) if stem(word) in things]
    if not places:
        return False
    verb = _past_verb(clause, words, known, language)
    if verb is not None and (
        places[0] < verb
        or len(places) >= _LEAST_THINGS
        or any(words[place - 1] in _ARTICLES and place - verb <= _LEAST_THINGS + 1 for place in places)
    ):
        return True
    return not has_date and _is_there(clause, things)


def answers_question(clause: str, plan: str, known: str, language: str) -> bool:
    """Return whether a clause says what the plan only asks: "the readers want to stay"."""
    asked = _WHETHER[language].search(plan) if language in _WHETHER else None
    if asked is None or _IN_QUESTION.search(clause) is not None:
        return False
    open_words = set(map(stem, _WORD.findall(asked["what"].casefold()))) - set(
        map(stem, _WORD.findall(known.casefold()))
    )
    return len((open_words - {None}) & set(map(stem, _WORD.findall(clause)))) >= _LEAST_THINGS


def is_received(clause: str, plan: str, known: str, language: str) -> bool:
    """Return whether a clause says that somebody has what the plan only sends."""
    return (
        RECEIVED.search(clause, language) is not None
        and SENDING.search(plan, language) is not None
        and SENDING.search(known, language) is None
        and RECEIVED.search(known, language) is None
    )


def _past_verb(clause: str, words: Sequence[str], known: str, language: str) -> int | None:
    """Return the place of a verb in the past that the operation does not say of what was done."""
    if language == "en":
        of_known = _past_in(known)
        return next(
            (
                place
                for place, word in enumerate(words)
                if (word in _IRREGULAR_FORMS or (word.endswith("ed") and len(word) > _SAME))
                and word not in COMMON
                and word not in of_known
                and word not in _ASKED
                and (place == 0 or words[place - 1] not in _NO_VERB_AFTER)
            ),
            None,
        )
    tense = PAST_TENSES.get(language)
    found = tense.search(clause) if tense is not None else None
    if found is None or found["verb"][:_SAME] in {word[:_SAME] for word in _WORD.findall(known.casefold())}:
        return None
    return len(_WORD.findall(clause, 0, found.start("verb")))


@lru_cache(maxsize=8)
def _past_in(known: str) -> frozenset[str]:
    words = frozenset(_WORD.findall(known.casefold()))
    return words | past_forms(verbs_in(known, "en"))


def _is_there(clause: str, things: Collection[str]) -> bool:
    """Return whether the clause says that a thing is, or where the thing of the plan is the place."""
    for copula in _COPULA.finditer(clause):
        before = _WORD.findall(clause, 0, copula.start())[-_BEFORE_COPULA:]
        if any(stem(word) in things for word in before):
            return True
        place = _PLACE.match(clause, copula.end() + 1)
        if place is not None and stem(place["where"]) in things:
            return True
    return False
