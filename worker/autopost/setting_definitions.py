"""What can be set: each setting with its variable, its meaning and what is allowed."""

from __future__ import annotations

import os
import socket
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "SOCIAL_POST_"


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
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        case_sensitive=True,
        str_strip_whitespace=True,
    )

    database_url: SecretStr | None = _setting(
        None,
        "DATABASE_URL",
        "The database that holds operation_trackers. Without it libpq's variables (PGHOST, ...) are used.",
        "postgresql://user:password@host:port/database, or libpq's keyword form",
    )
    service: str | None = _setting(
        None,
        "PGSERVICE",
        "A section of libpq's service file, where DATABASE_URL is not set.",
        "a service's name",
    )
    schema_name: str = _setting(
        "public",
        f"{PREFIX}SCHEMA",
        "The schema of the platform's tables, in which autopost's own tables are made too.",
        "letters, digits, _ and -, at most 63, not starting with a digit",
        pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,62}$",
    )
    mapping_file: Path | None = _setting(
        None,
        f"{PREFIX}MAPPING",
        "For migrations: how the tables of a platform read whose names or shapes are not autopost's.",
        "the path of a TOML file",
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
    llm_pause_seconds: float = _setting(
        30.0,
        f"{PREFIX}LLM_PAUSE_SECONDS",
        "How long the LLM is left alone after five failures in a row; twice as long each time that it fails again.",
        "seconds, above 0 and at most 300",
        gt=0,
        le=300,
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
    maintenance_seconds: float = _setting(
        30.0,
        f"{PREFIX}MAINTENANCE_SECONDS",
        "The time between two looks for operations that the trigger missed and for rows that were kept long enough.",
        "seconds, 0.05 to 86400",
        ge=0.05,
        le=86400,
    )
    retention_days: float = _setting(
        7.0,
        f"{PREFIX}RETENTION_DAYS",
        "How long finished rows stay in the outbox, with the operation's text.",
        "days, 0 to 3650, fractions allowed",
        ge=0,
        le=3650,
    )
    worker_name: str = _setting(
        "",
        f"{PREFIX}WORKER_NAME",
        "The name of this worker in the outbox and the audit log. Default: host name and process id.",
        "at most 100 characters",
        max_length=100,
    )
    http_host: str = _setting(
        "127.0.0.1",
        f"{PREFIX}HTTP_HOST",
        "Where the worker answers /healthz, /readyz and /metrics.",
        "an address of this machine; anyone who reaches it can read",
    )
    http_port: int | None = _setting(
        None,
        f"{PREFIX}HTTP_PORT",
        "The port for that; without it the worker serves nothing.",
        "a whole number, 1 to 65535, or 0 for any that is free",
        ge=0,
        le=65535,
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

    @field_validator("openai_base_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None and not urlsplit(value).hostname:  # urlsplit itself refuses what is no address
            raise ValueError("no host")
        return value

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
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"service={self.service}" if self.service else ""

    @property
    def uses_llm(self) -> bool:
        """Tell whether the LLM is on and can be called: a key is there."""
        return self.llm_enabled and self.openai_api_key is not None


def _without_driver(url: str) -> str:
    """Turn SQLAlchemy's postgresql+driver:// into the form that libpq knows."""
    scheme, separator, rest = url.partition("://")
    if separator and "+" in scheme:
        return scheme.split("+", 1)[0] + separator + rest
    return url
