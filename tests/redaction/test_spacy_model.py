"""Names, with a pipeline that the user has installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import spacy

from autopost.errors import ConfigurationError
from autopost.redaction.redactor import Redactor


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a pipeline that knows one person and one city."""
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns(  # type: ignore[attr-defined]
        [
            {"label": "PERSON", "pattern": "Ada Lovelace"},
            {"label": "GPE", "pattern": "Oslo"},
            {"label": "ORG", "pattern": "Acme"},
        ]
    )
    path = tmp_path_factory.mktemp("models") / "tiny"
    pipeline.to_disk(path)
    return path


@pytest.mark.parametrize("kind", ["", "spacy:"])
def test_names_are_found_by_the_given_pipeline(model: Path, kind: str) -> None:
    """People and places go, organisations stay; with and without the kind of the model."""
    redactor = Redactor(model=f"{kind}{model}")
    text = redactor.redact("Ada Lovelace of Acme wrote from Oslo to bob@example.com").text
    assert text == "<PERSON> of Acme wrote from <LOCATION> to <EMAIL_ADDRESS>"


def test_vocabulary_does_not_keep_the_words_of_a_text(model: Path) -> None:
    """A secret is not held in memory after its text is done."""
    redactor = Redactor(model=str(model))
    redactor.redact("The word xq7zzyplugh was seen")
    assert "xq7zzyplugh" not in _pipeline(redactor).nlp["en"].vocab.strings


def _pipeline(redactor: Redactor) -> Any:
    return redactor._engine._pipeline


def test_broken_pipeline_is_a_configuration_error(tmp_path: Path) -> None:
    """A directory without a pipeline is named as the problem."""
    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        Redactor(model=str(tmp_path))
