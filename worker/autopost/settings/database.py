"""Settings of the database connection and of the tables."""

from __future__ import annotations

from pydantic import SecretStr, field_validator

from autopost.settings.connection_string import ALLOWED, connection_string
from autopost.settings.field import PREFIX, FilePath, Group, setting

SCHEMA_ALLOWED = "letters, digits, _ and -, at most 63, not starting with a digit"
SCHEMA_PATTERN = r"^[A-Za-z_][A-Za-z0-9_-]{0,62}$"


class DatabaseSettings(Group):
    """The database, its schema, and the mapping of its tables."""

    database_url: SecretStr | None = setting(
        None,
        "DATABASE_URL",
        "The database that holds operation_trackers. If it is not set, libpq's variables (PGHOST, ...) are used.",
        ALLOWED,
    )
    schema_name: str = setting(
        "autopost",
        f"{PREFIX}SCHEMA",
        "The schema of autopost's own tables, which `autopost migrate` creates.",
        SCHEMA_ALLOWED,
        pattern=SCHEMA_PATTERN,
    )
    platform_schema_name: str = setting(
        "public",
        f"{PREFIX}PLATFORM_SCHEMA",
        "The schema of the platform's tables. With a mapping, the mapping says where they are.",
        SCHEMA_ALLOWED,
        pattern=SCHEMA_PATTERN,
    )
    mapping_file: FilePath | None = setting(
        None,
        f"{PREFIX}MAPPING_FILE",
        "For migrations: a mapping for platform tables whose names or columns differ from the expected ones.",
        "the path of a TOML file",
    )

    @field_validator("database_url")
    @classmethod
    def _is_connection_string(cls, value: SecretStr | None) -> SecretStr | None:
        return value if value is None else connection_string(value)

    @property
    def dsn(self) -> str:
        """Return the connection string; empty when libpq's variables are used instead."""
        return self.database_url.get_secret_value() if self.database_url else ""
