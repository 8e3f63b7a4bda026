"""Build the redactor from the settings. Takes a third of a second of CPU to import."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from autopost.errors import ConfigurationError, Unreadable
from autopost.processes.user_names import Reload
from autopost.redaction.allowlist import require_addresses
from autopost.redaction.engine import RULE_IDS, known_entities
from autopost.redaction.entities import select_entities
from autopost.redaction.names import word_count
from autopost.redaction.pattern_file import parse_patterns
from autopost.redaction.redactor import Redactor
from autopost.redaction.rule import Rule
from autopost.settings import PREFIX, Settings, invalid_configuration
from autopost.settings.bounded_file import parse_toml, read_bounded

# A single word in a table of users, such as `test` or `Will`, would be redacted wherever it occurs.
MIN_WORDS_OF_TABLE_NAME = 2

MAX_NAMES_FILE_BYTES = 50_000_000  # as many names as a table may hold

T = TypeVar("T")


def build_redactor(settings: Settings, table_names: Iterable[str] = ()) -> Redactor:
    """Return the redactor. CPU-bound and slow: loads patterns, names and models.

    Raises ConfigurationError with every invalid redaction setting, each with its variable.
    """
    redactor, problems = _build(settings, table_names)
    if redactor is None or problems:
        raise invalid_configuration(problems)
    return redactor


def load_patterns(path: str | Path) -> list[Rule]:
    """Return the patterns of a file. Raises ConfigurationError that lists every invalid pattern with the reason."""
    try:
        document = parse_toml(read_bounded(path))
    except Unreadable as error:
        raise ConfigurationError(f"{path}: {error}") from None
    return parse_patterns(document, str(path))


def redaction_problems(settings: Settings) -> list[str]:
    """Return the problems that `build_redactor` would raise. Equally slow."""
    return _build(settings, ())[1]


def reloader(settings: Settings, redactor: Redactor, table_names: Iterable[str] = ()) -> Reload:
    """Return a function that reads the file of names again and gives the redactor its names and those of the table.

    `table_names` are those that the redactor has already. The function is CPU-bound if names changed. It raises
    ConfigurationError, and changes nothing, when the file is invalid.
    """
    known = [_file_names(settings), set(table_names)]

    def reload(table_names: Iterable[str]) -> None:
        names = [_file_names(settings), set(table_names)]
        if names != known:
            redactor.set_names(_names_to_find(*names))
            known[:] = names

    return reload


def _build(settings: Settings, table_names: Iterable[str]) -> tuple[Redactor | None, list[str]]:
    problems: list[str] = []

    def guarded(variable: str, build: Callable[[], T], otherwise: T) -> T:
        try:
            return build()
        except ConfigurationError as error:
            problems.append(f"{variable}: {error}")
            return otherwise

    path = settings.redact_patterns_file
    patterns = guarded(f"{PREFIX}REDACT_PATTERNS_FILE", lambda: load_patterns(path) if path else [], None)
    no_names: set[str] = set()
    file_names = guarded(f"{PREFIX}REDACT_NAMES_FILE", lambda: _file_names(settings), no_names)
    only, without = settings.redact_only or None, (*settings.redact_without, *_unwanted_places(settings))
    types: dict[str, Any] = {}
    if patterns is not None:  # without the patterns, their types would be reported as unknown
        names = [name for name in ("ONLY", "WITHOUT") if getattr(settings, f"redact_{name.lower()}")] or ["ONLY"]
        variables = " and ".join(f"{PREFIX}REDACT_{name}" for name in names)
        known = known_entities(patterns)
        if guarded(variables, lambda: select_entities(known, only, without, RULE_IDS), None) is not None:
            types = {"only": only, "without": without}
    guarded(f"{PREFIX}PII_ALLOWLIST", lambda: require_addresses(settings.pii_allowlist), None)
    redactor = guarded(
        f"{PREFIX}NER_MODEL",
        lambda: Redactor(
            settings.pii_allowlist,
            settings.ner_model,
            least_score=settings.redact_least_score,
            names=_names_to_find(file_names, table_names),
            patterns=patterns or [],
            given_names=settings.redact_given_names,
            **types,
        ),
        None,
    )
    return redactor, problems


def _unwanted_places(settings: Settings) -> tuple[str, ...]:
    """Return the type of places unless the settings ask for it: models take many other words for places."""
    named = "LOCATION" in {entity.upper() for entity in settings.redact_only}
    return () if settings.redact_locations or named else ("LOCATION",)


def _names_to_find(file_names: Iterable[str], table_names: Iterable[str]) -> list[str]:
    return [*file_names, *(name for name in table_names if word_count(name) >= MIN_WORDS_OF_TABLE_NAME)]


def _file_names(settings: Settings) -> set[str]:
    return set(_read_names(settings.redact_names_file)) if settings.redact_names_file else set()


def _read_names(path: Path) -> list[str]:
    try:
        lines = read_bounded(path, MAX_NAMES_FILE_BYTES).splitlines()
    except Unreadable as error:
        raise ConfigurationError(f"{path}: {error}") from None
    names = [line.strip() for line in lines if not line.lstrip().startswith("#")]
    if not any(word_count(name) for name in names):
        raise ConfigurationError(f"{path}: holds no name; expected: a full name on each line")
    return names
