"""What is known of a platform's database: its tables as the catalog describes them, and a sample of rows. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from autopost.database.drafting.words import core

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")
_VALUES = ("null", "true", "false")  # which a mapping takes for SQL
_SHORT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.:/-]{0,39}")
FEW_VALUES = 40
CUT = 2_000  # characters of a value that a sample holds


class Kind(StrEnum):
    """What a column's type is, as far as a mapping cares."""

    TEXT = "text"
    ENUM = "enum"
    UUID = "uuid"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "timestamptz"
    NAIVE_TIME = "timestamp"
    JSON = "json"
    OTHER = "other"


TIMES = (Kind.TIME, Kind.NAIVE_TIME)
NUMBERS = (Kind.INTEGER, Kind.NUMBER)
IDS = (Kind.UUID, Kind.TEXT, Kind.INTEGER)


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `labels` are those of its enum, or the values that a CHECK allows; `common` are old ones that occur.

    `is_filled` is whether the database gives it a value when none is given. `length` is that of a varchar.
    """

    name: str
    kind: Kind
    type: str = ""
    not_null: bool = False
    is_filled: bool = False
    is_generated: bool = False
    labels: tuple[str, ...] = ()
    common: tuple[str, ...] = ()
    comment: str = ""
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: columns here, and the table and columns there."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table, view or foreign table. `keys` are its unique keys, the primary key first; `rows` is an estimate.

    `sample` holds the newest rows, newest first, each value as text and cut; it is empty where none was read.
    """

    schema: str
    name: str
    columns: tuple[Column, ...]
    kind: str = "r"
    keys: tuple[tuple[str, ...], ...] = ()
    references: tuple[Reference, ...] = ()
    rows: int = 0
    comment: str = ""
    is_readable: bool = True
    sample: tuple[Mapping[str, str | None], ...] = field(default=(), repr=False)

    @property
    def qualified(self) -> str:
        """Return `schema.name`, quoted where SQL needs it."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    @property
    def is_table(self) -> bool:
        """Return whether a trigger can be made on it."""
        return self.kind in ("r", "p")

    def column(self, name: str) -> Column:
        """Return a column by its name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def is_key(self, *columns: str) -> bool:
        """Return whether these columns are unique together, with no other."""
        return any(set(key) == set(columns) for key in self.keys)

    def counts(self, column: str) -> Counter[str]:
        """Return how often each value occurs in the sample, without NULL."""
        return Counter(value for row in self.sample if (value := row.get(column)) is not None)

    def filled(self, column: str) -> float:
        """Return the share of sampled rows in which a column holds something; 0 without a sample."""
        if not self.sample:
            return 0.0
        return sum(bool((row.get(column) or "").strip()) for row in self.sample) / len(self.sample)

    def values(self, column: Column) -> dict[str, int]:
        """Return the values of a column with how often each is in the sample, also those that are only allowed."""
        found = self.counts(column.name)
        rest = dict.fromkeys((*column.common, *column.labels), 0)
        return {**dict(found.most_common()), **{value: 0 for value in rest if value not in found}}

    def words(self, column: Column) -> dict[str, int]:
        """Return the values of a column that are short plain words: any other could be anybody's text."""
        return {value: count for value, count in self.values(column).items() if is_plain(value)}


@dataclass(frozen=True)
class Snapshot:
    """All tables of a database that a mapping could name."""

    database: str
    tables: tuple[Table, ...]

    def table(self, name: str) -> Table | None:
        """Return the table with this qualified name."""
        return self._by_name.get(name)

    def about(self, word: str) -> list[Table]:
        """Return the tables whose name ends with this word, noise left out."""
        return self._by_last_word.get(word, [])

    def nameable(self) -> Snapshot:
        """Return the tables and columns that a mapping can name."""
        tables = [
            replace(
                table,
                columns=tuple(column for column in table.columns if _is_nameable(column.name)),
                keys=tuple(key for key in table.keys if all(map(_is_nameable, key))),
                references=tuple(
                    each for each in table.references if all(map(_is_nameable, (*each.columns, *each.targets)))
                ),
            )
            for table in self.tables
            if _is_nameable(table.name) and _is_nameable(table.schema)
        ]
        return replace(self, tables=tuple(tables))

    @cached_property
    def _by_name(self) -> dict[str, Table]:
        return {table.qualified: table for table in self.tables}

    @cached_property
    def _by_last_word(self) -> dict[str, list[Table]]:
        found: dict[str, list[Table]] = {}
        for table in self.tables:
            found.setdefault(core(table.name)[-1], []).append(table)
        return found

    @cached_property
    def memo(self) -> dict[str, Any]:
        """Return what was found out of a table so far, by its name: a database may have thousands."""
        return {}

    def with_samples(self, samples: Mapping[str, Iterable[Mapping[str, str | None]]]) -> Snapshot:
        """Return the same with these samples, by the qualified name of the table."""
        tables = (
            replace(table, sample=tuple(samples[table.qualified])) if table.qualified in samples else table
            for table in self.tables
        )
        return replace(self, tables=tuple(tables))


def _is_nameable(name: str) -> bool:
    return not any(mark in name for mark in ('"', "'", "$$", "{{", "\n"))


def is_plain(value: str) -> bool:
    """Return whether a value is one short plain word or a few, which may stand in a file that people send around."""
    return _SHORT.fullmatch(value) is not None


def quoted(name: str) -> str:
    """Return a name as SQL needs it."""
    return name if _PLAIN.fullmatch(name) and name not in _VALUES else f'"{name}"'


def ref(column: Column | str, row: str = "t") -> str:
    """Return a column of a row as SQL names it."""
    name = column if isinstance(column, str) else column.name
    return f"{row}.{quoted(name)}"


def literal(value: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def as_json(value: str | None) -> Any:
    """Return what a text holds as JSON, None for what is not valid JSON."""
    try:
        return None if value is None else json.loads(value)
    except (ValueError, RecursionError):
        return None
