"""`config`: every setting, where its value comes from, and no secret."""

from __future__ import annotations

import json
from pathlib import Path

from autopost.settings import Settings
from tests.support.command_line import autopost

DSN = "postgresql://ada:hunter2@db.example:5433/platform"


def test_every_setting_is_listed_with_its_source(tmp_path: Path) -> None:
    """Environment, file and default, by subject."""
    file = tmp_path / "settings.toml"
    file.write_text('llm_model = "m"\nbatch_size = 7\n', "utf-8")
    variables = {"SOCIAL_POST_CONFIG_FILE": str(file), "SOCIAL_POST_BATCH_SIZE": "8"}
    lines = autopost("config", "--json", dsn=DSN, **variables).stdout.splitlines()
    found = {row["variable"]: row for row in map(json.loads, lines)}
    assert set(found) == {str(field.validation_alias) for field in Settings.model_fields.values()}
    assert (found["SOCIAL_POST_LLM_MODEL"]["value"], found["SOCIAL_POST_LLM_MODEL"]["source"]) == ("m", str(file))
    assert (found["SOCIAL_POST_BATCH_SIZE"]["value"], found["SOCIAL_POST_BATCH_SIZE"]["source"]) == (
        "8",
        "environment",
    )
    assert found["SOCIAL_POST_MAX_ATTEMPTS"]["source"] == "default"
    assert found["SOCIAL_POST_SCHEMA"]["key"] == "schema"
    assert found["REDIS_URL"]["value"] == "redis://localhost:6379/0"  # a default is not a secret
    shown = autopost("config", **variables).stdout
    assert f"SOCIAL_POST_LLM_MODEL = m  ({file})\n    The model that writes posts.\n" in shown
    assert "\nLanguage model\n" in shown


def test_secrets_are_hidden(tmp_path: Path) -> None:
    """Of the database it is told where it is and who asks."""
    file = tmp_path / "settings.toml"
    file.write_text('openai_api_key = "hunter2"\n', "utf-8")
    file.chmod(0o644)
    for options in ([], ["--json"], ["--changed"]):
        result = autopost("config", *options, dsn=DSN, SOCIAL_POST_CONFIG_FILE=str(file))
        assert "hunter2" not in result.stdout + result.stderr
        assert "(hidden)" in result.stdout
        assert "host=db.example port=5433 dbname=platform user=ada" in result.stdout
    assert f"{file} holds a secret and everybody may read it: chmod o-r {file}" in result.stderr
    file.chmod(0o640)
    assert "holds a secret" not in autopost("config", SOCIAL_POST_CONFIG_FILE=str(file)).stderr


def test_changed_settings_alone_are_few() -> None:
    """And it says that a restart is enough."""
    result = autopost("config", "--changed", dsn=DSN)
    assert [line.split(" ")[0] for line in result.stdout.splitlines() if " = " in line] == [
        "DATABASE_URL",
        "SOCIAL_POST_CONFIG_FILE",
    ]
    assert "takes effect when the process that reads it restarts; nothing is rebuilt" in result.stderr


def test_file_that_is_not_right_stops_every_command(tmp_path: Path) -> None:
    """Exit code 2, the file, the key and the nearest."""
    file = tmp_path / "settings.toml"
    file.write_text("bach_size = 7\n", "utf-8")
    for command in ("config", "run", "sql"):
        result = autopost(command, dsn=DSN, SOCIAL_POST_CONFIG_FILE=str(file))
        assert result.returncode == 2
        assert f"bach_size in {file}: not a setting; did you mean batch_size?" in result.stderr


def test_database_of_the_file_is_used(database: str, tmp_path: Path) -> None:
    """With nothing in the environment but the file's path."""
    file = tmp_path / "settings.toml"
    file.write_text(f'database_url = "{database}"\n', "utf-8")
    assert autopost("status", SOCIAL_POST_CONFIG_FILE=str(file)).returncode == 0


def test_what_a_worker_would_refuse_is_named_all_at_once(tmp_path: Path) -> None:
    """Beside the list, with exit code 2: files, types, models, the mapping and what the driver reads."""
    names = tmp_path / "names.txt"
    names.write_text("# nobody\n", "utf-8")
    wording = tmp_path / "wording.toml"
    wording.write_text("no TOML", "utf-8")
    wrong = {
        "SOCIAL_POST_REDACT_NAMES_FILE": str(names),
        "SOCIAL_POST_REDACT_WITHOUT": "EMAIL",
        "SOCIAL_POST_NER_MODEL": "spacy:no_such_model",
        "SOCIAL_POST_MAPPING_FILE": str(tmp_path / "none.toml"),
        "SOCIAL_POST_WORDING_FILE": str(wording),
        "PGPORT": "x",
    }
    for options in ([], ["--json"]):
        result = autopost("config", *options, dsn="postgresql://h/d?connect_timeout=soon", **wrong)
        assert result.returncode == 2
        assert "SOCIAL_POST_MAX_ATTEMPTS" in result.stdout
        assert "Invalid configuration (7 errors):" in result.stderr
        for said in (
            "PGPORT: got 'x'; expected:",
            "DATABASE_URL: connect_timeout is not a number; expected:",
            f"SOCIAL_POST_MAPPING_FILE: cannot read {tmp_path / 'none.toml'}",
            f"SOCIAL_POST_REDACT_NAMES_FILE: {names}: holds no name",
            "SOCIAL_POST_REDACT_WITHOUT: Unknown types of findings: EMAIL",
            "SOCIAL_POST_NER_MODEL: ",
            f"SOCIAL_POST_WORDING_FILE: {wording}: it is not valid TOML: ",
        ):
            assert said in result.stderr


def test_worker_and_config_refuse_alike(database: str, tmp_path: Path) -> None:
    """In the same words."""
    wrong = {"SOCIAL_POST_REDACT_PATTERNS_FILE": str(tmp_path / "none.toml"), "SOCIAL_POST_LLM_ENABLED": "false"}
    said = [autopost(command, dsn=database, **wrong) for command in ("config", "run")]
    assert [result.returncode for result in said] == [2, 2]
    assert said[1].stderr in said[0].stderr
