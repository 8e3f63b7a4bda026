"""The file of settings: what it may say, what wins over it, and what is said of a file that is not right."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autopost.errors import ConfigurationError
from autopost.settings import Settings, load_settings, settings_file, source_of
from autopost.settings import toml_file as file_module


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the file of settings is."""
    path = tmp_path / "settings.toml"
    monkeypatch.setenv("SOCIAL_POST_CONFIG_FILE", str(path))
    return path


def refusal(path: Path, text: str) -> str:
    """Return the message with which a file is refused."""
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_settings(require_database=False)
    return str(caught.value)


def test_file_sets_what_the_environment_does_not(path: Path) -> None:
    """Texts, numbers, switches and lists, by the variable's name without its prefix."""
    path.write_text(
        'llm_model = "m"\nrate_limit_minutes = 7\nllm_enabled = false\nschema = "s"\n'
        'pii_allowlist = ["a@example.com", "b@example.com"]\nredact_only = "PERSON, EMAIL_ADDRESS"\n',
        "utf-8",
    )
    settings = load_settings(require_database=False)
    assert (settings.llm_model, settings.rate_limit_minutes, settings.llm_enabled) == ("m", 7, False)
    assert settings.schema_name == "s"
    assert settings.pii_allowlist == ("a@example.com", "b@example.com")
    assert settings.redact_only == ("PERSON", "EMAIL_ADDRESS")


