"""What the redaction uses of Presidio, imported without spaCy and without Presidio's own recognizers.

Presidio imports spaCy, thinc and numpy for engines that are not used here, and some 90 recognizers with requests,
tldextract and phonenumbers. Importing them takes a second of CPU and 80 MB for each process. So they are replaced by
empty modules while Presidio is imported, unless they are loaded already. Presidio uses their names in annotations, as
base classes, as decorators and to load its recognizers; what is really used is imported in nlp.py and models.py, when
a model is configured.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_LEFT_OUT = (
    *("spacy", "spacy.language", "spacy.pipeline", "spacy.tokens", "spacy.util", "spacy.vocab"),
    *("thinc", "thinc.api"),
    "presidio_analyzer.predefined_recognizers",
)


class _AnyAttribute(type):
    """Makes a class whose every attribute returns a decorator that changes nothing."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: lambda decorated: decorated


class _Nothing(metaclass=_AnyAttribute):
    """Stands for a class or an object of a module that was left out."""


class _Empty(ModuleType):
    """A module, or a package without modules, in which every name is there and means nothing."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing


@contextmanager
def _without_spacy() -> Iterator[None]:
    if "spacy" in sys.modules or "presidio_analyzer" in sys.modules:
        yield
        return
    empty = {name: _Empty(name) for name in _LEFT_OUT if name not in sys.modules}
    sys.modules.update(empty)
    try:
        yield
    finally:
        for name, module in empty.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


with _without_spacy():
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
    from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer
    from presidio_analyzer.nlp_engine import NerModelConfiguration, NlpArtifacts, NlpEngine, SpacyNlpEngine


class ContextWords(LemmaContextAwareEnhancer):  # type: ignore[misc,unused-ignore]
    """Compares context words only if a recognizer has any; copying the results takes longer than finding them."""

    def enhance_using_context(
        self, text: str, raw_results: list[RecognizerResult], nlp_artifacts: Any, recognizers: Any, context: Any = None
    ) -> list[RecognizerResult]:
        """Return the results, with a higher score beside a context word."""
        if not any(recognizer.context for recognizer in recognizers):
            return raw_results
        enhanced: list[RecognizerResult] = super().enhance_using_context(
            text, raw_results, nlp_artifacts, recognizers, context
        )
        return enhanced


__all__ = [
    "AnalyzerEngine",
    "ContextWords",
    "EntityRecognizer",
    "NerModelConfiguration",
    "NlpArtifacts",
    "NlpEngine",
    "RecognizerRegistry",
    "RecognizerResult",
    "SpacyNlpEngine",
]
