"""Settings of where the data is."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr, field_validator

from autopost.settings.connection_string import ALLOWED, connection_string
from autopost.settings.field import PREFIX, Group, setting

SCHEMA_ALLOWED = "letters, digits, _ and -, at most 63, not starting with a digit"
SCHEMA_PATTERN = r"^[A-Za-z_][A-Za-z0-9_-]{0,62}$"


class DatabaseSettings(Group):
    """The database, the schema in it, and how its tables read."""

    database_url: SecretStr | None = setting(
        None,
        "DATABASE_URL",
        "The database that holds operation_trackers. Without it libpq's variables (PGHOST, ...) are used.",
        ALLOWED,
    )
    service: str | None = setting(
        None,
        "PGSERVICE",
        "A section of libpq's service file, where DATABASE_URL is not set.",
        "a service's name",
    )
    service_file: Path | None = setting(
        None,
        "PGSERVICEFILE",
        "That file. Default: .pg_service.conf in the home folder.",
        "the path of a file",
    )
    schema_name: str = setting(
        "autopost",
        f"{PREFIX}SCHEMA",
        "The schema of autopost's own tables, which a migration makes.",
        SCHEMA_ALLOWED,
        pattern=SCHEMA_PATTERN,
    )
    platform_schema_name: str = setting(
        "public",
        f"{PREFIX}PLATFORM_SCHEMA",
        "The schema of the platform's tables. Where a mapping is in force, that says which tables they are instead.",
        SCHEMA_ALLOWED,
        pattern=SCHEMA_PATTERN,
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
        return value if value is None else connection_string(value)

    @property
    def dsn(self) -> str:
        """Return the connection string; empty when libpq's variables say it all."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"service={self.service}" if self.service else ""
