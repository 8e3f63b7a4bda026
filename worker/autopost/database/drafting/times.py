"""When an operation began and ended, as timestamptz. Pure."""

from __future__ import annotations

from autopost.database.drafting.finished import end_column, may_be_zero, start_column, updated_column
from autopost.database.drafting.section import Line, plain
from autopost.database.drafting.snapshot import NUMBERS, Column, Kind, Table, ref

# A time after 1973 is at least this in a unit, and how many of the unit are a second.
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3), (1e8, 1.0))
_NAMES = {1e9: "nanoseconds", 1e6: "microseconds", 1e3: "milliseconds", 1.0: "seconds"}
_IN_DOUBT = "has no time zone: UTC is assumed"


def time_lines(table: Table) -> list[Line]:
    """Return the lines for started_at and completed_at."""
    start, end = start_column(table), end_column(table) or updated_column(table)
    lines = []
    for name, column in (("started_at", start), ("completed_at", end)):
        if column is None:
            lines.append(Line(name, "null"))
        else:
            expression, note, doubt = _instant(table, column)
            value = plain(column) if expression == ref(column) else expression
            lines.append(Line(name, value, (note,) if note else (), doubt))
    return lines


def instant(table: Table, column: Column) -> str:
    """Return a column of time as a timestamptz."""
    return _instant(table, column)[0]


def seconds(table: Table) -> str | None:
    """Return how long an operation took, as an expression in seconds, None where nothing says it."""
    start, end = start_column(table), end_column(table)
    if start is None or end is None or start.name == end.name:
        return None
    if start.kind in NUMBERS or end.kind in NUMBERS:
        divisor = _divisor(table, end)
        if divisor is None or start.kind is not end.kind or divisor != _divisor(table, start):
            return None
        ended, began = (f"nullif({ref(each)}, 0)" if may_be_zero(table, each) else ref(each) for each in (end, start))
        return f"({ended} - {began}){f' / {divisor:.1f}' if divisor != 1 else ''}"
    return f"extract(epoch from {instant(table, end)} - {instant(table, start)})"


def _instant(table: Table, column: Column) -> tuple[str, str | None, str | None]:
    """Return the expression, what to note and what to doubt."""
    name = ref(column)
    if column.kind is Kind.TIME:
        return name, None, None
    if column.kind is Kind.NAIVE_TIME:
        return f"({name} at time zone 'UTC')", None, f"{column.name} {_IN_DOUBT}"
    divisor = _divisor(table, column)
    if may_be_zero(table, column):
        name = f"nullif({name}, 0)"
    if divisor is not None:
        by = "" if divisor == 1 else f" / {divisor:.1f}"
        return f"to_timestamp({name}{by})", f"{column.name} holds {_NAMES[divisor]} since 1970", None
    scale = f"case when {name} >= 1e17 then 1e9 when {name} >= 1e14 then 1e6 when {name} >= 1e11 then 1e3 else 1 end"
    return f"to_timestamp({name} / {scale})", f"{column.name}: no row shows its unit; the size of a value decides", None


def _divisor(table: Table, column: Column) -> float | None:
    """Return how many units of a number of time are a second, by the values; None without any."""
    numbers = sorted(number for value in table.counts(column.name) if (number := _number(value)) > 0)
    if not numbers:
        return None
    typical = numbers[len(numbers) // 2]
    return next((divisor for least, divisor in _UNITS if typical >= least), None)


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return 0.0
