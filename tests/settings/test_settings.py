"""The settings: every problem at once, each saying what was given and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from autopost.cli.config_screen import settings_now
from autopost.database.connection import connect_arguments
from autopost.database.migrate import given_mapping
from autopost.errors import ConfigurationError, mask_keys
from autopost.processes.redactor import build_redactor
from autopost.settings import Settings, load_settings
from autopost.settings.definitions import SUBJECTS
from autopost.settings.toml_file import SettingsFile
from autopost.webhooks.from_settings import webhooks_from_settings


def refusal(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    """Return the message with which these variables are refused."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    return str(caught.value)


def test_defaults_are_those_of_the_contract() -> None:
    """Model, window, deadline and switch."""
    settings = load_settings(require_database=False)
    assert settings.llm_model == "gpt-4o-mini"
    assert settings.rate_limit_minutes == 5
    assert settings.llm_timeout_seconds == 5
    assert settings.llm_enabled
    assert not settings.uses_llm, "there is no key"


def test_all_problems_are_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One run shows everything that is wrong."""
    message = refusal(
        monkeypatch,
        SOCIAL_POST_RATE_LIMIT_MINUTES="five",
        SOCIAL_POST_BATCH_SIZE="0",
        OPENAI_BASE_URL="localhost",
        SOCIAL_POST_LLM_MODLE="x",
    )
    assert message.startswith("Invalid configuration (5 errors):")
    assert "SOCIAL_POST_RATE_LIMIT_MINUTES: got 'five'; expected: minutes, above 0 and at most 1440" in message
    assert "SOCIAL_POST_BATCH_SIZE: got '0'; expected: a whole number, 1 to 2000" in message
    assert "OPENAI_BASE_URL: got 'localhost'; expected: http://... or https://..." in message
    assert "SOCIAL_POST_LLM_MODLE: not a setting; did you mean SOCIAL_POST_LLM_MODEL?" in message
    assert "DATABASE_URL: not set; expected: postgresql://" in message


def test_misspelt_choice_is_answered_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message suggests what was probably meant."""
    assert "did you mean json?" in refusal(monkeypatch, SOCIAL_POST_LOG_FORMAT="jsno")
    assert "did you mean warning?" in refusal(monkeypatch, SOCIAL_POST_LOG_LEVEL="warn")


def test_malformed_database_url_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection string holds a password."""
    message = refusal(monkeypatch, DATABASE_URL="mysql://root:hunter2@db/x")
    assert "DATABASE_URL: the scheme is mysql; autopost works with PostgreSQL; expected: postgresql://" in message
    assert "hunter2" not in message


def test_missing_database_is_no_problem_for_libpq_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """PGHOST and its siblings serve as well."""
    monkeypatch.setenv("PGHOST", "db.example")
    assert load_settings().dsn == ""


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg2"])
def test_every_common_scheme_of_a_url_is_taken(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """SQLAlchemy's driver is left out."""
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://u:p@h/d")
    assert load_settings().dsn == f"{scheme.split('+', 1)[0]}://u:p@h/d"


def test_lease_must_outlast_a_generation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise every slow generation would be done twice."""
    message = refusal(monkeypatch, DATABASE_URL="postgresql://h/d", SOCIAL_POST_LEASE_SECONDS="4")
    assert "SOCIAL_POST_LEASE_SECONDS: got 4; expected: more than SOCIAL_POST_LLM_TIMEOUT_SECONDS" in message


def test_a_budget_needs_the_prices_of_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """What costs nothing that is known cannot be limited; both prices of an unknown model are needed."""
    given = {"DATABASE_URL": "postgresql://h/d", "SOCIAL_POST_LLM_DAILY_USD": "5", "SOCIAL_POST_LLM_MODEL": "mine"}
    message = refusal(monkeypatch, **given)
    assert "SOCIAL_POST_LLM_DAILY_USD: got 5; expected: SOCIAL_POST_LLM_INPUT_PRICE and " in message
    assert "set as well: the price of mine is not known" in message
    assert "got 5" in refusal(monkeypatch, **given, SOCIAL_POST_LLM_INPUT_PRICE="1")
    monkeypatch.setenv("SOCIAL_POST_LLM_OUTPUT_PRICE", "2")
    assert load_settings().llm_prices == (1.0, 2.0)
    for wrong in ("0", "-1", "nan", "inf", "five"):
        assert "SOCIAL_POST_LLM_DAILY_USD: got" in refusal(monkeypatch, SOCIAL_POST_LLM_DAILY_USD=wrong), wrong


@pytest.mark.parametrize("address", ["http://[::1", "https://", "ftp://x", "http:// x"])
def test_impossible_address_of_the_llm_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Before anything tries to connect to it."""
    assert "OPENAI_BASE_URL: got" in refusal(monkeypatch, OPENAI_BASE_URL=address)


