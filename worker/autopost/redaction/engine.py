"""Presidio's engine with our recognizers. Nothing in it uses the network or logs text."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import Any

from autopost.redaction import names as name_lists
from autopost.redaction.deadline import Deadline
from autopost.redaction.entities import excluded_ids, select_entities
from autopost.redaction.merge import Finding
from autopost.redaction.models import KINDS_OF_MODELS, SPACY, name_recognizer, split_model
from autopost.redaction.names import NameList
from autopost.redaction.nlp import LABELS, LANGUAGE, Pipeline, Words
from autopost.redaction.people.agents import AgentNames
from autopost.redaction.people.finder import SCORE as PEOPLE_SCORE
from autopost.redaction.people.finder import SINGLE, SOURCES, people
from autopost.redaction.people.second_look import confirmed
from autopost.redaction.prefilter import Prefilter
from autopost.redaction.presidio import (
    AnalyzerEngine,
    ContextWords,
    EntityRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from autopost.redaction.recognizer import RuleRecognizer
from autopost.redaction.rule import Rule
from autopost.redaction.rules import IDS, rules_of

# Presidio logs context words and, in some places, the text itself.
_SILENCED_LOGGERS = ("presidio-analyzer", "decision_process")

LEAST_SCORE = 0.4

_RULES = "rules"
_NAMES = "names"

# Types that are found by a list of names, by the rules for names or a model.
NAME_ENTITIES = frozenset({name_lists.ENTITY, *LABELS.values()})

# The ids of all rules, those for names of people among them.
RULE_IDS = frozenset({*IDS.values(), *SOURCES})


class Engine:
    """Finds personal data and secrets in one normalised text.

    `only` and `without` select types, `without` also single rules by id; `patterns` are the user's own, `names` those
    of known people, `model` finds other names, `given_names` also those that stand alone. `agents` are names that stay.

    Raises ConfigurationError for an unknown type or rule and for a model that cannot be loaded.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        only: Collection[str] | None = None,
        without: Collection[str] = (),
        least_score: float = LEAST_SCORE,
        names: Iterable[str] = (),
        patterns: Sequence[Rule] = (),
        given_names: bool = False,
    ) -> None:
        _silence()
        known = known_entities(patterns)
        self.entities = select_entities(known, only, without, RULE_IDS)
        excluded = excluded_ids(without)
        wanted = [
            rule
            for rule in [*rules_of(self.entities), *(rule for rule in patterns if rule.entity in self.entities)]
            if rule.score >= least_score and IDS.get(rule) not in excluded
        ]
        self._prefilter = Prefilter(wanted)
        # One recognizer for all rules: Presidio spends as much time on a recognizer as that on a rule.
        self._rules = RuleRecognizer(_RULES, wanted, IDS)
        recognizers: list[EntityRecognizer] = [self._rules]  # without any, Presidio loads its own
        named = self.entities & NAME_ENTITIES
        self._knows_names = name_lists.ENTITY in named
        self.agents = AgentNames()
        self.set_names(names)
        kind, name = split_model(model) if model and named else ("", "")
        self._pipeline = Pipeline(name) if kind == SPACY else Words()
        if kind:
            recognizers.append(name_recognizer(kind, name, named))
        self._asks_model = bool(kind)
        # Models find names that stand alone, if not all of them.
        unwanted = excluded if given_names or kind else excluded | {SINGLE}
        self._given_names = given_names  # otherwise the words around a lone one decide, as those around a model's
        self._people = (
            frozenset(SOURCES) - unwanted if self._knows_names and least_score <= PEOPLE_SCORE else frozenset()
        )
        self._analyzer = AnalyzerEngine(
            registry=RecognizerRegistry(recognizers=recognizers, supported_languages=[LANGUAGE]),
            nlp_engine=self._pipeline,
            supported_languages=[LANGUAGE],
            default_score_threshold=least_score,
            context_aware_enhancer=ContextWords(),
        )
        # spaCy allows one memory zone at a time; other models process one text at a time.
        self._zone: AbstractContextManager[Any] = Lock() if kind else nullcontext()

    def set_names(self, names: Iterable[str]) -> None:
        """Look for these full names from now on, unless the type PERSON is excluded."""
        self._names = NameList(names if self._knows_names else ())

    def findings(self, text: str, deadline: Deadline) -> list[Finding]:
        """Return all findings, in any order; they may overlap. Raises DeadlinePassed and PrefilterFailed."""
        found = [Finding(name_lists.ENTITY, *span, name_lists.SCORE, _NAMES) for span in self._names.spans(text)]
        for span, rule in people(text, self._people) if self._people else ():
            name = Finding(name_lists.ENTITY, *span, PEOPLE_SCORE, rule)
            found += confirmed(text, name) if rule == SINGLE and not self._given_names else [name]
        matches = self._rules.matches(text, self._prefilter.candidates(text), deadline)
        if matches or self._asks_model:
            found += self._analyzed(text, matches)
        return self.agents.without(found, text, NAME_ENTITIES) if found else found

    def _analyzed(self, text: str, matches: Sequence[RecognizerResult]) -> list[Finding]:
        """Return the findings that Presidio keeps of the matches of rules, and those of a model."""
        with self._zone, self._pipeline.memory_zone():
            artifacts = self._pipeline.artifacts(text, matches)
            results = self._analyzer.analyze(text, LANGUAGE, nlp_artifacts=artifacts)
            found = [_finding(result) for result in results if result.entity_type in self.entities]
        by_model = [finding for finding in found if finding.recognizer in KINDS_OF_MODELS]
        return [f for f in found if f.recognizer not in KINDS_OF_MODELS] + [
            sure for finding in by_model for sure in confirmed(text, finding)
        ]


def known_entities(patterns: Iterable[Rule] = ()) -> frozenset[str]:
    """Return every type that can be found, including those of the user's own patterns."""
    return frozenset({rule.entity for rule in [*rules_of(), *patterns]} | NAME_ENTITIES)


def _finding(result: RecognizerResult) -> Finding:
    name = str((result.recognition_metadata or {}).get(RecognizerResult.RECOGNIZER_NAME_KEY, ""))
    return Finding(result.entity_type, result.start, result.end, result.score, name)


def _silence() -> None:
    for name in _SILENCED_LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL)
        if _drop not in logger.filters:
            logger.addFilter(_drop)


def _drop(_record: logging.LogRecord) -> bool:
    return False
