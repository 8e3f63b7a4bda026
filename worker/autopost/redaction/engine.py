"""Presidio's engine, with our recognizers and nothing that reaches the network or writes text to a log."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import Any

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.predefined_recognizers import SpacyRecognizer

from autopost.redaction.deadline import Deadline
from autopost.redaction.merge import Finding
from autopost.redaction.nlp import LABELS, LANGUAGE, Pipeline, Words
from autopost.redaction.prefilter import Prefilter
from autopost.redaction.recognizer import RuleRecognizer
from autopost.redaction.rules import FAMILIES, grouped_rules

# Presidio logs context words and, in places, the text it looks at.
_TALKATIVE_LOGGERS = ("presidio-analyzer", "decision_process")

LEAST_SCORE = 0.4


class Engine:
    """Finds personal data and secrets in one normalised text.

    Raises ConfigurationError when the named spaCy model is not there.
    """

    def __init__(self, spacy_model: str | None = None) -> None:
        _silence()
        self._pipeline = Pipeline(spacy_model) if spacy_model else Words()
        recognizers = [RuleRecognizer(name, rules) for name, rules in FAMILIES.items()]
        self._prefilter = Prefilter(grouped_rules())
        self._knows_names = spacy_model is not None
        names = [SpacyRecognizer(supported_entities=sorted(set(LABELS.values())))] if self._knows_names else []
        self._analyzer = AnalyzerEngine(
            registry=RecognizerRegistry(recognizers=[*recognizers, *names], supported_languages=[LANGUAGE]),
            nlp_engine=self._pipeline,
            supported_languages=[LANGUAGE],
            default_score_threshold=LEAST_SCORE,
        )
        self.entities = frozenset(self._analyzer.get_supported_entities(LANGUAGE))
        # spaCy forgets words at the end of a zone, and allows one zone at a time.
        self._zone: AbstractContextManager[Any] = Lock() if spacy_model else nullcontext()

    def findings(self, text: str, deadline: Deadline) -> list[Finding]:
        """Return all findings in any order; they may overlap. Raises DeadlinePassed, PrefilterFailed."""
        candidates = self._prefilter.candidates(text)
        if not candidates and not self._knows_names:
            return []
        with self._zone, self._pipeline.memory_zone():
            artifacts = self._pipeline.artifacts(text, candidates, deadline)
            results = self._analyzer.analyze(text, LANGUAGE, nlp_artifacts=artifacts)
            return [Finding(result.entity_type, result.start, result.end, result.score) for result in results]


def _silence() -> None:
    for name in _TALKATIVE_LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL)
        if _drop not in logger.filters:
            logger.addFilter(_drop)


def _drop(_record: logging.LogRecord) -> bool:
    return False
