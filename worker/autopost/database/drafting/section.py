"""The parts of a draft: sections of the mapping with their lines, and what is said about each. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from autopost.database.drafting.snapshot import Column, Table, quoted
from autopost.database.mapping import UNDECIDED

_COLUMN = re.compile(r'[A-Za-z_][A-Za-z0-9_$]*|"[^"]+"')
_ROW = re.compile(r'(?<![\w."])t\.')


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section: autopost's column, and the platform's column, expression or list of columns.

    `notes` are comments above it. `doubt` is what to check, None where it is certain. A value that begins with
    UNDECIDED is a decision that only a person can take.
    """

    column: str
    value: str | tuple[str, ...]
    notes: tuple[str, ...] = ()
    doubt: str | None = None

    @property
    def is_undecided(self) -> bool:
        """Return whether a person must decide before the mapping can be applied."""
        return isinstance(self.value, str) and self.value.startswith(UNDECIDED)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the mapping: `name` is autopost's table, `table` the platform's, `entry` the name in a list."""

    name: str
    table: str
    lines: tuple[Line, ...]
    values: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    entry: str | None = None


@dataclass(slots=True)
class Report:
    """What a draft says to the person who runs it, in the order in which it was found."""

    found: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)  # SQL that must be run before `autopost migrate`


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole mapping. `in_list` is whether its operations are a list of tables."""

    database: str
    sections: tuple[Section, ...]
    report: Report
    in_list: bool = False


def plain(column: Column | str) -> str:
    """Return a column as a mapping names it."""
    return quoted(column if isinstance(column, str) else column.name)


def over(row: str, value: str) -> str:
    """Return a column or an expression over `t` as an expression over another row."""
    if _COLUMN.fullmatch(value) and value != "null":
        return f"{row}.{value}"
    return _ROW.sub(f"{row}.", value)


def decide(what: str) -> str:
    """Return the value of a line that a person must decide."""
    return UNDECIDED + what


def size(table: Table) -> str:
    """Return how large a table is, for a comment."""
    if table.kind in ("v", "m"):
        return "a view"
    if not table.rows:
        return "no rows yet"
    return f"about {table.rows:,} rows" if table.rows > 1 else "about 1 row"


def among(name: str, values: Iterable[str]) -> str:
    """Return the condition that an expression is one of these values; false for none."""
    listed = list(values)
    if not listed:
        return "false"
    return f"{name} in ({either(listed)})" if len(listed) > 1 else f"{name} = {either(listed)}"


def either(names: Iterable[str]) -> str:
    """Return names as a list of SQL literals."""
    return ", ".join("'" + name.replace("'", "''") + "'" for name in names)
