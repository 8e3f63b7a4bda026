"""Reads a mapping from its TOML, and names everything that is wrong with it at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Any

from autopost.database.mapped_id import joined, prefixed
from autopost.database.mapping import (
    COLUMNS,
    NAME,
    NEEDED_TABLES,
    OWN_SCHEMA,
    UNDECIDED,
    WRITTEN_TABLES,
    MappedTable,
    Mapping,
    quoted,
    referenced,
)
from autopost.errors import ConfigurationError, Unreadable
from autopost.settings.bounded_file import parse_toml

INDISPENSABLE = frozenset(
    {
        *(("agents", column) for column in ("id", "maturity")),
        *(("operation_trackers", column) for column in ("id", "agent_id", "operation_type", "what_explanation")),
        ("social_posts", "content"),
        *(("audit_log", column) for column in ("id", "occurred_at", "action", "tracker_id", "details")),
    }
)
NOT_READ = frozenset({("operation_trackers", "progress"), ("operation_trackers", "operation_metadata")})
# What may be a list of columns.
IDS = frozenset({("agents", "id"), ("operation_trackers", "id"), ("operation_trackers", "agent_id")})

_COLUMN = re.compile(NAME)
_TABLE = re.compile(rf"({NAME})\.({NAME})")
_QUOTE = re.compile(r"\$\w*\$")  # of a text of SQL, which our scripts are within
_PREFIX = re.compile("[a-z][a-z0-9_]{0,30}")
# A function of autopost's that expressions may call, or a literal. Its schema may have another name: see OWN_SCHEMA.
_FUNCTION_OR_LITERAL = re.compile(
    r"'(?:[^']|'')*'|(?<![\w.$\"])(?:autopost\.)?(auto_post_json)(?=\s*\()", re.IGNORECASE
)


def parse_mapping(text: str, source: str) -> Mapping:
    """Read a mapping. Raises ConfigurationError with every problem at once; `source` is where it came from."""
    try:
        document = parse_toml(text)
    except Unreadable as error:
        raise ConfigurationError(f"{source}: {error}") from None
    problems = [
        *(f"[{name}]: not a table of autopost{_suggest(name, COLUMNS)}" for name in document if name not in COLUMNS),
        *(f"[{name}]: missing; autopost reads it and cannot make it" for name in NEEDED_TABLES if name not in document),
    ]
    tables = {
        name: _table(name, document[name], problems.append)
        for name in COLUMNS
        if name in document and name != "operation_trackers"
    }
    operations = (
        _operations(document["operation_trackers"], problems.append) if "operation_trackers" in document else ()
    )
    if problems:
        raise ConfigurationError(f"{source} is invalid:\n" + "\n".join(f"  {problem}" for problem in problems))
    return Mapping(text, tables, operations)


def _operations(given: Any, problem: Callable[[str], None]) -> tuple[MappedTable, ...]:
    """Return the tables of operations, the one without a name first: of one section, or of a list of them."""
    if not isinstance(given, list):
        return (_table("operation_trackers", given, problem),)
    found = []
    for number, section in enumerate(given, 1):
        name = section.get("name") if isinstance(section, dict) else None
        which = repr(name) if name else f"number {number}"
        found.append(
            _table("operation_trackers", section, lambda what, which=which: problem(f"{what} (section {which})"))  # type: ignore[misc]
        )
    if not found:
        problem("[[operation_trackers]]: got no section; expected: one for each table of operations")
    unnamed = sum(1 for section in given if isinstance(section, dict) and "name" not in section)
    if unnamed > 1:
        problem(
            f"[[operation_trackers]]: {unnamed} sections have no name; expected: at most one. Give the others one "
            "each, as in name = 'executions': their ids are then executions/ID"
        )
    names = [table.name for table in found]
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        problem(f"[[operation_trackers]] name: {name!r} is given twice")
    tables = [table.table for table in found]
    for name in sorted({name for name in tables if name and tables.count(name) > 1}):
        problem(f"[[operation_trackers]] table: {name} is given twice")
    return tuple(sorted(found, key=lambda table: table.name != ""))


def _table(name: str, section: Any, problem: Callable[[str], None]) -> MappedTable:
    if not isinstance(section, dict):
        problem(f"{name}: got {section!r}; expected: a section [{name}] with table = 'schema.table'")
        return MappedTable("", {}, {})
    allowed = ["table", "columns"]
    if name in WRITTEN_TABLES:
        allowed.append("values")
    if name == "operation_trackers":
        allowed.insert(0, "name")
    for key in section:
        if key not in allowed:
            problem(f"[{name}] {key}: not known{_suggest(key, allowed)}")
    columns, id_columns = _columns(name, section.get("columns", {}), problem)
    values = {quoted(key): value for key, value in _strings(f"[{name}.values]", section.get("values", {}), problem)}
    written = _written(name, columns, values, problem) if name in WRITTEN_TABLES else {}
    if name == "operation_trackers" and not referenced(columns["status"]):
        problem(f"[{name}.columns] status: got {columns['status']!r}; must name a column of the table, as in t.state")
    prefix = _prefix(name, section["name"], problem) if "name" in section and "name" in allowed else ""
    if prefix:
        columns["id"] = prefixed(prefix, columns["id"])
    return MappedTable(_table_name(name, section.get("table"), problem), columns, written, prefix, id_columns)


def _prefix(table: str, given: Any, problem: Callable[[str], None]) -> str:
    if isinstance(given, str) and _PREFIX.fullmatch(given):
        return given
    problem(f"[{table}] name: got {given!r}; expected: at most 31 of a-z, 0-9 and _, a letter first")
    return ""


def _table_name(name: str, given: Any, problem: Callable[[str], None]) -> str:
    match = _TABLE.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        problem(f"[{name}] table: got {given!r}; expected: 'schema.table'")
        return ""
    return f"{quoted(match[1])}.{quoted(match[2])}"


def _columns(name: str, section: Any, problem: Callable[[str], None]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return an expression for each of autopost's columns, and the columns of the platform that the id is made of."""
    lists: dict[str, tuple[str, ...]] = {}
    if isinstance(section, dict):
        for column in [
            column for column, value in section.items() if isinstance(value, list) and (name, column) in IDS
        ]:
            lists[column] = _list(f"[{name}.columns] {column}", section[column], problem)
        section = {column: value for column, value in section.items() if column not in lists}
    given = dict(_strings(f"[{name}.columns]", section, problem))
    for column in given:
        if column not in COLUMNS[name]:
            problem(f"[{name}.columns] {column}: not a column of autopost's{_suggest(column, COLUMNS[name])}")
    for column, value in given.items():
        if (name, column) in INDISPENSABLE and value.lower() == "null":
            problem(f"[{name}.columns] {column}: got null; autopost does not do without it")
    columns = {
        column: joined([f"t.{part}" for part in lists[column]])
        if column in lists
        else _expression(given.get(column, "null" if (name, column) in NOT_READ else column))
        for column in COLUMNS[name]
    }
    plain = re.fullmatch(rf"t\.({NAME})", columns["id"])
    return columns, lists.get("id", (plain[1],) if plain else ())


