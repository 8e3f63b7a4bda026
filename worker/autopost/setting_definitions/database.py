"""Settings of where the data is."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr, field_validator

from autopost.setting_definitions.field import PREFIX, Group, setting


class DatabaseSettings(Group):
    """The database, the schema in it, and how its tables read."""

    database_url: SecretStr | None = setting(
        None,
        "DATABASE_URL",
        "The database that holds operation_trackers. Without it libpq's variables (PGHOST, ...) are used.",
        "postgresql://user:password@host:port/database, or libpq's keyword form",
    )
    service: str | None = setting(
        None,
        "PGSERVICE",
        "A section of libpq's service file, where DATABASE_URL is not set.",
        "a service's name",
    )
    schema_name: str = setting(
        "public",
        f"{PREFIX}SCHEMA",
        "The schema of the platform's tables, in which autopost's own tables are made too.",
        "letters, digits, _ and -, at most 63, not starting with a digit",
        pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,62}$",
    )
    mapping_file: Path | None = setting(
        None,
        f"{PREFIX}MAPPING",
        "For migrations: how the tables of a platform read whose names or shapes are not autopost's.",
        "the path of a TOML file",
    )

    @field_validator("database_url")
    @classmethod
    def _is_connection_string(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        text = without_driver(value.get_secret_value())
        try:
            conninfo_to_dict(text)
        except psycopg.Error:
            raise ValueError("not a connection string") from None
        return SecretStr(text)

    @property
    def dsn(self) -> str:
        """Return the connection string; empty when libpq's variables say it all."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"service={self.service}" if self.service else ""


def without_driver(url: str) -> str:
    """Turn SQLAlchemy's postgresql+driver:// into the form that libpq knows."""
    scheme, separator, rest = url.partition("://")
    if separator and "+" in scheme:
        return scheme.split("+", 1)[0] + separator + rest
    return url
