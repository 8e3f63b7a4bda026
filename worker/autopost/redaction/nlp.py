"""The NLP engines for Presidio. Only what is installed is used; nothing is downloaded.

`Words` needs no model: it splits a text into words, and uses the lower-cased words as the lemmas that Presidio compares
with its context words. (spaCy's blank pipeline has empty lemmas, so that context words have no effect. It also keeps
every word in memory, secrets too, unless a memory zone is used, which costs 0.5 ms per text.) `Pipeline` is an
installed spaCy pipeline that finds names.
"""

# ruff: noqa: E501  # lists are easier to read in long lines

from __future__ import annotations

import importlib
import importlib.util
import re
import runpy
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, cast

from autopost.errors import ConfigurationError
from autopost.redaction.presidio import (
    NerModelConfiguration,
    NlpArtifacts,
    NlpEngine,
    RecognizerResult,
    SpacyNlpEngine,
)

LANGUAGE = "en"

# The type of finding for each of a model's labels. Other labels (dates, amounts, organisations, products) are not
# personal data, and models find them everywhere in prose.
LABELS = {
    "PERSON": "PERSON",
    "PER": "PERSON",
    "GPE": "LOCATION",
    "LOC": "LOCATION",
    "FAC": "LOCATION",
    "LOCATION": "LOCATION",
}

_WORD = re.compile(r"\w+|[^\w\s]")


class Artifacts(NlpArtifacts):  # type: ignore[misc,unused-ignore]
    """The input of the recognizers: the words of the text, and what the rules found in it, if they ran before."""

    matches: Sequence[RecognizerResult] | None = None


class Words(NlpEngine):  # type: ignore[misc,unused-ignore]
    """Splits a text into words and finds no names. Stateless, so thread-safe."""

    def load(self) -> None:
        """Do nothing: there is nothing to load."""

    def is_loaded(self) -> bool:
        """Return True."""
        return True

    def process_text(self, text: str, language: str) -> Artifacts:
        """Return the words of a text as tokens and lemmas."""
        matches = list(_WORD.finditer(text))
        tokens = [match.group() for match in matches]
        return Artifacts(
            entities=[],
            tokens=cast("Any", tokens),
            tokens_indices=[match.start() for match in matches],
            lemmas=[token.lower() for token in tokens],
            nlp_engine=self,
            language=language,
        )

    def process_batch(
        self, texts: Iterable[str], language: str, batch_size: int = 1, n_process: int = 1, **_: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Yield each text with its artifacts."""
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:
        """Return whether a word is an English stop word."""
        return word in _stop_words()

    def is_punct(self, word: str, language: str) -> bool:
        """Return whether a token is punctuation."""
        return len(word) == 1 and not word.isalnum()

    def get_supported_entities(self) -> list[str]:
        """Return an empty list: it finds no names."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Return the language of all texts."""
        return [LANGUAGE]

    def artifacts(self, text: str, matches: Sequence[RecognizerResult]) -> Artifacts:
        """Return the input of the recognizers for a text, without its words: no rule has context words."""
        empty: Any = []
        artifacts = Artifacts(empty, empty, empty, empty, self, LANGUAGE)
        artifacts.matches = matches
        return artifacts

    def memory_zone(self) -> AbstractContextManager[Any]:
        """Return a context that does nothing."""
        return nullcontext()


class Pipeline(SpacyNlpEngine):  # type: ignore[misc,unused-ignore]
    """An installed spaCy pipeline: a package or a directory.

    Raises ConfigurationError if it is missing or cannot be loaded.
    """

    def __init__(self, model: str) -> None:
        configuration = NerModelConfiguration(model_to_presidio_entity_mapping=LABELS)
        super().__init__(
            models=[{"lang_code": LANGUAGE, "model_name": model}],
            ner_model_configuration=configuration,
        )
        self.model = model
        self.load()

    def load(self) -> None:
        """Load the pipeline; never download it."""
        self.nlp: Any = {LANGUAGE: _load(self.model)}

    def artifacts(self, text: str, matches: Sequence[RecognizerResult]) -> Artifacts:
        """Return the input of the recognizers for a text."""
        artifacts: Any = self.process_text(text, LANGUAGE)
        artifacts.matches = matches
        return cast("Artifacts", artifacts)

    def memory_zone(self) -> AbstractContextManager[Any]:
        """Return a context that removes the tokens of its texts from the vocabulary when it ends.

        Without it every word, secrets too, would stay in memory permanently. spaCy allows one zone at a time, so the
        caller must hold a lock.
        """
        return self.nlp[LANGUAGE].memory_zone()  # type: ignore[no-any-return,unused-ignore]

    def _get_updated_entities(self, entities: Any, scores: list[float]) -> tuple[list[Any], list[float]]:
        kept = [(entity, score) for entity, score in zip(entities, scores, strict=True) if entity.label_ in LABELS]
        updated: tuple[list[Any], list[float]] = super()._get_updated_entities(
            [entity for entity, _ in kept], [score for _, score in kept]
        )
        return updated

    def _doc_to_nlp_artifact(self, doc: Any, language: str) -> Artifacts:
        entities, scores = self._get_updated_entities(doc.ents, self._get_scores_for_entities(doc))
        return Artifacts(
            entities=entities,
            tokens=doc,
            tokens_indices=[token.idx for token in doc],
            lemmas=[token.lemma_.lower() or token.lower_ for token in doc],
            nlp_engine=self,
            language=language,
            scores=scores,
        )


@cache
def _stop_words() -> frozenset[str]:
    """Return spaCy's English stop words, without importing spaCy."""
    package = importlib.util.find_spec("spacy")
    assert package is not None
    assert package.origin is not None
    words = runpy.run_path(str(Path(package.origin).parent / "lang" / "en" / "stop_words.py"))
    return frozenset(words["STOP_WORDS"])


def _load(model: str) -> Any:
    spacy = importlib.import_module("spacy")
    installed = sorted(spacy.util.get_installed_models())
    # A module's name is needed; spaCy also says yes to the name of a package, which may have hyphens.
    if not ((model.isidentifier() and spacy.util.is_package(model)) or Path(model).is_dir()):
        raise ConfigurationError(
            f"got {model!r}{_suggestion(model, installed)}; expected: the name of an installed spaCy pipeline "
            f"({'installed: ' + ', '.join(installed) if installed else 'none is installed'}; nothing is downloaded at run time)"
        )
    try:
        return spacy.load(model)
    except Exception as error:  # noqa: BLE001  # any failure makes the setting invalid
        problem = type(error).__name__
    raise ConfigurationError(f"{model!r} is installed but cannot be loaded ({problem})")


def _suggestion(model: str, installed: list[str]) -> str:
    plain = model.replace("-", "_").replace(".", "_").lower()
    close = get_close_matches(plain, installed, 1, cutoff=0.6) or get_close_matches(
        plain, [m[: len(plain)] for m in installed], 1
    )
    named = [name for name in installed if name.startswith(close[0])] if close else []
    return f" (did you mean spacy:{named[0]}?)" if named else ""
