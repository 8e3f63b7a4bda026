"""The line of a status: the platform's values in autopost's words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from autopost.database.drafting.finished import (
    Finish,
    end_column,
    error_column,
    finish_of,
    is_an_error,
    is_open,
    severity_column,
    status_column,
    success_flag,
)
from autopost.database.drafting.references import links
from autopost.database.drafting.section import Line, among, decide, either, plain
from autopost.database.drafting.snapshot import NUMBERS, Column, Kind, Snapshot, Table, is_plain, ref
from autopost.database.drafting.statuses import Meaning, meaning, meanings
from autopost.database.drafting.words import has

# What a text is compared with that has not said yet how it calls an end.
_USUAL = {
    Meaning.COMPLETED: ("completed", "succeeded", "success", "done", "finished"),
    Meaning.FAILED: ("failed", "error", "failure", "crashed", "timed_out"),
}
_NEEDED = (Meaning.COMPLETED, Meaning.FAILED, Meaning.RUNNING, Meaning.APPROVAL)
_NAMED_CODE = re.compile(
    r"(-?\d+)\s*(?:=>|->|[-=:–—(])\s*['\"]?([A-Za-z][A-Za-z_ -]*[A-Za-z])|([A-Za-z][A-Za-z_]+)\s*[=:(]\s*(-?\d+)"
)
_NAMES_OF_CODES = ("name", "label", "code", "status", "state", "title", "description", "text", "value", "meaning")
_MOST_LISTED = 14
_MIN_EVIDENCE = 5


@dataclass(frozen=True, slots=True)
class Status:
    """The line, and conditions over `t` that other lines need: whether it failed, and whether it waits for a person."""

    line: Line
    failed: str | None = None
    approval: str | None = None
    column: str = ""
    values: tuple[str, ...] = ()


def status_of(table: Table, snapshot: Snapshot) -> Status:
    """Return how the status of an operation reads."""
    how = finish_of(table)
    column = status_column(table)
    if how is Finish.STATUS and column is not None:
        return _of_codes(table, column, snapshot) if column.kind is Kind.INTEGER else _of_words(table, column)
    return _of_the_end(table)


def shown(value: str) -> str:
    """Return a value for a comment; what is not one short plain word or two could be anybody's text."""
    return value if is_plain(value) else "(not shown)"


def occurrences(values: Mapping[str, int]) -> str:
    """Return values with how often the sample has each."""
    listed = [f"{shown(value)} {count}" if count else shown(value) for value, count in values.items()]
    more = f" and {len(listed) - _MOST_LISTED} more" if len(listed) > _MOST_LISTED else ""
    return ", ".join(listed[:_MOST_LISTED]) + more


def _of_words(table: Table, column: Column) -> Status:
    values = table.words(column)
    known = meanings(values)
    by_meaning = {means: [value for value in values if known[value] is means] for means in Meaning}
    notes = [f"{column.name}: {occurrences(values)}"] if values else []
    doubts = []
    if len(values) < len(table.values(column)):
        doubts.append(f"values of {column.name} that are not plain words are neither shown nor translated")
    # Without any value nobody knows the letter case either.
    name = ref(column) if values else f"lower({ref(column)})"
    is_closed = column.kind is Kind.ENUM or bool(column.labels)
    for means, usual in _USUAL.items():
        if by_meaning[means]:
            continue
        if is_closed:
            if means is Meaning.COMPLETED:
                what = f"which value of {column.name} means completed: {occurrences(values)}"
                return Status(Line("status", decide(what), tuple(notes)))
            doubts.append(f"no value of {column.name} means {means.value}")
        else:
            by_meaning[means] = [_styled(word, values) for word in usual]
            doubts.append(f"no row is {means.value} yet: the usual words are assumed")
    unknown = by_meaning[Meaning.UNKNOWN]
    if unknown:
        doubts.append(f"what {', '.join(map(shown, unknown[:5]))} means is not known: nothing is posted for it")
    value = _translated(column, name, by_meaning)
    line = Line("status", value, tuple(notes), "; ".join(doubts) or None)
    return Status(
        line,
        failed=among(name, by_meaning[Meaning.FAILED]),
        approval=among(name, by_meaning[Meaning.APPROVAL]) if by_meaning[Meaning.APPROVAL] else None,
        column=name,
        values=tuple(values),
    )


