"""The redactor that the settings ask for. Takes a second to import."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from autopost.errors import ConfigurationError
from autopost.redaction.choice import chosen
from autopost.redaction.engine import known_entities
from autopost.redaction.names import word_count
from autopost.redaction.pattern_file import load_patterns
from autopost.redaction.redactor import Redactor
from autopost.settings import PREFIX, Settings, invalid_configuration

# One word of a table of users, such as `test` or `Will`, would be taken out wherever it stands.
LEAST_WORDS_IN_A_TABLE = 2

T = TypeVar("T")
Learn = Callable[[Iterable[str]], None]


def redactor_for(settings: Settings, names_of_table: Iterable[str] = ()) -> Redactor:
    """Return the redactor. CPU-bound: loads patterns, names and models, and takes its time for it.

    Raises ConfigurationError with every setting of redaction that is not usable, by its variable.
    """
    redactor, problems = _made(settings, names_of_table)
    if redactor is None or problems:
        raise invalid_configuration(problems)
    return redactor


def redaction_problems(settings: Settings) -> list[str]:
    """Return what `redactor_for` would raise, each setting by itself. As slow."""
    return _made(settings, ())[1]


def _made(settings: Settings, names_of_table: Iterable[str]) -> tuple[Redactor | None, list[str]]:
    problems: list[str] = []

    def guarded(variable: str, make: Callable[[], T], otherwise: T) -> T:
        try:
            return make()
        except ConfigurationError as error:
            text = str(error)
            problems.append(text if text.startswith(variable) else f"{variable}: {text}")
            return otherwise

    given = settings.redact_patterns_file
    patterns = guarded(f"{PREFIX}REDACT_PATTERNS_FILE", lambda: load_patterns(given) if given else [], None)
    nobody: set[str] = set()
    listed = guarded(f"{PREFIX}REDACT_NAMES_FILE", lambda: _listed(settings), nobody)
    only, without = settings.redact_only or None, settings.redact_without
    types: dict[str, Any] = {}
    if patterns is not None:  # without them their types would seem unknown
        variables = " and ".join(f"{PREFIX}REDACT_{name}" for name in _given_choices(settings))
        if guarded(variables, lambda: chosen(known_entities(patterns), only, without), None) is not None:
            types = {"only": only, "without": without}
    redactor = guarded(
        f"{PREFIX}NER_MODEL",
        lambda: Redactor(
            settings.pii_allowlist,
            settings.ner_model,
            least_score=settings.redact_least_score,
            names=_worth_looking_for(listed, names_of_table),
            patterns=patterns or [],
            **types,
        ),
        None,
    )
    return redactor, problems


def learner(settings: Settings, redactor: Redactor, names_of_table: Iterable[str] = ()) -> Learn:
    """Return what has the redactor know the names of the file, read anew, and these of the table.

    `names_of_table` are those that it knows already. CPU-bound where something changed. Raises ConfigurationError,
    and changes nothing, when the file cannot be used.
    """
    known = [_listed(settings), set(names_of_table)]

    def learn(names_of_table: Iterable[str]) -> None:
        names = [_listed(settings), set(names_of_table)]
        if names != known:
            redactor.know(_worth_looking_for(*names))
            known[:] = names

    return learn


def _worth_looking_for(listed: Iterable[str], names_of_table: Iterable[str]) -> list[str]:
    return [*listed, *(name for name in names_of_table if word_count(name) >= LEAST_WORDS_IN_A_TABLE)]


def _listed(settings: Settings) -> set[str]:
    return set(_names_of_file(settings.redact_names_file)) if settings.redact_names_file else set()


def _names_of_file(path: Path) -> list[str]:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: is not UTF-8 (byte {error.start + 1})") from None
    names = [line.strip() for line in lines if not line.lstrip().startswith("#")]
    if not any(word_count(name) for name in names):
        raise ConfigurationError(f"{path}: holds no name; expected: a full name on each line")
    return names


def _given_choices(settings: Settings) -> list[str]:
    given = [name for name in ("ONLY", "WITHOUT") if getattr(settings, f"redact_{name.lower()}")]
    return given or ["ONLY"]
