"""Platforms in a few words, for tests of what a draft makes of them: no database."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from autopost.database.drafting.draft import Wanted, draft
from autopost.database.drafting.snapshot import Column, Kind, Reference, Snapshot, Table
from autopost.database.drafting.toml import to_toml

_KINDS = {
    "text": Kind.TEXT,
    "uuid": Kind.UUID,
    "int": Kind.INTEGER,
    "float": Kind.NUMBER,
    "bool": Kind.BOOLEAN,
    "timestamptz": Kind.TIME,
    "timestamp": Kind.NAIVE_TIME,
    "json": Kind.JSON,
}


def table(name: str, *columns: str, rows: Sequence[Mapping[str, str | None]] = (), kind: str = "r") -> Table:
    """Return a table of schema public. A column is its name, its type and marks.

    Marks: `key` (part of the primary key), `!` (NOT NULL), `?` (has a default), `->table.column` (a foreign key).
    A type in parentheses, as `(NEW,DONE)`, is an enum of these labels.
    """
    parsed = [each.split() for each in columns]
    keys = tuple(words[0] for words in parsed if "key" in words)
    references = [
        Reference((words[0],), f"public.{target}", (column,))
        for words in parsed
        for mark in words
        if mark.startswith("->")
        for target, column in [mark[2:].split(".")]
    ]
    return Table(
        schema="public",
        name=name,
        columns=tuple(_column(words) for words in parsed),
        kind=kind,
        keys=(keys,) if keys else (),
        references=tuple(references),
        rows=len(rows),
        sample=tuple(rows),
    )


def _column(words: Sequence[str]) -> Column:
    name, type_, *marks = words
    is_enum = type_.startswith("(")
    return Column(
        name=name,
        kind=Kind.ENUM if is_enum else _KINDS[type_],
        type=type_,
        not_null="!" in marks or "key" in marks,
        is_filled="?" in marks,
        labels=tuple(type_.strip("()").split(",")) if is_enum else (),
    )


AGENTS = table("agents", "id text key", "name text !")


def drafted(*tables: Table, wanted: Wanted | None = None) -> dict[str, Any]:
    """Return the draft of a platform as the TOML that it is."""
    return tomllib.loads(text_of(*tables, wanted=wanted))


def text_of(*tables: Table, wanted: Wanted | None = None) -> str:
    """Return the draft of a platform as a file."""
    return to_toml(draft(Snapshot("platform", tables), wanted))


def operations(*tables: Table) -> dict[str, Any]:
    """Return the columns of the operations in the draft of a platform."""
    columns: dict[str, Any] = drafted(*tables)["operation_trackers"]["columns"]
    return columns
