"""What is compared: this project's redaction, stock Presidio without a model, and a page of regular expressions."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

Span = tuple[int, int]
Finder = Callable[[str], list[Span]]

PRESIDIO_THRESHOLD = 0.35


def ours() -> Finder:
    """Return this project's redaction, with its defaults."""
    from autopost.redaction.redactor import Redactor

    redactor = Redactor()
    return lambda text: [(finding.start, finding.end) for finding in redactor.explain(text)]


def ours_with_spacy() -> Finder:
    """Return this project's redaction with the first installed English spaCy pipeline."""
    from autopost.redaction.redactor import Redactor

    redactor = Redactor(model=f"spacy:{installed_pipeline()}", without=["LOCATION"])
    return lambda text: [(finding.start, finding.end) for finding in redactor.explain(text)]


def installed_pipeline() -> str | None:
    """Return the name of an installed English pipeline; None if there is none."""
    import spacy

    return next((name for name in sorted(spacy.util.get_installed_models()) if name.startswith("en_")), None)


def stock_presidio() -> Finder:
    """Return Presidio with its own recognizers on a blank pipeline, without the network.

    The pipeline's lemmas are the lower-cased tokens: empty ones would switch every context word off.
    """
    import logging

    import presidio_analyzer.predefined_recognizers as recognizers
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
    from presidio_analyzer.recognizer_registry import recognizer_registry, recognizer_registry_provider

    logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL)
    # If autopost's redaction was imported first, Presidio was loaded without its recognizers.
    for module in (recognizer_registry, recognizer_registry_provider):
        for name in ("SpacyRecognizer", "StanzaRecognizer", "TransformersRecognizer"):
            if hasattr(module, name):
                setattr(module, name, getattr(recognizers, name))
    # The e-mail recognizer would fetch the list of public suffixes; the package brings a copy along.
    setattr(tldextract, "extract", tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None))  # noqa: B010

    class Blank(SpacyNlpEngine):  # type: ignore[misc,unused-ignore]
        def load(self) -> None:
            self.nlp: Any = {"en": spacy.blank("en")}

        def _doc_to_nlp_artifact(self, doc: Any, language: str) -> NlpArtifacts:
            return NlpArtifacts(
                entities=[],
                tokens=doc,
                tokens_indices=[token.idx for token in doc],
                lemmas=[token.lower_ for token in doc],
                nlp_engine=self,
                language=language,
            )

    engine = Blank(models=[{"lang_code": "en", "model_name": "blank"}])
    engine.load()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        analyzer = AnalyzerEngine(nlp_engine=engine, default_score_threshold=PRESIDIO_THRESHOLD)
    return lambda text: [(result.start, result.end) for result in analyzer.analyze(text, "en")]


# What one finds in many a code base; kept plain on purpose.
_EXPRESSIONS = (
    r"[\w.+-]+@[\w-]+\.[\w.-]+",
    r"\b\d{3}-\d{2}-\d{4}\b",
    r"\b(?:\d[ -]?){13,16}\b",
    r"\+?\d{0,3}[ .-]?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}\b",
    r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b",
    r"\b(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\b",
    r"\bsk-[A-Za-z0-9_-]{20,}",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    r"\bxox[bpa]-[A-Za-z0-9-]+",
    r"\beyJ[\w-]+\.[\w-]+\.[\w-]+",
    r"(?i)\bBearer\s+\S+",
    r"(?i)\b(?:password|passwd|pwd|secret|token|api[_-]?key)\b\s*[:=]\s*\S+",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----",
)


def plain_expressions() -> Finder:
    """Return a redaction of the kind that is written in an afternoon."""
    compiled = [re.compile(expression) for expression in _EXPRESSIONS]
    return lambda text: [match.span() for expression in compiled for match in expression.finditer(text)]


SYSTEMS: dict[str, Callable[[], Finder]] = {
    "autopost": ours,
    "stock Presidio": stock_presidio,
    "plain expressions": plain_expressions,
}