def _translated(column: Column, name: str, by_meaning: Mapping[Meaning, list[str]]) -> str:
    """Return the column itself where it says what autopost needs, or a case expression."""
    text = f"concat({ref(column)})" if column.kind is Kind.ENUM else ref(column)
    needed = {value: means for means in _NEEDED for value in by_meaning[means]}
    ends = {value: means for value, means in needed.items() if means in _USUAL}
    if column.kind is Kind.TEXT and all(value == means.value for value, means in ends.items()):
        return plain(column)
    if all(value.lower() == means.value for value, means in ends.items()):
        return f"lower({text})"
    cases = [
        f"    when {among(name, by_meaning[means])} then '{means.value}'" for means in _NEEDED if by_meaning[means]
    ]
    return "\n".join(["case", *cases, f"    else lower({text})", "end"])


def _styled(word: str, values: Mapping[str, int]) -> str:
    """Return a usual word in the letter case of the values that occur."""
    return word.upper() if values and all(value.isupper() for value in values) else word


def _of_codes(table: Table, column: Column, snapshot: Snapshot) -> Status:
    """Return the status of a number, by the names that a lookup table, a comment or the rows themselves give."""
    values = table.values(column)
    names, source = _names_of_codes(table, column, snapshot)
    note = f"{column.name}: {occurrences(values)}"
    if names:
        by_meaning = {means: [code for code, name in names.items() if meaning(name) is means] for means in Meaning}
        if by_meaning[Meaning.COMPLETED]:
            listed = ", ".join(f"{code} {shown(name)}" for code, name in names.items())
            return _coded(column, by_meaning, (note, f"{source}: {listed}"), None)
    by_meaning = _codes_by_evidence(table, column)
    if by_meaning[Meaning.COMPLETED] and by_meaning[Meaning.FAILED]:
        doubt = f"what the numbers of {column.name} mean was concluded from end times and errors of the rows"
        return _coded(column, by_meaning, (note,), doubt)
    note = f"{column.name}: {_with_ends(table, column, values)}"
    example = f"case {ref(column)} when <code> then 'completed' when <code> then 'failed' else 'running' end"
    return Status(
        Line("status", decide(f"which numbers of {column.name} mean completed and failed, as in {example}"), (note,))
    )


def _coded(
    column: Column, by_meaning: Mapping[Meaning, list[str]], notes: tuple[str, ...], doubt: str | None
) -> Status:
    def is_a(means: Meaning) -> str:
        codes = by_meaning[means]
        return f"{ref(column)} in ({', '.join(codes)})" if len(codes) > 1 else f"{ref(column)} = {codes[0]}"

    cases = [f"    when {is_a(means)} then '{means.value}'" for means in _NEEDED if by_meaning.get(means)]
    others = [means for means in (Meaning.PENDING, Meaning.CANCELLED) if by_meaning.get(means)]
    cases += [f"    when {is_a(means)} then '{means.value}'" for means in others]
    value = "\n".join(["case", *cases, "    else 'unknown'", "end"])
    return Status(
        Line("status", value, notes, doubt),
        failed=is_a(Meaning.FAILED) if by_meaning.get(Meaning.FAILED) else "false",
        approval=is_a(Meaning.APPROVAL) if by_meaning.get(Meaning.APPROVAL) else None,
    )