def test_blank_name_and_model_count_as_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker without a name gets one, and a model without a name is refused."""
    monkeypatch.setenv("SOCIAL_POST_WORKER_NAME", "   ")
    assert load_settings(require_database=False).worker_name.strip()
    assert "SOCIAL_POST_LLM_MODEL" in refusal(monkeypatch, SOCIAL_POST_LLM_MODEL="  ")


def test_blank_key_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A space in a secret's file is not a key."""
    monkeypatch.setenv("OPENAI_API_KEY", "  ")
    assert not load_settings(require_database=False).uses_llm


def test_empty_variable_is_as_if_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files pass empty values on."""
    monkeypatch.setenv("OPENAI_API_KEY", "")
    monkeypatch.setenv("SOCIAL_POST_LLM_MODEL", "")
    settings = load_settings(require_database=False)
    assert not settings.uses_llm
    assert settings.llm_model == "gpt-4o-mini"


def test_allowlist_is_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blanks around addresses do not count."""
    monkeypatch.setenv("SOCIAL_POST_PII_ALLOWLIST", " support@acme.com, help@acme.com ,")
    assert load_settings(require_database=False).pii_allowlist == ("support@acme.com", "help@acme.com")


def test_every_variable_that_is_not_a_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """However far it is from a setting's name: SOCIAL_POST_LLM=false, if ignored, would send texts to a model."""
    names = {"LLM": "LLM_ENABLED", "RATE_LIMIT": "RATE_LIMIT_MINUTES", "RATELIMIT_MINUTES": "RATE_LIMIT_MINUTES"}
    names |= {"MODEL": "LLM_MODEL", "WEBHOOK_FILE": "WEBHOOKS_FILE"}
    for name in (*names, "QQQ"):
        monkeypatch.setenv(f"SOCIAL_POST_{name}", "5")
    with pytest.raises(ConfigurationError) as refused:
        load_settings(require_database=False)
    for name, near in names.items():
        assert f"SOCIAL_POST_{name}: not a setting; did you mean SOCIAL_POST_{near}?" in str(refused.value)
    assert "SOCIAL_POST_QQQ: not a setting; `autopost config` lists the settings" in str(refused.value)
    assert "(6 errors)" in str(refused.value)


def test_variable_with_a_prefix_too_many_suggests_the_one_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the most similar one with the prefix: a key in it would be shown, or sent to a server."""
    names = {"DATABASE_URL": "DATABASE_URL", "BASE_URL": "OPENAI_BASE_URL", "LLM_KEY": "OPENAI_API_KEY"}
    message = refusal(monkeypatch, **{f"SOCIAL_POST_{name}": "x" for name in names})
    for name, meant in names.items():
        assert f"SOCIAL_POST_{name}: not a setting; did you mean {meant}?" in message


def test_variables_that_kubernetes_makes_for_a_service_are_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Service named social-post-feed appears in the environment of each container of its namespace."""
    for name, value in {
        "SERVICE_HOST": "10.0.0.11",
        "SERVICE_PORT": "80",
        "SERVICE_PORT_HTTP": "80",
        "PORT": "tcp://10.0.0.11:80",
        "PORT_80_TCP": "tcp://10.0.0.11:80",
        "PORT_80_TCP_PROTO": "tcp",
        "PORT_80_TCP_PORT": "80",
        "PORT_80_TCP_ADDR": "10.0.0.11",
    }.items():
        monkeypatch.setenv(f"SOCIAL_POST_FEED_{name}", value)
    load_settings(require_database=False)


def test_address_in_the_place_of_a_file_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of a chat's webhook is a secret."""
    address = "https://hooks.slack.com/services/" + "/".join(("T000", "B000", "x" * 8))
    files = [
        str(field.validation_alias)
        for field in Settings.model_fields.values()
        if str(field.validation_alias).endswith("_FILE")
    ]
    assert len(files) >= 5
    for variable in files:
        monkeypatch.setenv(variable, address)
        with pytest.raises(ConfigurationError) as refused:
            load_settings(require_database=False)
        assert f"{variable}: got (hidden); expected: the path" in str(refused.value), variable
        assert "services" not in str(refused.value), variable
        monkeypatch.delenv(variable)


