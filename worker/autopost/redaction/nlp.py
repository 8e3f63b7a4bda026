"""The NLP half of Presidio's engine, from what is installed and nothing else. Nothing is downloaded.

`Words` needs no model: it splits a text into words, and the lower-cased words stand for the lemmas that
Presidio compares its context words with. (spaCy's blank pipeline has empty lemmas, which switch every context
word off. It also keeps each word that it ever saw, secrets too; told to forget them it costs 0.5 ms a text.)
`Pipeline` is an installed spaCy pipeline that knows names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, cast

import spacy
from presidio_analyzer.nlp_engine import NerModelConfiguration, NlpArtifacts, NlpEngine, SpacyNlpEngine
from spacy.lang.en.stop_words import STOP_WORDS

from autopost.errors import ConfigurationError
from autopost.redaction.deadline import Deadline
from autopost.redaction.rule import Rule

LANGUAGE = "en"

# What a model's labels are called in a post. Labels that are not here (dates, amounts, organisations,
# products) are no personal data of a kind that a feed must hide, and models see them everywhere in prose.
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
    """What is known of a text before the recognizers run: its words, the rules that can match, the deadline."""

    candidates: frozenset[Rule] = frozenset()
    deadline: Deadline | None = None


class Words(NlpEngine):  # type: ignore[misc,unused-ignore]
    """Splits a text into words and knows no names. Thread-safe: it keeps nothing."""

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
        """Tell whether a word is one of English's small ones."""
        return word in STOP_WORDS

    def is_punct(self, word: str, language: str) -> bool:
        """Tell whether a token is a sign."""
        return len(word) == 1 and not word.isalnum()

    def get_supported_entities(self) -> list[str]:
        """Return nothing: no names are known."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Return the language that recognizers are asked for."""
        return [LANGUAGE]

    def artifacts(self, text: str, candidates: frozenset[Rule], deadline: Deadline) -> Artifacts:
        """Return what the recognizers are given for a text."""
        return _completed(self.process_text(text, LANGUAGE), candidates, deadline)

    def memory_zone(self) -> AbstractContextManager[Any]:
        """Return a context that does nothing."""
        return nullcontext()


class Pipeline(SpacyNlpEngine):  # type: ignore[misc,unused-ignore]
    """A spaCy pipeline that is there already: an installed package or a directory.

    Raises ConfigurationError when the named model is not there or cannot be loaded.
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
        """Load the pipeline; never download one."""
        self.nlp: Any = {LANGUAGE: _load(self.model)}

    def artifacts(self, text: str, candidates: frozenset[Rule], deadline: Deadline) -> Artifacts:
        """Return what the recognizers are given for a text."""
        found: Any = self.process_text(text, LANGUAGE)
        return _completed(found, candidates, deadline)

    def memory_zone(self) -> AbstractContextManager[Any]:
        """Return a context at whose end the vocabulary forgets the tokens of the texts seen in it.

        Without it every word of every text, secrets too, would stay in memory for ever. spaCy allows one
        zone at a time: the caller holds a lock.
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


def _completed(artifacts: Artifacts, candidates: frozenset[Rule], deadline: Deadline) -> Artifacts:
    artifacts.candidates, artifacts.deadline = candidates, deadline
    return artifacts


def _load(model: str) -> Any:
    if not (spacy.util.is_package(model) or Path(model).is_dir()):
        raise ConfigurationError(
            f"got {model!r}; expected: the name of an installed spaCy package "
            "(install it first; nothing is downloaded at run time)"
        )
    try:
        return spacy.load(model)
    except Exception as error:  # noqa: BLE001  # whatever is wrong with it, the setting is not usable
        problem = type(error).__name__
    raise ConfigurationError(f"{model!r} is installed but cannot be loaded ({problem})")