def test_environment_wins_over_the_file_and_an_argument_over_both(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that one machine may differ."""
    path.write_text("batch_size = 7\nmax_attempts = 7", "utf-8")
    monkeypatch.setenv("SOCIAL_POST_BATCH_SIZE", "8")
    monkeypatch.setenv("SOCIAL_POST_MAX_ATTEMPTS", "8")
    settings = load_settings(require_database=False, max_attempts=9)
    assert (settings.batch_size, settings.max_attempts) == (8, 9)


def test_empty_variable_leaves_it_to_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files pass empty values on."""
    path.write_text('llm_model = "m"', "utf-8")
    monkeypatch.setenv("SOCIAL_POST_LLM_MODEL", "")
    assert load_settings(require_database=False).llm_model == "m"
    assert source_of("SOCIAL_POST_LLM_MODEL", settings_file()) == str(path)


def test_empty_text_in_a_file_counts_as_not_set(path: Path) -> None:
    """As an empty variable does."""
    path.write_text('llm_model = ""', "utf-8")
    assert load_settings(require_database=False).llm_model == "gpt-4o-mini"


def test_database_may_stand_in_the_file(path: Path) -> None:
    """With nothing in the environment but the file's path."""
    path.write_text('database_url = "postgresql://h/d"', "utf-8")
    assert load_settings().dsn == "postgresql://h/d"


def test_bad_value_is_refused_with_its_file(path: Path) -> None:
    """Which key, which file, what was given and what is allowed."""
    message = refusal(path, "batch_size = 0\nllm_model = 5")
    assert f"SOCIAL_POST_BATCH_SIZE (batch_size in {path}): got 0; expected: a whole number, 1 to 2000" in message
    assert f"SOCIAL_POST_LLM_MODEL (llm_model in {path}): got 5; expected: the name of a model" in message


def test_bad_value_of_the_environment_is_not_laid_to_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable that wins is the one that is named."""
    monkeypatch.setenv("SOCIAL_POST_BATCH_SIZE", "none")
    assert "SOCIAL_POST_BATCH_SIZE: got 'none'" in refusal(path, "batch_size = 5")


def test_contradiction_names_the_file(path: Path) -> None:
    """Also where each value alone would do."""
    assert f"SOCIAL_POST_LEASE_SECONDS (lease_seconds in {path}): got 4" in refusal(path, "lease_seconds = 4")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bach_size = 5", "bach_size in {path}: not a setting; did you mean batch_size?"),
        ("SOCIAL_POST_BATCH_SIZE = 5", "SOCIAL_POST_BATCH_SIZE in {path}: not a setting; did you mean batch_size?"),
        ("hooks = 'a.toml'", "hooks in {path}: not a setting; did you mean webhooks_file?"),
        ("llm_pause_seconds = 5", "did you mean llm_breaker_cooldown_seconds?"),
        ("schema_name = 's'", "schema_name in {path}: not a setting; did you mean schema?"),
        ("xyzzy = 5", "xyzzy in {path}: not a setting; expected: a key that `autopost config` lists"),
        ("[xyzzy]\nbatch_size = 5", "[xyzzy] in {path}: not a setting; the file has no sections"),
        ("config_file = 'b.toml'", "config_file in {path}: SOCIAL_POST_CONFIG_FILE can be set in the environment only"),
        ("otel_sdk_disabled = true", "otel_sdk_disabled in {path}: OTEL_SDK_DISABLED can be set in the environment"),
        ("batch_size = ", "SOCIAL_POST_CONFIG_FILE: cannot read {path}: it is not valid TOML: Invalid value"),
    ],
)
def test_file_that_is_not_right_is_refused(path: Path, text: str, said: str) -> None:
    """With the key, the file and what was probably meant."""
    assert said.format(path=path) in refusal(path, text)


def test_unknown_key_and_bad_value_are_told_together(path: Path) -> None:
    """One run shows everything that is wrong."""
    assert refusal(path, "bach_size = 5\nmax_attempts = 0").startswith("Invalid configuration (2 errors):")


def test_file_that_is_named_must_be_there(path: Path) -> None:
    """A misspelt path is no reason to run without it."""
    with pytest.raises(ConfigurationError, match=r"SOCIAL_POST_CONFIG_FILE: cannot read .*: No such file"):
        load_settings(require_database=False)


def test_file_that_is_no_text_is_refused(path: Path) -> None:
    """Without a traceback."""
    path.write_bytes(b"\xff\x00")
    with pytest.raises(ConfigurationError, match="it is not UTF-8"):
        load_settings(require_database=False)


def test_byte_order_mark_is_passed_over(path: Path) -> None:
    """Editors of one system put it before the text."""
    path.write_text("batch_size = 5", "utf-8-sig")
    assert load_settings(require_database=False).batch_size == 5


def test_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no file."""
    monkeypatch.setenv("SOCIAL_POST_CONFIG_FILE", str(tmp_path))
    with pytest.raises(ConfigurationError, match="it is a directory"):
        load_settings(require_database=False)


def test_usual_place_is_read_where_there_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no file there is no problem."""
    monkeypatch.delenv("SOCIAL_POST_CONFIG_FILE")
    monkeypatch.setattr(file_module, "DEFAULT_PATH", tmp_path / "autopost.toml")
    assert load_settings(require_database=False).batch_size == 500
    (tmp_path / "autopost.toml").write_text("batch_size = 5", "utf-8")
    assert load_settings(require_database=False).batch_size == 5


def test_null_device_is_a_file_without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the usual place can be passed over."""
    monkeypatch.setenv("SOCIAL_POST_CONFIG_FILE", os.devnull)
    assert load_settings(require_database=False).batch_size == 500


def test_secret_of_a_file_is_not_shown(path: Path) -> None:
    """Neither when it is refused nor when it is printed."""
    assert "hunter2" not in refusal(path, 'database_url = "mysql://root:hunter2@db/x"')
    path.write_text('openai_api_key = "hunter2"', "utf-8")
    assert "hunter2" not in repr(load_settings(require_database=False))


def test_every_key_is_its_own() -> None:
    """No two variables read alike in a file."""
    keys = [file_module.key_of(str(field.validation_alias)) for field in Settings.model_fields.values()]
    assert len(keys) == len(set(keys))


def test_truth_is_no_number(path: Path) -> None:
    """A window of `true` minutes would be one of one minute."""
    assert "got 'true'" in refusal(path, "rate_limit_minutes = true")
    assert "got 'true'" in refusal(path, "batch_size = true")
    path.write_text("llm_enabled = false", "utf-8")
    assert not load_settings(require_database=False).llm_enabled
