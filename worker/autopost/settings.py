"""The settings of autopost, and the only module that reads the environment.

Every problem is found before any is reported: one ConfigurationError names each variable, what was given
(secrets masked) and what is allowed, and suggests the nearest name for a misspelt one.
"""

from __future__ import annotations

import difflib
import os
import socket
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from autopost.errors import ConfigurationError

PREFIX = "SOCIAL_POST_"
LIBPQ_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE", "PGUSER")


class LogFormat(StrEnum):
    """`auto` is readable text on a terminal and JSON elsewhere."""

    AUTO = "auto"
    JSON = "json"
    TEXT = "text"


def _setting(default: Any, variable: str, meaning: str, allowed: str, **limits: Any) -> Any:
    return Field(
        default,
        validation_alias=variable,
        description=meaning,
        json_schema_extra={"allowed": allowed},
        **limits,
    )


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """Everything that can be set, each with its variable, meaning, and allowed values."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True, case_sensitive=True
    )

    database_url: SecretStr | None = _setting(
        None,
        "DATABASE_URL",
        "The database that holds operation_trackers. Without it libpq's variables (PGHOST, ...) are used.",
        "postgresql://user:password@host:port/database, or libpq's keyword form",
    )
    schema_name: str = _setting(
        "public",
        f"{PREFIX}SCHEMA",
        "The schema of the platform's tables, in which autopost's own tables are made too.",
        "letters, digits, _, - and $, at most 63, not starting with a digit",
        pattern=r"^[A-Za-z_][A-Za-z0-9_$-]{0,62}$",
    )
    openai_api_key: SecretStr | None = _setting(
        None,
        "OPENAI_API_KEY",
        "The key of the LLM's server. Without it every post is written from a template.",
        "the key as its vendor gave it",
    )
    openai_base_url: str | None = _setting(
        None,
        "OPENAI_BASE_URL",
        "The address of any server that speaks OpenAI's protocol.",
        "http://... or https://...",
        pattern=r"^https?://\S+$",
    )
    llm_enabled: bool = _setting(True, f"{PREFIX}LLM_ENABLED", "Whether posts are written by the LLM.", "true or false")
    llm_model: str = _setting(
        "gpt-4o-mini", f"{PREFIX}LLM_MODEL", "The model that writes posts.", "a model's name", min_length=1
    )
    llm_timeout_seconds: float = _setting(
        5.0,
        f"{PREFIX}LLM_TIMEOUT_SECONDS",
        "The time for a whole generation, retries included. After it the template is used.",
        "seconds, above 0 and at most 60",
        gt=0,
        le=60,
    )
    llm_concurrency: int = _setting(
        20,
        f"{PREFIX}LLM_CONCURRENCY",
        "How many generations one worker has under way at once.",
        "a whole number, 1 to 1000",
        ge=1,
        le=1000,
    )
    llm_input_price: float | None = _setting(
        None,
        f"{PREFIX}LLM_INPUT_PRICE",
        "US dollars for a million prompt tokens, where the model's price is not built in.",
        "a number, 0 or more",
        ge=0,
    )
    llm_output_price: float | None = _setting(
        None,
        f"{PREFIX}LLM_OUTPUT_PRICE",
        "US dollars for a million completion tokens, where the model's price is not built in.",
        "a number, 0 or more",
        ge=0,
    )
    rate_limit_minutes: float = _setting(
        5.0,
        f"{PREFIX}RATE_LIMIT_MINUTES",
        "The window in which one agent posts once. Alerts pass.",
        "minutes, above 0 and at most 1440",
        gt=0,
        le=1440,
    )
    pii_allowlist: CommaSeparated = _setting(
        (),
        f"{PREFIX}PII_ALLOWLIST",
        "Addresses that stay readable, compared whole and without regard to case.",
        "addresses separated by commas",
    )
    spacy_model: str | None = _setting(
        None,
        f"{PREFIX}SPACY_MODEL",
        "An installed spaCy pipeline that finds names of people and places too.",
        "the name of an installed spaCy package",
    )
    poll_seconds: float = _setting(
        5.0,
        f"{PREFIX}POLL_SECONDS",
        "The longest time between two looks into the outbox, whatever the doorbell does.",
        "seconds, 0.05 to 300",
        ge=0.05,
        le=300,
    )
    lease_seconds: float = _setting(
        60.0,
        f"{PREFIX}LEASE_SECONDS",
        "How long a claimed row is held before another worker may take it over.",
        "seconds, 1 to 3600; longer than SOCIAL_POST_LLM_TIMEOUT_SECONDS",
        ge=1,
        le=3600,
    )
    max_attempts: int = _setting(
        5,
        f"{PREFIX}MAX_ATTEMPTS",
        "How often a row is tried before it is dead.",
        "a whole number, 1 to 100",
        ge=1,
        le=100,
    )
    batch_size: int = _setting(
        200,
        f"{PREFIX}BATCH_SIZE",
        "How many rows are claimed or published at once.",
        "a whole number, 1 to 2000",
        ge=1,
        le=2000,
    )
    shutdown_seconds: float = _setting(
        20.0,
        f"{PREFIX}SHUTDOWN_SECONDS",
        "How long a worker may finish what it holds after SIGTERM before it gives it back.",
        "seconds, 0 to 600",
        ge=0,
        le=600,
    )
    worker_name: str = _setting(
        "",
        f"{PREFIX}WORKER_NAME",
        "The name of this worker in the outbox and the audit log. Default: host name and process id.",
        "at most 100 characters",
        max_length=100,
    )
    log_level: str = _setting(
        "info",
        f"{PREFIX}LOG_LEVEL",
        "The least severe log line that is written.",
        "debug, info, warning or error",
        pattern=r"^(?i:debug|info|warning|error)$",
    )
    log_format: LogFormat = _setting(LogFormat.AUTO, f"{PREFIX}LOG_FORMAT", "How log lines look.", "auto, json or text")

    @field_validator("database_url")
    @classmethod
    def _is_connection_string(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        text = _without_driver(value.get_secret_value())
        try:
            conninfo_to_dict(text)
        except psycopg.Error:
            raise ValueError("not a connection string") from None
        return SecretStr(text)

    @field_validator("openai_api_key")
    @classmethod
    def _blank_is_none(cls, value: SecretStr | None) -> SecretStr | None:
        return value if value is not None and value.get_secret_value().strip() else None

    @field_validator("log_format", mode="before")
    @classmethod
    def _without_regard_to_case(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value

    def model_post_init(self, _context: Any, /) -> None:
        """Fill in what depends on the machine."""
        if not self.worker_name:
            object.__setattr__(self, "worker_name", f"{socket.gethostname()[:80]}-{os.getpid()}")

    @property
    def dsn(self) -> str:
        """Return the connection string; empty when libpq's variables say it all."""
        return self.database_url.get_secret_value() if self.database_url else ""

    @property
    def uses_llm(self) -> bool:
        """Tell whether the LLM is on and can be called: a key is there."""
        return self.llm_enabled and self.openai_api_key is not None


