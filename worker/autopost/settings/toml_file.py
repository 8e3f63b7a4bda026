"""Read settings from a TOML file.

A key is the variable's name in lower case without SOCIAL_POST_. The environment takes precedence over the file.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

from autopost.errors import Unreadable
from autopost.settings.bounded_file import parse_toml, read_bounded
from autopost.settings.field import PREFIX, FilePath, Group, setting

CONFIG_VARIABLE = f"{PREFIX}CONFIG_FILE"
# Names of earlier versions that are not spelled like the present ones. They are refused with the present name.
RENAMED = {
    f"{PREFIX}HOOKS": f"{PREFIX}WEBHOOKS_FILE",
    f"{PREFIX}LLM_PAUSE_SECONDS": f"{PREFIX}LLM_BREAKER_COOLDOWN_SECONDS",
    f"{PREFIX}SPACY_MODEL": f"{PREFIX}NER_MODEL",
}
DEFAULT_PATH = Path("/etc/autopost/autopost.toml")
# Also read by another library, which reads the environment only.
_ENVIRONMENT_ONLY = (CONFIG_VARIABLE, "OTEL_")
_LIKENESS = 0.6


class FileSettings(Group):
    """The path of the settings file."""

    config_file: FilePath | None = setting(
        None,
        CONFIG_VARIABLE,
        f"The settings file. Environment variables override it. Default: {DEFAULT_PATH}, if it exists.",
        "the path of a TOML file, or /dev/null for none; environment only",
    )


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """The contents of the file. `path` is None if there is no file; `values` are by variable."""

    path: Path | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


class FileSource(PydanticBaseSettingsSource):
    """The settings source that reads the file named by earlier sources, or the one at the default path."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return nothing: `__call__` returns all values at once."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the values by variable. `load_settings` reports problems of the file."""
        fields = {str(field.validation_alias): field for field in self.settings_cls.model_fields.values()}
        values = read_settings_file(self.current_state.get(CONFIG_VARIABLE), fields.keys()).values
        # Pydantic would turn `true` into the number 1.
        return {
            variable: str(value).lower()
            if isinstance(value, bool) and "bool" not in str(fields[variable].annotation)
            else value
            for variable, value in values.items()
        }


def key_of(variable: str) -> str:
    """Return the key of a variable in the file."""
    return variable.removeprefix(PREFIX).lower()


def may_stand_in_file(variable: str) -> bool:
    """Return whether a variable may be set in the file; others are read from the environment only."""
    return not variable.startswith(_ENVIRONMENT_ONLY)


def read_settings_file(named: str | Path | None, variables: Collection[str]) -> SettingsFile:
    """Return the contents of the named file, or of the one at the default path. Problems are part of the result.

    An address instead of a path is none of them: the setting itself refuses it, without showing it.
    """
    if isinstance(named, str) and "://" in named:
        return SettingsFile()
    path = Path(named) if named else DEFAULT_PATH
    try:
        data = parse_toml(read_bounded(path))
    except Unreadable as error:
        if error.is_missing and not named:
            return SettingsFile()
        return SettingsFile(path, problems=(f"{CONFIG_VARIABLE}: cannot read {path}: {error}",))
    by_key = {key_of(variable): variable for variable in variables if may_stand_in_file(variable)}
    # Like an empty variable, an empty string counts as not set.
    values = {by_key[key]: value for key, value in data.items() if key in by_key and value not in ("", {})}
    environment_only = {key_of(variable): variable for variable in variables if not may_stand_in_file(variable)}
    problems = [
        f"{key} in {path}: {environment_only[key]} can be set in the environment only"
        if key in environment_only
        else _unknown(key, value, path, by_key)
        for key, value in data.items()
        if key not in by_key
    ]
    return SettingsFile(path, values, tuple(problems))


def _unknown(key: str, value: Any, path: Path, by_key: Mapping[str, str]) -> str:
    variable = RENAMED.get(f"{PREFIX}{key.upper()}")
    near = [key_of(variable)] if variable else difflib.get_close_matches(key_of(key.upper()), by_key, 1, _LIKENESS)
    if near:
        return f"{key} in {path}: not a setting; did you mean {near[0]}?"
    if isinstance(value, dict):
        return f"[{key}] in {path}: not a setting; the file has no sections, write all keys at the top level"
    return f"{key} in {path}: not a setting; expected: a key that `autopost config` lists"