@pytest.mark.parametrize("name", ["1st", "a b", 'a"b', "a;drop", "a$$b", "", "x" * 64])
def test_schema_with_an_impossible_name_is_refused(name: str) -> None:
    """The name is part of SQL."""
    with pytest.raises(ConfigurationError, match="SOCIAL_POST_SCHEMA"):
        load_settings(require_database=False, schema_name=name)


def test_settings_do_not_show_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the key nor the password appears in a printed Settings."""
    monkeypatch.setenv("OPENAI_API_KEY", "very-secret-key")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter2@h/d")
    shown = repr(load_settings())
    assert "very-secret-key" not in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("REDACT_LEAST_SCORE", "1.5", "a number, 0 to 1"),
        ("REDACT_LEAST_SCORE", "nan", "a number, 0 to 1"),
        ("REDACT_NAMES_TABLE", "users", "table.column, schema.table.column"),
        ("REDACT_NAMES_TABLE", "users.name; drop table users", "table.column"),
        ("REDACT_NAMES_TABLE", "a.b.c.d", "table.column"),
    ],
)
def test_impossible_redaction_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, allowed: str
) -> None:
    """With what was given and what is allowed."""
    message = refusal(monkeypatch, **{f"SOCIAL_POST_{variable}": value})
    assert f"SOCIAL_POST_{variable}: got {value!r}; expected: " in message
    assert allowed in message


@pytest.mark.parametrize(
    "place",
    ["users.name", "app.users.full_name", "users.first_name+last_name", '"App"."User"."fullName"', 'users."a+b"+c'],
)
def test_table_of_names_is_named_as_in_sql(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """With or without a schema, in quotes or not, of several columns."""
    monkeypatch.setenv("SOCIAL_POST_REDACT_NAMES_TABLE", place)
    assert load_settings(require_database=False).redact_names_table == place


def test_types_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of both lists."""
    monkeypatch.setenv("SOCIAL_POST_REDACT_ONLY", "EMAIL_ADDRESS, us_ssn")
    monkeypatch.setenv("SOCIAL_POST_REDACT_WITHOUT", "PHONE_NUMBER,")
    settings = load_settings(require_database=False)
    assert (settings.redact_only, settings.redact_without) == (("EMAIL_ADDRESS", "us_ssn"), ("PHONE_NUMBER",))


def test_renamed_variable_is_refused_with_its_present_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ignored, it would change what the worker does."""
    names = [
        ("CONFIG", "CONFIG_FILE"),
        ("HOOKS", "WEBHOOKS_FILE"),
        ("HOOK_NETWORKS", "WEBHOOK_NETWORKS"),
        ("LLM_PAUSE_SECONDS", "LLM_BREAKER_COOLDOWN_SECONDS"),
        ("MAPPING", "MAPPING_FILE"),
        ("REDACT_PATTERNS", "REDACT_PATTERNS_FILE"),
        ("SPACY_MODEL", "NER_MODEL"),
        ("START_SECONDS", "STARTUP_WAIT_SECONDS"),
    ]
    message = refusal(monkeypatch, **{f"SOCIAL_POST_{old}": "5" for old, _ in names})
    said = [f"SOCIAL_POST_{old}: not a setting; did you mean SOCIAL_POST_{new}?" for old, new in names]
    assert [line for line in said if line not in message] == []


def test_every_setting_belongs_to_a_subject() -> None:
    """The reference has all of them, each once."""
    fields = [name for group in SUBJECTS.values() for name in group.model_fields]
    assert sorted(fields) == sorted(Settings.model_fields)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:pa/ss@db.example/platform",
        "postgresql://user:pa@ss/word@db.example/platform",
        "postgresql://user:12/ss@db.example/platform",
        "postgresql://user:secret@db.example:abc/platform",
    ],
)
def test_password_that_is_not_encoded_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """It would be taken for a port or a database, which errors name."""
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ConfigurationError, match=r"DATABASE_URL: .*; expected: postgresql:") as raised:
        load_settings()
    assert not any(part in str(raised.value) for part in ("pa/", "ss@", "12/", "secret"))


@pytest.mark.parametrize("password", ["pa%2Fss", "p%40ss", "50%25"])
def test_password_that_is_encoded_is_taken(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    """As libpq takes it."""
    url = f"postgresql://user:{password}@db.example:5433,other.example:5434/platform"
    monkeypatch.setenv("DATABASE_URL", url)
    assert load_settings().dsn == url


def test_login_in_an_address_that_is_refused_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor what it asks with."""
    monkeypatch.setenv("DATABASE_URL", "postgresql:///platform")
    monkeypatch.setenv("OPENAI_BASE_URL", "ftp://user:pa/ss@llm.example/v1?key=hush")
    with pytest.raises(ConfigurationError, match="OPENAI_BASE_URL") as raised:
        load_settings()
    assert "ftp://***@llm.example/v1?key=***" in str(raised.value)