def load_settings(*, require_database: bool = True, **overrides: Any) -> Settings:
    """Read the settings from the environment; `overrides` (by field name) win over it.

    Raises ConfigurationError with every problem at once.
    """
    problems: list[str] = []
    problems.extend(_misspelt(os.environ))
    if require_database and not overrides.get("database_url") and not _database_is_set():
        problems.append(
            "DATABASE_URL: not set; allowed: postgresql://user:password@host:port/database "
            "(or set libpq's PGHOST, PGDATABASE, PGUSER, ...)"
        )
    settings: Settings | None = None
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        problems.extend(_describe(problem) for problem in error.errors())
    if settings is not None:
        problems.extend(_contradictions(settings))
    if problems or settings is None:
        count = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        raise ConfigurationError(f"{count} not usable:\n" + "\n".join(f"  {line}" for line in problems))
    return settings


def unknown_variables(environment: Mapping[str, str] | None = None) -> list[str]:
    """Return the SOCIAL_POST_* variables that are not settings of this version, sorted."""
    names = os.environ if environment is None else environment
    return sorted(name for name in names if name.startswith(PREFIX) and name not in _variables())


def _variables() -> dict[str, str]:
    """Map each variable to its field's name."""
    return {str(field.validation_alias): name for name, field in Settings.model_fields.items()}


def _misspelt(environment: Mapping[str, str]) -> list[str]:
    known = [name for name in _variables() if name.startswith(PREFIX)]
    problems = []
    for name in unknown_variables(environment):
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
        if near:
            problems.append(f"{name}: not a setting; did you mean {near[0]}?")
    return problems


def _contradictions(settings: Settings) -> list[str]:
    if settings.lease_seconds <= settings.llm_timeout_seconds:
        limit = f"longer than {PREFIX}LLM_TIMEOUT_SECONDS, which is {settings.llm_timeout_seconds:g}"
        return [f"{PREFIX}LEASE_SECONDS: given {settings.lease_seconds:g}; allowed: {limit}"]
    return []


def _describe(problem: Any) -> str:
    location = str(problem["loc"][0]) if problem["loc"] else ""
    by_variable = _variables()
    name = by_variable.get(location, location)
    field = Settings.model_fields[name]
    extra = field.json_schema_extra
    allowed = extra.get("allowed") if isinstance(extra, dict) else None
    given = "(hidden)" if "SecretStr" in str(field.annotation) else repr(problem["input"])
    line = f"{field.validation_alias}: given {given}; allowed: {allowed}"
    near = difflib.get_close_matches(str(problem["input"]).lower(), _choices(field.annotation), n=1)
    return f"{line}; did you mean {near[0]}?" if near else line


def _choices(annotation: Any) -> list[str]:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return [member.value for member in annotation]
    return []


def _database_is_set() -> bool:
    return any(os.environ.get(name) for name in ("DATABASE_URL", *LIBPQ_VARIABLES))


def _without_driver(url: str) -> str:
    """Turn SQLAlchemy's postgresql+driver:// into the form that libpq knows."""
    scheme, separator, rest = url.partition("://")
    if separator and "+" in scheme:
        return scheme.split("+", 1)[0] + separator + rest
    return url
