"""Load models that find names of people and places. Only installed models are used; nothing is downloaded.

A model is given as `spacy:en_core_web_sm`, `gliner:urchade/gliner_multi_pii-v1` or `transformers:dslim/bert-base-NER`,
or with a directory instead of the name; `spacy:` can be omitted. The last two need autopost's extras `gliner` and
`transformers`, and a model that was downloaded before.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from autopost.errors import ConfigurationError, install_extra
from autopost.redaction.nlp import LABELS, LANGUAGE
from autopost.redaction.presidio import EntityRecognizer, RecognizerResult

SPACY = "spacy"

LEAST_SCORE = 0.5

# The labels to ask GLiNER for, which are free text.
_GLINER_LABELS = {"person": "PERSON", "location": "LOCATION", "address": "LOCATION"}


def split_model(name: str) -> tuple[str, str]:
    """Return the kind of a model and its name or directory. Raises ConfigurationError for an unknown kind."""
    kind, colon, model = name.partition(":")
    if not colon or len(kind) == 1:  # no kind, or a drive letter
        return SPACY, name
    if kind not in {SPACY, *_KINDS}:
        close = get_close_matches(kind, [SPACY, *_KINDS], 1)
        suggestion = f" (did you mean {close[0]}:{model}?)" if close else ""
        raise ConfigurationError(f"got {name!r}{suggestion}; expected: spacy:…, {', '.join(f'{k}:…' for k in _KINDS)}")
    return kind, model


def name_recognizer(kind: str, model: str, entities: Collection[str]) -> EntityRecognizer:
    """Return the recognizer for a GLiNER or transformers model, or that for what a spaCy pipeline has found.

    `entities`: the types that a pipeline may find. Raises ConfigurationError if the extra is not installed, or the
    model is missing or cannot be loaded.
    """
    if kind == SPACY:
        from presidio_analyzer.predefined_recognizers import SpacyRecognizer

        return SpacyRecognizer(supported_entities=sorted(entities), name=SPACY)
    make = _KINDS[kind]
    directory = _directory(kind, model)
    try:
        return make(directory)
    except ImportError:
        problem = f"{kind} is not installed: {install_extra(kind)}"
    except Exception as error:  # noqa: BLE001  # any failure makes the setting invalid
        problem = f"{model!r} cannot be loaded ({type(error).__name__})"
    raise ConfigurationError(problem)


def _directory(kind: str, model: str) -> str:
    """Return the directory of the model: the given one, or the one of the download cache."""
    if Path(model).is_dir():
        return model
    try:
        hub = importlib.import_module("huggingface_hub")
        return str(hub.snapshot_download(model, local_files_only=True))
    except ImportError:
        problem = f"{kind} is not installed: {install_extra(kind)}"
    except Exception:  # noqa: BLE001  # the hub raises various exceptions for a missing model
        problem = (
            f"{model!r} is not installed; download it first (hf download {model}), nothing is downloaded at run time"
        )
    raise ConfigurationError(problem)


def _gliner(directory: str) -> EntityRecognizer:
    from presidio_analyzer.predefined_recognizers.ner.gliner_recognizer import GLiNERRecognizer

    return GLiNERRecognizer(
        entity_mapping=dict(_GLINER_LABELS),
        model_name=directory,
        name="gliner",
        supported_language=LANGUAGE,
        threshold=LEAST_SCORE,
        map_location="cpu",
    )


def _transformers(directory: str) -> EntityRecognizer:
    from presidio_analyzer.predefined_recognizers.ner.huggingface_ner_recognizer import HuggingFaceNerRecognizer

    class StrictRecognizer(HuggingFaceNerRecognizer):  # type: ignore[misc,unused-ignore]
        """Raises when the model fails. Presidio's recognizer only logs that, and the text would not be redacted."""

        def _predict_chunk(self, chunk_text: str) -> list[RecognizerResult]:
            found = self.ner_pipeline(chunk_text)  # type: ignore[misc,unused-ignore]
            return [result for prediction in found if (result := self._result(prediction)) is not None]

        def _result(self, prediction: dict[str, Any]) -> RecognizerResult | None:
            label = self._normalize_label(prediction.get("entity_group") or prediction.get("entity") or "")
            entity = LABELS.get(label.upper())
            if entity is None or float(prediction["score"]) < self.threshold:
                return None
            return RecognizerResult(entity, prediction["start"], prediction["end"], float(prediction["score"]))

    return StrictRecognizer(
        supported_entities=sorted(set(LABELS.values())),
        name="transformers",
        supported_language=LANGUAGE,
        model_name=directory,
        label_mapping=dict(LABELS),
        threshold=LEAST_SCORE,
        device="cpu",
    )


_KINDS: dict[str, Callable[[str], EntityRecognizer]] = {"gliner": _gliner, "transformers": _transformers}

# The names of recognizers that are models.
KINDS_OF_MODELS = frozenset({SPACY, *_KINDS})
