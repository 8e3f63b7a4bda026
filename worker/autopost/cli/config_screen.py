"""Every setting with its value, where that comes from, and what it means."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from autopost.cli.screen import plain
from autopost.settings import Settings, source_of
from autopost.settings.connection_string import HIDDEN, masked
from autopost.settings.definitions import SUBJECTS
from autopost.settings.toml_file import SettingsFile, key_of, may_stand_in_file

_SHOWN_OF_DATABASE = ("host", "port", "dbname", "user", "service")
# A default is not a secret.
_DEFAULTS = [field.default for field in Settings.model_fields.values() if isinstance(field.default, SecretStr)]


@dataclass(frozen=True, slots=True)
class SettingNow:
    """One setting as it counts at this moment. `value` is None where it is not set; secrets are hidden."""

    subject: str
    variable: str
    key: str | None
    value: str | None
    source: str
    meaning: str
    allowed: str


def settings_now(settings: Settings, file: SettingsFile) -> Iterable[SettingNow]:
    """Return all settings, by subject."""
    for subject, group in SUBJECTS.items():
        for name, field in group.model_fields.items():
            variable = str(field.validation_alias)
            extra = field.json_schema_extra
            assert isinstance(extra, dict)
            yield SettingNow(
                subject=subject,
                variable=variable,
                key=key_of(variable) if may_stand_in_file(variable) else None,
                value=shown(variable, getattr(settings, name)),
                source=source_of(variable, file),
                meaning=str(field.description),
                allowed=str(extra["allowed"]),
            )


def shown(variable: str, value: Any) -> str | None:
    """Return a value as it may be seen: of a database where it is and who asks, of other secrets nothing."""
    if value is None or value == () or value == "":
        return None
    if isinstance(value, SecretStr):
        if value in _DEFAULTS:
            return value.get_secret_value()
        if not variable.endswith("DATABASE_URL"):
            return HIDDEN
        parts = conninfo_to_dict(value.get_secret_value())
        return " ".join(f"{name}={parts[name]}" for name in _SHOWN_OF_DATABASE if parts.get(name)) or HIDDEN
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(masked(variable, str(part)) for part in value)
    return masked(variable, str(value))


def config_screen(found: Iterable[SettingNow]) -> RenderableType:
    """Return the settings under their subjects; what differs from the defaults stands out."""
    parts: list[RenderableType] = []
    subject = None
    for setting in found:
        if setting.subject != subject:
            parts.append(Text(f"{'' if subject is None else chr(10)}{setting.subject}", style="bold underline"))
            subject = setting.subject
        is_set = setting.source != "default"
        parts.append(
            Text.assemble(
                (setting.variable, "bold" if is_set else ""),
                " = " if setting.value is not None else "  ",
                (plain(setting.value) if setting.value is not None else "not set", "cyan" if is_set else "dim"),
                (f"  ({plain(setting.source)})", "green" if is_set else "dim"),
                overflow="fold",
            )
        )
        parts.append(Padding(Text(setting.meaning, style="dim"), (0, 0, 0, 4), expand=False))
    return Group(*parts)


def secrets_may_be_read_by_all(file: SettingsFile) -> bool:
    """Return whether the file holds a secret and everybody on this machine may read it."""
    fields: dict[str, FieldInfo] = {str(field.validation_alias): field for field in Settings.model_fields.values()}
    holds_secret = any("SecretStr" in str(fields[variable].annotation) for variable in file.values)
    return holds_secret and bool(Path(file.path or "").stat().st_mode & stat.S_IROTH)
