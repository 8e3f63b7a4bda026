"""How a row of a table says that an operation ended: by a status, by a flag, or by an end time and an error. Pure."""

from __future__ import annotations

from enum import Enum

from autopost.database.drafting.snapshot import FEW_VALUES, NUMBERS, TIMES, Column, Kind, Table, ref
from autopost.database.drafting.statuses import Meaning, is_said, knows_an_end, meaning
from autopost.database.drafting.words import has, word_set, words

# In the name of a table whose rows are changes of an operation's status.
CHANGES = ("state", "status", "event", "history", "transition", "finish", "log")
_STATUS_WORDS = ("status", "state", "phase", "outcome", "conclusion", "result", "verdict")
_NOT_A_STATUS = word_set(
    "message reason text detail at time timestamp id url data changed description count version updated "
    "previous old last desired target expected config position info summary log code policy note name "
    "color by seq"
)
# Words beside "status" that still say that it is the row's own.
_PLAIN_WORDS = word_set(
    "status state phase outcome conclusion result verdict execution run job task workflow operation "
    "current type name code id invocation process"
)
_END_WORDS = word_set("finish finished completed ended end stopped stop close closed completion terminated")
_END_SUFFIXES = frozenset(["at", "time", "timestamp", "date", "on", "ts", "ms", "datetime", "utc"])
_START_WORDS = frozenset(["start", "started", "begin", "began", "created", "queued", "scheduled"])
_ERROR_WORDS = frozenset(["error", "exception", "failure", "traceback", "stacktrace", "err", "stack"])

# Words beside "error" that say that it is not a text, or that something else than the operation failed.
_NOT_ITS_ERROR = word_set(
    "code type count handler workflow policy class id handling event callback webhook hook notification delivery "
    "email alert retry"
)


class Finish(Enum):
    """How the end of an operation can be seen."""

    STATUS = "a status"
    FLAG = "a flag of success"
    END = "an end time"
    NEVER = "nothing"


def finish_of(table: Table) -> Finish:
    """Return how this table says that an operation ended."""
    if status_column(table) is not None:
        return Finish.STATUS
    if success_flag(table) is not None:
        return Finish.FLAG
    if end_column(table) is not None and (error_column(table) or severity_column(table)) is not None:
        return Finish.END
    return Finish.NEVER


def has_ended(table: Table) -> bool:
    """Return whether a row of this table has an end of its own: a time when it ended, with or without a status."""
    return finish_of(table) is not Finish.NEVER and end_column(table) is not None


def status_column(table: Table) -> Column | None:
    """Return the column that looks most like the status of an operation, None for none."""
    ranked = sorted(
        ((score, -place, column) for place, column in enumerate(table.columns) if (score := _status(table, column))),
        key=lambda each: each[:2],
        reverse=True,
    )
    return ranked[0][2] if ranked else None


def success_flag(table: Table) -> Column | None:
    """Return the boolean that says whether an operation went well, None for none."""
    for column in table.columns:
        if column.kind is Kind.BOOLEAN and has(column.name, "success", "succeeded", "successful", "ok", "passed"):
            return column
    return None


def end_column(table: Table) -> Column | None:
    """Return when an operation ended, None where no column says it."""
    return _time(table, _END_WORDS)


def is_open(table: Table, end: Column) -> str:
    """Return the condition that no end is given: a number of time may be 0 until then."""
    return f"coalesce({ref(end)}, 0) = 0" if may_be_zero(table, end) else f"{ref(end)} is null"


def may_be_zero(table: Table, column: Column) -> bool:
    """Return whether a time that is a number is 0 where it is not known."""
    return column.kind in NUMBERS and (column.not_null or column.is_filled or "0" in table.counts(column.name))


def is_an_error(error: Column) -> str:
    """Return the condition that a column of errors holds one: NULL, an empty text and empty JSON are none."""
    if error.kind is Kind.JSON:
        return f"coalesce(concat({ref(error)}), '') not in ('', 'null', '[]', '{{}}', '\"\"')"
    return f"{ref(error)} <> ''"


