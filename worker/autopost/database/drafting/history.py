"""Operations whose status is not a column: each new status is a row of another table. Pure.

The operation is then the row with the status, and what it is about is read from the row that it belongs to.
"""

from __future__ import annotations

from dataclasses import replace

from autopost.database.drafting.finished import CHANGES, Finish, finish_of, status_column
from autopost.database.drafting.references import Link, links
from autopost.database.drafting.section import Line, over
from autopost.database.drafting.snapshot import TIMES, Snapshot, Table
from autopost.database.drafting.words import OPERATION_WORDS, core, has, points
from autopost.database.mapped_id import joined

_LEAST = 4


def subject_of(table: Table, snapshot: Snapshot) -> Link | None:
    """Return the link from a row of a status to the operation that has it; None where a row is the operation itself."""
    if status_column(table) is None or not any(column.kind in TIMES for column in table.columns):
        return None
    for link in links(table, snapshot):
        if link.table.qualified == table.qualified or has(link.column.name, "parent") or not link.is_to_one:
            continue
        if table.is_key(link.column.name) or not has(table.name, *CHANGES):
            continue
        is_operation = points(" ".join(core(link.table.name)), OPERATION_WORDS) >= _LEAST
        if is_operation and finish_of(link.table) is Finish.NEVER:
            return link
    return None


def told_by(link: Link, line: Line) -> Line:
    """Return a line about an operation as one about the row of its status."""
    if not isinstance(line.value, str):
        return replace(line, value=link.lookup(joined([f"p.{column}" for column in line.value]), alias="p"))
    if line.is_undecided or line.value == "null" or line.value.startswith("'"):
        return line
    return replace(line, value=link.lookup(over("p", line.value), alias="p"))
