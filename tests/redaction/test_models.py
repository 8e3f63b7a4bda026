"""GLiNER and transformers without a model: the library is stood in for, the half that is Presidio's is real."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autopost.errors import ConfigurationError, RedactionFailed
from autopost.redaction.redactor import Redactor

# Named, and not imported: Presidio's recognizers take a second to load, and most runs of a test process need none.
NER = "presidio_analyzer.predefined_recognizers.ner"
GLINER = f"{NER}.gliner_recognizer.GLiNER"
PIPELINE, TORCH = f"{NER}.huggingface_ner_recognizer.hf_pipeline", f"{NER}.huggingface_ner_recognizer.torch"
TEXT = "Ada Lovelace of Acme wrote from Oslo to bob@example.com"
EXPECTED = "<PERSON> of Acme wrote from <LOCATION> to <EMAIL_ADDRESS>"


def predictions(text: str, key: str, person: str, place: str) -> list[dict[str, Any]]:
    """Return what a model that knows one person and one city says of a text."""
    known = [(person, "Ada Lovelace"), (place, "Oslo"), ("ORG", "Acme")]
    return [
        {key: label, "start": text.index(name), "end": text.index(name) + len(name), "score": 0.9}
        for label, name in known
        if name in text
    ]


def gliner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the library be there."""

    def predict(text: str, labels: list[str], **_: Any) -> list[dict[str, Any]]:
        return [found for found in predictions(text, "label", "person", "location") if found["label"] in labels]

    stand_in = SimpleNamespace(from_pretrained=lambda *_, **__: SimpleNamespace(predict_entities=predict))
    monkeypatch.setattr(GLINER, stand_in)


def transformers(monkeypatch: pytest.MonkeyPatch, pipeline: Any) -> None:
    """Let the library be there, with this as its pipeline."""
    monkeypatch.setattr(PIPELINE, lambda *_, **__: pipeline)
    monkeypatch.setattr(TORCH, SimpleNamespace())


def test_gliner_finds_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """People and places go, organisations stay."""
    gliner(monkeypatch)
    redactor = Redactor(model=f"gliner:{tmp_path}")
    assert redactor.redact(TEXT).text == EXPECTED
    assert {finding.recognizer for finding in redactor.explain(TEXT)} == {"gliner", "email.address"}


def test_transformers_finds_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the labels of CoNLL."""
    transformers(monkeypatch, lambda text: predictions(text, "entity_group", "PER", "LOC"))
    assert Redactor(model=f"transformers:{tmp_path}").redact(TEXT).text == EXPECTED


def test_failing_model_fails_the_redaction(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Presidio's recognizer would log it and find nothing."""

    def explode(_text: str) -> None:
        raise RuntimeError

    transformers(monkeypatch, explode)
    with pytest.raises(RedactionFailed):
        Redactor(model=f"transformers:{tmp_path}").redact("nothing else in here")


def test_model_is_not_asked_when_names_are_not_looked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not even loaded."""
    transformers(monkeypatch, None)
    redactor = Redactor(model=f"transformers:{tmp_path}", without=["PERSON", "LOCATION"])
    assert redactor.redact("Ada Lovelace").text == "Ada Lovelace"


@pytest.mark.parametrize("kind", ["gliner", "transformers"])
def test_missing_library_is_a_configuration_error(kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The message says what to install."""
    monkeypatch.setattr(GLINER, None)
    monkeypatch.setattr(PIPELINE, None)
    with pytest.raises(ConfigurationError, match=rf"pip install 'autopost-outbox\[{kind}\]'"):
        Redactor(model=f"{kind}:{tmp_path}")


def test_broken_model_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is there, and yet of no use."""

    def explode(*_: Any, **__: Any) -> None:
        raise OSError

    monkeypatch.setattr(GLINER, SimpleNamespace(from_pretrained=explode))
    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        Redactor(model=f"gliner:{tmp_path}")


def test_model_that_was_not_fetched_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is downloaded; the message says how to do it."""

    def snapshot_download(_name: str, *, local_files_only: bool) -> str:
        assert local_files_only
        raise FileNotFoundError

    hub = SimpleNamespace(snapshot_download=snapshot_download)
    monkeypatch.setattr("importlib.import_module", lambda _name: hub)
    with pytest.raises(ConfigurationError, match="hf download nobody/nothing"):
        Redactor(model="gliner:nobody/nothing")


def test_unknown_kind_of_model_is_a_configuration_error() -> None:
    """With those that there are."""
    with pytest.raises(ConfigurationError, match="spacy:…, gliner:…, transformers:…"):
        Redactor(model="stanza:en")