KEYS = ("sk-" + "proj-" + "a1B2" * 9, "AKIA" + "A1B2" * 4, "whsec_" + "Zm9v" * 3, "ab12" * 8)


@pytest.mark.parametrize("key", KEYS)
def test_key_in_the_wrong_variable_is_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str) -> None:
    """Neither by the error of any setting, nor by that of the file it is taken for."""
    for field in Settings.model_fields.values():
        variable = str(field.validation_alias)
        with monkeypatch.context() as changed:
            changed.setenv(variable, key)
            try:
                settings = load_settings(require_database=False)
                shown = "".join(f"{now.value}" for now in settings_now(settings, SettingsFile()))
            except ConfigurationError as error:
                shown = str(error)
        assert key not in shown, variable
    file = tmp_path / "settings.toml"
    file.write_text(f"openai_base_url = ['{key}']\nhttp_port = '{key}'\n")
    assert key not in refusal(monkeypatch, SOCIAL_POST_CONFIG_FILE=str(file))
    monkeypatch.delenv("SOCIAL_POST_CONFIG_FILE")
    settings = load_settings(require_database=False, mapping_file=key, redact_patterns_file=key, webhooks_file=key)
    for read in (given_mapping, build_redactor, webhooks_from_settings):
        with pytest.raises(ConfigurationError) as raised:
            read(settings)
        assert key not in str(raised.value)


def test_value_of_an_address_that_is_none_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short password does not look like one."""
    assert "OPENAI_BASE_URL: got (hidden); expected: http" in refusal(monkeypatch, OPENAI_BASE_URL="hunter2")


@pytest.mark.parametrize(
    "value",
    [
        "claude-3-5-sonnet-20241022",
        "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        "mydb.c9akciq32rgv.us-east-1.rds.amazonaws.com",
        "550e8400-e29b-41d4-a716-446655440000",
        "SOCIAL_POST_LLM_BREAKER_COOLDOWN_SECONDS",
        "12345678901234567890123",
    ],
)
def test_what_is_no_key_is_shown(value: str) -> None:
    """Or nobody could see what is wrong."""
    assert mask_keys(f"got {value!r}") == f"got {value!r}"


def test_service_that_is_not_defined_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The driver would go on without it, to another database."""
    file = tmp_path / "services"
    file.write_text("[shop]\nhost=127.0.0.1\n")
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    monkeypatch.setenv("PGSERVICE", "shop")
    assert load_settings().dsn == ""
    assert connect_arguments(load_settings(), "test")["dsn"] == "postgresql://?host=127.0.0.1"
    monkeypatch.setenv("PGSERVICE", "nope")
    with pytest.raises(ConfigurationError, match=r"PGSERVICE: got 'nope'; expected: a service of .*: shop"):
        connect_arguments(load_settings(), "test")


@pytest.mark.parametrize("given", ["abc", "5432,x", "-1"])
def test_port_of_libpq_that_is_no_number_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """The worker's driver would only say what it could not convert."""
    message = refusal(monkeypatch, PGHOST="db.example", PGPORT=given)
    assert f"PGPORT: got {given!r}; expected: a whole number, 1 to 65535" in message


def test_time_to_connect_that_is_no_number_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands beside it could be a part of a password."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://h/d?connect_timeout=hunter2")
    with pytest.raises(ConfigurationError, match="DATABASE_URL: connect_timeout is not a number; expected") as raised:
        connect_arguments(load_settings(), "test")
    assert "hunter2" not in str(raised.value)