def _names_of_codes(table: Table, column: Column, snapshot: Snapshot) -> tuple[dict[str, str], str]:
    """Return what each code is called, and where that stands."""
    for link in links(table, snapshot):
        if link.column.name != column.name:
            continue
        named = [each for each in link.table.columns if each.kind is Kind.TEXT and has(each.name, *_NAMES_OF_CODES)]
        if named and link.table.sample:
            pairs = {
                str(row[link.target]): str(row[named[0].name])
                for row in link.table.sample
                if _is_code(row.get(link.target) or "") and row.get(named[0].name)
            }
            return pairs, f"names of {link.table.qualified}"
    found = {}
    for match in _NAMED_CODE.finditer(column.comment):
        code, name = (match[1], match[2]) if match[1] is not None else (match[4], match[3])
        found[code] = name
    return found, f"comment on {column.name}"


def _codes_by_evidence(table: Table, column: Column) -> dict[Meaning, list[str]]:
    """Return what codes mean by the rows that have them: no end is running, an end with an error is failed."""
    found: dict[Meaning, list[str]] = {means: [] for means in Meaning}
    end, error = end_column(table), error_column(table)
    if end is None or error is None:
        return found
    for code, count in table.counts(column.name).items():
        rows = [row for row in table.sample if row.get(column.name) == code]
        ended = sum(_is_given(row.get(end.name)) for row in rows) / count
        erred = sum(_is_given(row.get(error.name)) for row in rows) / count
        if count < _MIN_EVIDENCE or not _is_code(code):
            continue
        if ended <= 0.02 and erred <= 0.02:
            found[Meaning.RUNNING].append(code)
        elif ended >= 0.98 and erred >= 0.98:
            found[Meaning.FAILED].append(code)
        elif ended >= 0.98 and erred <= 0.02:
            found[Meaning.COMPLETED].append(code)
    # Two codes that end well could be done and cancelled: a person must say which.
    return found if len(found[Meaning.COMPLETED]) == 1 else {means: [] for means in Meaning}


def _with_ends(table: Table, column: Column, values: Mapping[str, int]) -> str:
    """Return codes with how often each occurs, and in how many of its rows an end time is given."""
    end = end_column(table)
    if end is None:
        return occurrences(values)
    ended = {
        code: sum(_is_given(row.get(end.name)) for row in table.sample if row.get(column.name) == code)
        for code in values
    }
    return (
        ", ".join(f"{shown(code)} in {count} rows, {ended[code]} ended" for code, count in values.items()) or "no rows"
    )


def _is_code(value: str) -> bool:
    return value.removeprefix("-").isdecimal()


def _is_given(value: str | None) -> bool:
    return value not in (None, "", "0", "null", "[]", "{}")


def _of_the_end(table: Table) -> Status:
    """Return the status of a table that has none: by a flag of success, or by an end time and an error."""
    flag, end, error = success_flag(table), end_column(table), error_column(table)
    if flag is not None:
        failed = f"{ref(flag)} is false"
        if end is not None and (not end.not_null or end.kind in NUMBERS):
            open_ = is_open(table, end)
        else:
            open_ = f"{ref(flag)} is null" if not flag.not_null else ""
        running = f"when {open_} then 'running' " if open_ else ""
        value = f"case {running}when {failed} then 'failed' else 'completed' end"
        return Status(Line("status", value, (f"no column is a status: {flag.name} says how it ended",)), failed=failed)
    severity = severity_column(table) if error is None else None
    if end is None or (error is None and severity is None):
        return Status(Line("status", decide("how a row says that its operation ended: completed, failed or running")))
    if severity is not None:
        worst = next((value for value in table.values(severity) if value.lower() == "error"), "error")
        said, failed = severity.name, f"{ref(severity)} = {either([worst])}"
    else:
        assert error is not None
        said, failed = error.name, is_an_error(error)
    value = f"case when {is_open(table, end)} then 'running' when {failed} then 'failed' else 'completed' end"
    doubt = f"no column is a status: {end.name} and {said} say how it ended"
    return Status(Line("status", value, (), doubt), failed=failed)