def severity_column(table: Table) -> Column | None:
    """Return the column with the severity of a row, one of whose values is ERROR; None for none.

    Without a sample, one that may be.
    """
    for column in table.columns:
        if column.kind not in (Kind.TEXT, Kind.ENUM) or not has(column.name, "level", "severity"):
            continue
        if not table.sample or "error" in {value.lower() for value in table.values(column)}:
            return column
    return None


def is_a_period(table: Table) -> bool:
    """Return whether a row has a start and an end of its own, as a run has and an entry about it has not."""
    return has_ended(table) and start_column(table) is not None


def start_column(table: Table) -> Column | None:
    """Return when an operation began, or was made, None where no column says it."""
    for wanted in (
        ("start", "started", "began", "begin", "begun", "attempted", "performed"),
        ("created", "creation"),
        ("queued", "scheduled", "enqueued"),
    ):
        if (found := _time(table, frozenset(wanted))) is not None:
            return found
    return None


def updated_column(table: Table) -> Column | None:
    """Return when a row was changed last, None where no column says it."""
    return _time(table, frozenset(("updated", "modified", "changed", "update", "date", "timestamp", "ts")))


def error_column(table: Table) -> Column | None:
    """Return the column with what went wrong, as text or JSON, None for none."""
    best: tuple[int, Column] | None = None
    for column in table.columns:
        if column.kind not in (Kind.TEXT, Kind.JSON) or not has(column.name, *_ERROR_WORDS):
            continue
        found = set(words(column.name))
        if found & _NOT_ITS_ERROR:
            continue
        score = 3 * bool(found & {"message", "reason", "detail"}) + 2 * (len(found) == 1) + (column.kind is Kind.TEXT)
        score -= 4 * bool(found & {"traceback", "stacktrace", "stack"})
        if best is None or score > best[0]:
            best = (score, column)
    return best[1] if best else None


def _status(table: Table, column: Column) -> int:
    parts = words(column.name)
    said = set(parts)
    if _is_a_change(table, column):
        return 1
    if column.kind not in (Kind.TEXT, Kind.ENUM, Kind.INTEGER) or not said.intersection(_STATUS_WORDS):
        return 0
    numeric = column.kind is Kind.INTEGER
    if said & (_NOT_A_STATUS - ({"code", "id"} if numeric else set())):
        return 0
    if any(column.name in reference.columns for reference in table.references) and not numeric:
        return 0
    values = table.values(column)
    if len(values) > FEW_VALUES or (numeric and said & {"result"}):
        return 0
    score = 12 - 2 * next(i for i, word in enumerate(_STATUS_WORDS) if word in said) - 4 * len(said - _PLAIN_WORDS)
    if said & {"result", "outcome"} and not is_said(values):
        return 0
    score += 4 * (column.kind is Kind.ENUM) + 2 * bool(column.labels)
    if values and not numeric:
        score += 10 if knows_an_end(values) else 4 if is_said(values) else -8
    score -= 3 * numeric + 2 * ("name" in said) + ("id" in said)
    return max(score, 1) if not values else max(score, 0)


def _is_a_change(table: Table, column: Column) -> bool:
    """Return whether the labels of an enum `type` say, in a table of changes, the outcome of an operation."""
    if column.kind is not Kind.ENUM or not has(table.name, *CHANGES) or not has(column.name, "type", "kind", "event"):
        return False
    return {Meaning.COMPLETED, Meaning.FAILED} <= {meaning(label) for label in column.labels}


def _time(table: Table, wanted: frozenset[str]) -> Column | None:
    """Return a column of time with one of these words; a real time before a number, a shorter name before a longer."""
    found = [
        column
        for column in table.columns
        if (column.kind in TIMES or (column.kind in NUMBERS and _is_a_time(column)))
        and set(words(column.name)) & wanted
        and not set(words(column.name)) & {"heartbeat", "expected", "estimated", "next", "last", "first", "scheduling"}
    ]
    return min(
        found, key=lambda each: (each.kind not in TIMES, "expected" in each.name, len(words(each.name))), default=None
    )


def _is_a_time(column: Column) -> bool:
    parts = words(column.name)
    return parts[-1] in _END_SUFFIXES or (
        len(parts) == 1 and parts[0] in ("ended", "finished", "started", "created", "completed", "updated", "timestamp")
    )
