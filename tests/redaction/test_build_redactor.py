"""The redactor that the settings ask for: everything that can be set reaches it, and all that is wrong is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autopost.errors import ConfigurationError
from autopost.processes.redactor import build_redactor, reloader
from autopost.settings import Settings, load_settings

PATTERNS = "[patterns]\norder-code = 'OC\\d{4}'\n"
TEXT = "Order OC1234 of Anna Berg, bob@example.com, from 192.0.2.7"


def settings_with(**values: Any) -> Settings:
    """Return settings without a database."""
    return load_settings(require_database=False, **values)


@pytest.fixture
def patterns(tmp_path: Path) -> Path:
    """Return a file with a pattern."""
    path = tmp_path / "patterns.toml"
    path.write_text(PATTERNS, "utf-8")
    return path


@pytest.fixture
def names(tmp_path: Path) -> Path:
    """Return a file with two names, a comment and a blank line, as an editor on another system saves it."""
    path = tmp_path / "names.txt"
    path.write_text("\ufeff# people\r\nAnna Berg\r\n\r\n  Zoë\r\n", "utf-8")
    return path


def test_defaults_find_full_names() -> None:
    """Those of people that nobody listed, and not given names that stand alone."""
    text = build_redactor(settings_with()).redact(f"{TEXT}, for Anna").text
    assert text == "Order OC1234 of <PERSON>, <EMAIL_ADDRESS>, from <IP_ADDRESS>, for Anna"


def test_given_names_are_found_where_that_is_set() -> None:
    """And stay otherwise, because many are also words."""
    redactor = build_redactor(settings_with(redact_given_names=True))
    assert redactor.redact("Asked Priya to sign").text == "Asked <PERSON> to sign"


def test_places_are_no_type_unless_that_is_set() -> None:
    """Small models take many other words for places."""
    assert "LOCATION" not in build_redactor(settings_with())._engine.entities
    for chosen in (settings_with(redact_locations=True), settings_with(redact_only=("LOCATION", "PERSON"))):
        assert "LOCATION" in build_redactor(chosen)._engine.entities


def test_own_patterns_and_names_are_looked_for(patterns: Path, names: Path) -> None:
    """From both files; one word is enough in a list that somebody wrote."""
    redactor = build_redactor(settings_with(redact_patterns_file=patterns, redact_names_file=names))
    assert redactor.redact(TEXT).text == "Order <ORDER_CODE> of <PERSON>, <EMAIL_ADDRESS>, from <IP_ADDRESS>"
    assert redactor.redact("zoe and people").text == "<PERSON> and people"


def test_names_of_a_table_are_looked_for_when_they_are_full() -> None:
    """A user called Will would take a word out of every second post."""
    redactor = build_redactor(settings_with(), ["Anna Berg", "will", "", "李雷"])
    assert redactor.redact("Anna Berg will see 李雷").text == "<PERSON> will see <PERSON>"


def test_chosen_types_and_score_count(patterns: Path) -> None:
    """Own types are types like any other."""
    only = settings_with(redact_only=("order_code", "IP_ADDRESS"), redact_patterns_file=patterns)
    assert (
        build_redactor(only).redact(TEXT).text == "Order <ORDER_CODE> of Anna Berg, bob@example.com, from <IP_ADDRESS>"
    )
    without = settings_with(redact_without=("ip_address",))
    assert build_redactor(without).redact(TEXT).text == "Order OC1234 of <PERSON>, <EMAIL_ADDRESS>, from 192.0.2.7"
    sure = settings_with(redact_least_score=0.99)
    assert build_redactor(sure).redact(TEXT).text == TEXT


def test_everything_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    """Patterns by their id, types with what may be meant, files and models by their setting."""
    bad = tmp_path / "bad.toml"
    bad.write_text("[patterns]\nlooks-ahead = 'a(?=b)'\nempty = 'x*'\n", "utf-8")
    wrong = settings_with(
        redact_patterns_file=bad, redact_names_file=tmp_path / "nobody.txt", ner_model="gliner:nobody/nothing"
    )
    with pytest.raises(ConfigurationError) as raised:
        build_redactor(wrong)
    message = str(raised.value)
    assert message.startswith("Invalid configuration (3 errors):\n")
    assert f"SOCIAL_POST_REDACT_PATTERNS_FILE: {bad}: looks-ahead: the regex is not valid RE2" in message
    assert "; empty: the regex matches the empty string" in message
    assert f"SOCIAL_POST_REDACT_NAMES_FILE: {tmp_path / 'nobody.txt'}: No such file" in message
    assert "SOCIAL_POST_NER_MODEL: " in message


def test_unknown_types_are_named_with_their_settings(patterns: Path) -> None:
    """And those of own patterns are known."""
    wrong = settings_with(
        redact_patterns_file=patterns, redact_only=("EMAIL_ADRESS", "ORDER_CODE"), redact_without=("CAT",)
    )
    with pytest.raises(ConfigurationError) as raised:
        build_redactor(wrong)
    begin = "SOCIAL_POST_REDACT_ONLY and SOCIAL_POST_REDACT_WITHOUT: Unknown types of findings: CAT, EMAIL_ADRESS (did"
    assert begin in str(raised.value)
    assert "ORDER_CODE" in str(raised.value).partition("known:")[2]


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"Anna \xff", r"it is not UTF-8 \(byte 6\)"), (b"# nobody\n\n", "holds no name"), (b"---\n", "holds no name")],
)
def test_unusable_list_of_names_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    """A list that finds nobody is a mistake."""
    path = tmp_path / "names.txt"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"SOCIAL_POST_REDACT_NAMES_FILE: .*names.txt: {problem}"):
        build_redactor(settings_with(redact_names_file=path))


def test_names_of_file_and_table_are_reloaded(names: Path) -> None:
    """Those that are gone from both are forgotten; a file that cannot be read changes nothing."""
    names.write_text("Anna B", "utf-8")
    settings = settings_with(redact_names_file=names)
    redactor = build_redactor(settings, ["Carl D"])
    reload = reloader(settings, redactor, ["Carl D"])
    everybody = "Anna B, Carl D, Eva F"
    assert redactor.redact(everybody).text == "<PERSON>, <PERSON>, Eva F"
    reload(["Eva F"])
    assert redactor.redact(everybody).text == "<PERSON>, Carl D, <PERSON>"
    names.write_text("Carl D", "utf-8")
    reload(["Eva F"])
    assert redactor.redact(everybody).text == "Anna B, <PERSON>, <PERSON>"
    names.unlink()
    with pytest.raises(ConfigurationError):
        reload(["Anna B"])
    assert redactor.redact(everybody).text == "Anna B, <PERSON>, <PERSON>"


def test_unchanged_names_are_not_loaded_again(names: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long list costs half a second."""
    settings = settings_with(redact_names_file=names)
    redactor = build_redactor(settings, ["Carl Dahl"])
    reload = reloader(settings, redactor, ["Carl Dahl"])
    loaded: list[object] = []
    monkeypatch.setattr(redactor, "set_names", loaded.append)
    reload(["Carl Dahl"])
    assert loaded == []
    reload([])
    assert len(loaded) == 1
