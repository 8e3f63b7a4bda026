"""Find what an operation only plans, or only asks for, and a post tells as done. Pure.

A verb of the plan in a finished form ("confirmed" for "purchasing confirms the list"), or a thing that only the plan
has beside a word such as "already". It ignores what comes, what is asked, what is denied, and everything
that the operation says of what was done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import regex

from autopost.writing.calendar_check import dates_in
from autopost.writing.lazy import Lazy
from autopost.writing.plan_claims import answers_question, claims, is_received, split_plan, things_of
from autopost.writing.subject import words_of
from autopost.writing.verb_forms import are_of_one_verb, is_bare_participle, looks_past, past_forms, verbs_in
from autopost.writing.vocabulary import (
    ALREADY,
    CONDITIONS,
    DENIALS,
    DONE_WITH,
    FAILED,
    FINISHED,
    GENERIC,
    OPEN,
    PARTICIPLES,
    PLANNED,
    PRETERITES,
    said,
)

_WORD = regex.compile(r"[\p{L}\p{M}]+")
_CLAUSE_ENDS = Lazy(r"(?<!\d)[.,]|[,.](?!\d)|[;:!…–—()\n]|\s-\s|(?P<goes_on>\s(?:and|und|et|y|e|en|och|i|и)\s)")
_QUESTION = Lazy(r"[^.!?…]*\?")
_OPEN = Lazy(OPEN)
_CONDITIONS = frozenset(f"{CONDITIONS} bevor avant antes prima appena".split())
# What comes before these is a fact all the same: "the treasurer renewed it after the bank refused".
_TIMES = Lazy(r"\s(?:before|after|nachdem|après que|después de que|dopo che|depois que|nadat|efter att)\s")
_DONE_AGAIN = Lazy(r"(?<=\b(?:was|were|been) \p{L}+ed )again\b")
_VAGUE = frozenset({"look", "looks", "get", "gets", "take", "takes", "come", "comes", "go", "goes"})
_LACK = frozenset({"without", "ohne", "sans", "sin", "senza", "sem", "zonder", "utan", "bez", "без"})
_PURPOSE = Lazy(r"\bfor (?:\p{L}+ ){1,3}to \p{L}+")
_REFLEXIVE = {"es": frozenset({"se"}), "fr": frozenset({"se"})}  # "if" in Italian
_ASKS = Lazy(
    r"(?:ask|request|want|need|wait|would|seek|propos|suggest|apply|hope|bitt|möcht|braucht|beantrag|will|demand|souhait"
    r"|veut|voudr|pid[eo]|pedir|solicit|quier|necesit|chied|chiede|richied|vorr|vuol|pede|quer|precis|pros|chc|chciał"
    r"|vraag|wil|ber|vill|прос|хоч|запр)\w*"
)
_TO = frozenset({"to", "zu", "te", "att"})
# With a date that only the plan has: "the old keys are removed on Monday".
_PRESENT = Lazy(r"\b(?:is|are|goes?|ist|sind|geht|gehen|est|sont|è|sono|es|son|é|são|jest|są|är)\b")
_PASSIVE = Lazy(r"\b(?:ha(?:s|ve)|had) (?:\p{L}+ )?been \p{L}+(?:ed|en|nt)\b")
# Before a participle that is an adjective: "the corrected list".
_DETERMINERS = frozenset(
    {"the", "a", "an", "its", "their", "our", "these", "those", "any", "all", "more", "no"}
    | {"be", "being", "get", "gets"}
)
_ARE_ASKED = (["is", "asked"], ["are", "asked"])
_PARTICLES = frozenset({"out", "into"})  # "ran out of memory" is another verb
_PREFIX = 4  # letters that tell that two words are forms of one
_LONGEST = 5  # letters of a word in `words_of`
_DENSE_WORD = Lazy(r"[\p{Han}\p{Katakana}]{2,}")
_DENSE_DONE = {
    "ja": r"{0}(?:を)?(?:しました|した(?!ら)|済|完了|され(?:た|ました)|でき)",
    "zh": r"已经?[^,,。;;]{{0,4}}{0}|{0}(?:完|好)?(?:了|完成|完毕)",
}
_DENSE_PLAN_VERB = Lazy(r"(?P<word>[\p{Han}\p{Katakana}]{2})(?=し|す|を|\Z|[\p{Han}。])")


def tells_plan_as_done(text: str, plan: str, known: str, language: str | None, *, is_asked: bool = False) -> bool:
    """Return whether a post tells as done what `plan` says, and not `known`: what was done, and why.

    `is_asked`: the plan is a request, so that words for asking are not part of it. A language whose finished forms are
    not known has no such posts.
    """
    if language in _DENSE_DONE:
        return _tells_dense_plan(text, plan, known, _DENSE_DONE[language])
    if language is None or language not in PARTICIPLES or not plan:
        return False
    plan, facts = split_plan(plan)
    known = f"{known} {facts}"
    folded = text.casefold()
    past = _past_words(folded, known, language)
    finished = _finished_forms(past, plan, known, language, is_asked=is_asked) if past else {}
    things = set(words_of(plan, GENERIC)) - set(words_of(known)) if _has_mark(folded, language) else set()
    dates = dates_in(plan.casefold()) - dates_in(known.casefold())
    things -= {date[:_LONGEST] for date in dates}
    new = things_of(plan, known) - {date[:_LONGEST] for date in dates} if not is_asked else frozenset()
    for clause in _facts(folded, language):
        has_date = not dates.isdisjoint(dates_in(clause))
        if is_received(clause, plan, known, language) or (
            not is_asked and answers_question(clause, plan, known, language)
        ):
            return True
        if not (has_date and _PRESENT.search(clause)) and (
            claims(clause, new, known, language, has_date=has_date)
            or _has_finished_form(clause, finished, language)
            or _has_finished_thing(clause, things, language)
        ):
            return True
    return False


def _past_words(text: str, known: str, language: str) -> set[str]:
    """Return the words of a text that look like past forms, and that the operation does not say of what was done."""
    words = set(_WORD.findall(text)) - set(_WORD.findall(known.casefold()))
    return {word for word in words if looks_past(word, language)}


def _finished_forms(past: Collection[str], plan: str, known: str, language: str, *, is_asked: bool) -> dict[str, bool]:
    """Return the past forms of the plan's verbs among some words; and whether the plan has the same word.

    Such a word needs an auxiliary: "bestätigt", "read".
    """
    words = set(past)
    there = set(_WORD.findall(known.casefold())) if language != "en" else set()
    verbs = verbs_in(plan, language) - _VAGUE
    if is_asked:
        verbs = frozenset(verb for verb in verbs if _ASKS.fullmatch(verb) is None)
    if language == "en":
        words &= past_forms(verbs)
        words -= past_forms(verbs_in(known, language)) if words else frozenset()
    else:
        words = {
            word
            for word in words
            if any(are_of_one_verb(word, verb, language) for verb in verbs)
            and not any(are_of_one_verb(word, other, language) for other in there)
        }
    return {word: word in verbs for word in words if FAILED.search(word, language) is None}


def _has_mark(text: str, language: str) -> bool:
    """Return whether a text has a word that tells that a thing is there."""
    return (
        ALREADY.search(text, language) is not None
        or FINISHED.search(text, language) is not None
        or (language == "en" and _PASSIVE.search(text) is not None)
    )


def _facts(text: str, language: str) -> Iterator[str]:
    """Return the clauses that say what is so: no questions, and nothing that comes, may be or is denied."""
    text = _QUESTION.sub(" . ", text)
    start, is_open = 0, False
    ends = [*_CLAUSE_ENDS.finditer(text), None]
    goes_on = False
    for end in ends:
        clause = text[start : end.start() if end else len(text)]
        clause = _TIMES.split(clause, maxsplit=1)[0]
        is_own = DONE_WITH[language].search(clause) is not None
        is_open = (goes_on and is_open and not is_own) or _is_open(clause, language)
        if not is_open:
            yield clause
        if end:
            goes_on, start = end["goes_on"] is not None, end.end()


def _is_open(clause: str, language: str) -> bool:
    words = _WORD.findall(clause)
    clause = _DONE_AGAIN.sub(" ", clause)
    return (
        _OPEN.search(clause) is not None
        or not (_CONDITIONS - _REFLEXIVE.get(language, frozenset())).isdisjoint(words)
        or PLANNED.search(clause, language) is not None
        or _PURPOSE.search(clause) is not None
        or (language in DENIALS and any(DENIALS[language].fullmatch(word) for word in words if word not in _LACK))
    )


def _has_finished_form(clause: str, finished: Mapping[str, bool], language: str) -> bool:
    words = _WORD.findall(clause)
    if finished.keys().isdisjoint(words):
        return False
    has_auxiliary = DONE_WITH[language].search(clause) is not None
    if language == "en":
        return any(
            (place == 0 or words[place - 1] not in _DETERMINERS)
            and words[place - 1 : place + 1] not in _ARE_ASKED
            and _PARTICLES.isdisjoint(words[place + 1 : place + 2])
            and (has_auxiliary or not finished[word])
            for place, word in enumerate(words)
            if word in finished
        )
    return any(
        not (place and words[place - 1] in _TO)
        and (
            # "prüfen" is a verb of the plan, and "bestätigt" may be one and a participle.
            (
                (has_auxiliary or is_bare_participle(word, place, language))
                and PARTICIPLES[language].fullmatch(word) is not None
                and (not finished[word] or word.endswith(("t", "d")))
            )
            or (not finished[word] and PRETERITES[language].fullmatch(word) is not None)
        )
        for place, word in enumerate(words)
        if word in finished
    )


def _has_finished_thing(clause: str, things: Collection[str], language: str) -> bool:
    """Return whether a clause says of a thing that only the plan has that it is there already."""
    if not things or set(words_of(clause)).isdisjoint(things):
        return False
    if (language == "en" and _PASSIVE.search(clause)) or ALREADY.search(clause, language) is not None:
        return True
    # What is ready for a thing does not say so of the thing.
    ends = [mark.start() for mark in FINISHED.finditer(clause, language)] if said(FINISHED, clause, language) else []
    return bool(ends) and not set(words_of(clause[: max(ends)])).isdisjoint(things)


def _tells_dense_plan(text: str, plan: str, known: str, done: str) -> bool:
    verbs = {match["word"] for match in _DENSE_PLAN_VERB.finditer(plan, overlapped=True)}
    return any(verb not in known and regex.search(done.format(verb), text) is not None for verb in verbs)
