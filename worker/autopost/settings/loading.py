"""The settings of autopost, from the environment and a file; no other module reads the environment.

Every problem is found before any is reported: one ConfigurationError names each variable, where a bad value stands if
that is in the file, what was given (secrets masked) and what is allowed, and suggests the nearest name for a misspelt
one.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from autopost.errors import ConfigurationError
from autopost.settings.connection_string import masked
from autopost.settings.definitions import PREFIX, Broadcast, LogFormat, Settings
from autopost.settings.toml_file import CONFIG_VARIABLE, SettingsFile, key_of, read_settings_file

__all__ = [
    "PREFIX",
    "Broadcast",
    "LogFormat",
    "Settings",
    "libpq_problems",
    "load_settings",
    "not_usable",
    "settings_file",
    "source_of",
    "unknown_variables",
]

LIBPQ_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE", "PGUSER")


def load_settings(*, require_database: bool = True, **overrides: Any) -> Settings:
    """Read the settings from the environment and the file; `overrides` (by field name) win over both.

    Raises ConfigurationError with every problem at once.
    """
    file = settings_file()
    problems = [*_misspelt(os.environ), *file.problems]
    if require_database and not overrides.get("database_url") and not database_is_set(file):
        problems.append(
            "DATABASE_URL: not set; allowed: postgresql://user:password@host:port/database "
            "(or set libpq's PGHOST, PGDATABASE, PGUSER, ...)"
        )
    if require_database:
        problems.extend(libpq_problems())
    settings: Settings | None = None
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        problems.extend(_describe(problem, file) for problem in error.errors())
    if settings is not None:
        problems.extend(_placed(problem, file) for problem in _contradictions(settings))
    if problems or settings is None:
        raise not_usable(problems)
    return settings


def not_usable(problems: Sequence[str]) -> ConfigurationError:
    """Return the error that names all of these settings; each problem begins with a variable."""
    count = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
    return ConfigurationError(f"{count} not usable:\n" + "\n".join(f"  {line}" for line in problems))


def settings_file() -> SettingsFile:
    """Return what stands in the file that the environment names, or in the one in its usual place."""
    return read_settings_file(os.environ.get(CONFIG_VARIABLE), _variables())


def source_of(variable: str, file: SettingsFile) -> str:
    """Return where a setting's value comes from: `environment`, the file's path, or `default`."""
    if os.environ.get(variable):
        return "environment"
    return str(file.path) if variable in file.values else "default"


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


def libpq_problems() -> list[str]:
    """Return what is wrong with a variable of libpq's that the worker's driver reads by itself."""
    given = os.environ.get("PGPORT", "")
    if all(port.isdecimal() for port in given.split(",") if port):
        return []
    return [f"PGPORT: given {given!r}; allowed: a whole number, 1 to 65535, or several separated by commas"]


def _contradictions(settings: Settings) -> list[str]:
    problems = []
    if settings.lease_seconds <= settings.llm_timeout_seconds:
        limit = f"longer than {PREFIX}LLM_TIMEOUT_SECONDS, which is {settings.llm_timeout_seconds:g}"
        problems.append(f"{PREFIX}LEASE_SECONDS: given {settings.lease_seconds:g}; allowed: {limit}")
    if settings.ner_model and settings.spacy_model:
        problems.append(f"{PREFIX}SPACY_MODEL: given {settings.spacy_model!r}; allowed: not beside {PREFIX}NER_MODEL")
    for name, served in (("PAGE", settings.page), ("FEEDS", settings.feeds)):
        if served and settings.http_port is None:
            problems.append(f"{PREFIX}{name}: given True; allowed: with {PREFIX}HTTP_PORT set")
        if served and not settings.page_is_guarded:
            limit = f"with {PREFIX}HTTP_TOKEN set, because {PREFIX}HTTP_HOST {settings.http_host} is beyond loopback"
            problems.append(f"{PREFIX}{name}: given True; allowed: {limit}")
    return problems


def _describe(problem: Any, file: SettingsFile) -> str:
    location = str(problem["loc"][0]) if problem["loc"] else ""
    by_variable = _variables()
    name = by_variable.get(location, location)
    field = Settings.model_fields[name]
    extra = field.json_schema_extra
    allowed = extra.get("allowed") if isinstance(extra, dict) else None
    value = problem["input"]
    if isinstance(value, str):
        value = masked(str(field.validation_alias), value)
    given = "(hidden)" if "SecretStr" in str(field.annotation) else repr(value)
    line = f"{_place(str(field.validation_alias), file)}: given {given}; allowed: {allowed}"
    near = difflib.get_close_matches(str(problem["input"]).lower(), _choices(field.annotation), n=1)
    return f"{line}; did you mean {near[0]}?" if near else line


def _place(variable: str, file: SettingsFile) -> str:
    """Return a variable, and where its value stands if that is not the environment."""
    if os.environ.get(variable) or variable not in file.values:
        return variable
    return f"{variable} ({key_of(variable)} in {file.path})"


def _placed(problem: str, file: SettingsFile) -> str:
    variable, colon, rest = problem.partition(":")
    return f"{_place(variable, file)}{colon}{rest}"


def _choices(annotation: Any) -> list[str]:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return [member.value for member in annotation]
    return []


def database_is_set(file: SettingsFile | None = None) -> bool:
    """Tell whether environment or file say which database is meant."""
    file = file or settings_file()
    names = ("DATABASE_URL", *LIBPQ_VARIABLES)
    return any(os.environ.get(name) or name in file.values for name in names)