def _list(where: str, given: list[Any], problem: Callable[[str], None]) -> tuple[str, ...]:
    """Return the columns that an id is made of, quoted."""
    names = [part.strip().removeprefix("t.") if isinstance(part, str) else "" for part in given]
    columns = tuple(quoted(name) for name in names)
    if len(names) < 2 or len({*columns}) < len(names) or not all(_COLUMN.fullmatch(name) for name in names):
        problem(f"{where}: got {given!r}; expected: two columns or more, as in ['dag_id', 'run_id'], each once")
    return columns


def _written(
    name: str, columns: dict[str, str], values: dict[str, str], problem: Callable[[str], None]
) -> dict[str, str]:
    """Return what is written: plain columns as they are, and what `values` says instead or besides."""
    written: dict[str, str] = {}
    for column, expression in columns.items():
        plain = re.fullmatch(rf"t\.({NAME})", expression)
        if plain is None or plain[1] in values:
            continue
        if plain[1] in written:
            problem(f"[{name}.columns] {column}: {plain[1]} is written twice; say in [{name}.values] what it gets")
        written[plain[1]] = f"new.{column}"
    return written | dict(values)


def _strings(where: str, section: Any, problem: Callable[[str], None]) -> list[tuple[str, str]]:
    if not isinstance(section, dict):
        problem(f"{where}: got {section!r}; expected: a section")
        return []
    found = []
    for key, value in section.items():
        if not isinstance(value, str) or not value.strip():
            problem(f"{where} {key}: got {value!r}; expected: a column's name or an SQL expression, as a string")
        elif value.strip().startswith(UNDECIDED):
            problem(f"{where} {key}: not decided yet: {value.strip().removeprefix(UNDECIDED)}")
        elif _QUOTE.search(value) or "{{" in value:
            problem(f"{where} {key}: an expression must not hold $$, $name$ or {{{{")
        else:
            found.append((key, _with_own_functions(value.strip())))
    return found


def _with_own_functions(expression: str) -> str:
    """Return an expression in which autopost's own functions are qualified by OWN_SCHEMA."""
    return _FUNCTION_OR_LITERAL.sub(lambda m: f"{OWN_SCHEMA}.{m[1].lower()}" if m[1] else m[0], expression)


def _expression(given: str) -> str:
    """Return a column, with or without `t.`, as `t."column"`, and anything else as it is."""
    name = given.removeprefix("t.")
    if given.lower() in ("null", "true", "false") or _COLUMN.fullmatch(name) is None:
        return given
    return f"t.{quoted(name)}"


def _suggest(name: str, allowed: Any) -> str:
    near = difflib.get_close_matches(name, list(allowed), n=1)
    return f"; did you mean {near[0]}?" if near else f"; expected: {', '.join(allowed)}"
