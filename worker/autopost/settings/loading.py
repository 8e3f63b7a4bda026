"""Load the settings from the environment and the settings file, and report every problem at once.

One ConfigurationError names each variable, the file and key if the value is in the file, the value (secrets masked) and
what was expected. For a misspelt or renamed variable it suggests the right one.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from autopost.errors import ConfigurationError
from autopost.settings.connection_string import HIDDEN, masked
from autopost.settings.definitions import PREFIX, Settings
from autopost.settings.libpq import libpq_problems, names_a_database
from autopost.settings.toml_file import CONFIG_VARIABLE, RENAMED, SettingsFile, key_of, read_settings_file

_MAX_CHARACTERS_SHOWN = 200
_SERVICE_LINK = re.compile(r"_(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$")


def load_settings(*, require_database: bool = True, **overrides: Any) -> Settings:
    """Return the settings from the environment and the file; `overrides` (by field name) win over both.

    Raises ConfigurationError with every problem at once.
    """
    file = settings_file()
    problems = [*_unknown(os.environ), *file.problems]
    if require_database and not overrides.get("database_url") and not database_is_set(file):
        problems.append(
            "DATABASE_URL: not set; expected: postgresql://user:password@host:port/database "
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
        raise invalid_configuration(problems)
    return settings


def invalid_configuration(problems: Sequence[str]) -> ConfigurationError:
    """Return the error that lists these problems, each of which begins with the variable's name."""
    count = "1 error" if len(problems) == 1 else f"{len(problems)} errors"
    return ConfigurationError(f"Invalid configuration ({count}):\n" + "\n".join(f"  {line}" for line in problems))


def settings_file() -> SettingsFile:
    """Return the contents of the settings file that the environment names, or of the one in the default place."""
    return read_settings_file(os.environ.get(CONFIG_VARIABLE), _variables())


def source_of(variable: str, file: SettingsFile) -> str:
    """Return where a setting's value comes from: `environment`, the file's path, or `default`."""
    if os.environ.get(variable):
        return "environment"
    return str(file.path) if variable in file.values else "default"


def _variables() -> dict[str, str]:
    """Map each variable to its field's name."""
    return {str(field.validation_alias): name for name, field in Settings.model_fields.items()}


def _unknown(environment: Mapping[str, str]) -> list[str]:
    """Return a problem for each SOCIAL_POST_* variable that is not a setting: what is ignored could be a safeguard."""
    known = [name for name in _variables() if name.startswith(PREFIX)]
    return [
        f"{name}: not a setting; "
        + (f"did you mean {near[0]}?" if (near := _similar(name, known)) else "`autopost config` lists the settings")
        for name, value in sorted(environment.items())
        if name.startswith(PREFIX) and name not in known and not _is_service_link(name, value)
    ]


def _similar(name: str, known: Sequence[str]) -> list[str]:
    if name in RENAMED:
        return [RENAMED[name]]
    bare = name.removeprefix(PREFIX)
    if bare.endswith("KEY"):  # in the setting with the most similar name it would be shown or sent
        return ["OPENAI_API_KEY"]
    for other in (bare, f"OPENAI_{bare}", f"{name}_ENABLED", f"{PREFIX}LLM_{bare}"):
        if other in _variables():
            return [other]
    rest = {each.removeprefix(PREFIX): each for each in known}
    return [rest[near] for near in difflib.get_close_matches(bare, rest, n=1, cutoff=0.5)]


def _is_service_link(name: str, value: str) -> bool:
    """Return whether Kubernetes made the variable for a Service whose name begins with `social-post`.

    See https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables.
    """
    return bool(_SERVICE_LINK.search(name)) or value.startswith(("tcp://", "udp://", "sctp://"))


def _contradictions(settings: Settings) -> list[str]:
    problems = []
    if settings.lease_seconds <= settings.llm_timeout_seconds:
        limit = f"more than {PREFIX}LLM_TIMEOUT_SECONDS, which is {settings.llm_timeout_seconds:g}"
        problems.append(f"{PREFIX}LEASE_SECONDS: got {settings.lease_seconds:g}; expected: {limit}")
    if settings.llm_daily_usd is not None and settings.llm_prices is None:
        limit = f"{PREFIX}LLM_INPUT_PRICE and {PREFIX}LLM_OUTPUT_PRICE set as well: the price of {settings.llm_model}"
        problems.append(f"{PREFIX}LLM_DAILY_USD: got {settings.llm_daily_usd:g}; expected: {limit} is not known")
    for name, served in (("PAGE", settings.page), ("FEEDS", settings.feeds)):
        if served and settings.http_port is None:
            problems.append(f"{PREFIX}{name}: got True; expected: {PREFIX}HTTP_PORT set as well")
        if served and not settings.page_is_guarded:
            limit = f"{PREFIX}HTTP_TOKEN set as well, because {PREFIX}HTTP_HOST {settings.http_host} is not loopback"
            problems.append(f"{PREFIX}{name}: got True; expected: {limit}")
    if settings.http_read_token is not None and settings.http_read_token == settings.http_token:
        problems.append(f"{PREFIX}HTTP_READ_TOKEN: is {PREFIX}HTTP_TOKEN; expected: another token")
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
    kind = str(field.annotation)
    hidden = value == HIDDEN or "SecretStr" in kind or ("Path" in kind and "://" in str(value))
    got = f"got {HIDDEN if hidden else _shortened(repr(value))}"
    if str(field.validation_alias).endswith("DATABASE_URL") and "error" in problem.get("ctx", {}):
        got = str(problem["ctx"]["error"])
    line = f"{_place(str(field.validation_alias), file)}: {got}; expected: {allowed}"
    near = difflib.get_close_matches(str(problem["input"]).lower(), _choices(field.annotation, str(allowed)), n=1)
    return f"{line}; did you mean {near[0]}?" if near else line


def _shortened(text: str) -> str:
    return text if len(text) <= _MAX_CHARACTERS_SHOWN else f"{text[:_MAX_CHARACTERS_SHOWN]}..."


def _place(variable: str, file: SettingsFile) -> str:
    """Return a variable, with the key and the file if its value comes from the file."""
    if os.environ.get(variable) or variable not in file.values:
        return variable
    return f"{variable} ({key_of(variable)} in {file.path})"


def _placed(problem: str, file: SettingsFile) -> str:
    variable, colon, rest = problem.partition(":")
    return f"{_place(variable, file)}{colon}{rest}"


def _choices(annotation: Any, allowed: str) -> list[str]:
    """Return the words that are allowed, as in `debug, info, warning or error`; nothing where others are, too."""
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return [member.value for member in annotation]
    words = re.split(r", | or ", allowed)
    return words if all(word.isidentifier() for word in words) else []


def database_is_set(file: SettingsFile | None = None) -> bool:
    """Return whether environment or file name a database."""
    file = file or settings_file()
    return bool(os.environ.get("DATABASE_URL")) or "DATABASE_URL" in file.values or names_a_database()
