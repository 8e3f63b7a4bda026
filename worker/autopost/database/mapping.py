"""A mapping: how the tables of a platform, which have other names and shapes, read in autopost's words.

It is a TOML file with a section for each of the platform's tables. In it, `columns` says what autopost's column is in
the platform's table: the name of a column, or an SQL expression in which `t` is the platform's row; a column that is
not named has the same name there. In the tables that autopost writes to, `values` says what goes into a column of the
platform: an SQL expression in which `new` is what autopost writes.

A platform with several tables of operations has a section `[[operation_trackers]]` for each of them. All but one have a
`name`, which their ids begin with.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from typing import Any

from autopost.database.mapped_id import joined, prefixed
from autopost.errors import ConfigurationError, Unreadable
from autopost.settings.bounded_file import parse_toml

# autopost's columns and their types.
COLUMNS: Dict[str, Dict[str, str]] = {
    "agents": dict.fromkeys(("id", "tenant_id", "name", "maturity", "category"), "text"),
    "operation_trackers": {
        **dict.fromkeys(("id", "tenant_id", "agent_id", "operation_type", "status"), "text"),
        "progress": "integer",
        **dict.fromkeys(("what_explanation", "why_explanation", "next_steps"), "text"),
        "operation_metadata": "jsonb",
        **dict.fromkeys(("started_at", "completed_at"), "timestamptz"),
    },
    "social_posts": {
        **dict.fromkeys(("id", "tenant_id", "author_type", "author_id", "post_type", "content"), "text"),
        "post_metadata": "jsonb",
        "auto_generated": "boolean",
        "created_at": "timestamptz",
    },
    "audit_log": {
        "id": "text",
        "occurred_at": "timestamptz",
        **dict.fromkeys(("agent_id", "action", "operation_type", "tracker_id", "status", "post_id"), "text"),
        "details": "jsonb",
    },
}
NEEDED_TABLES = ("agents", "operation_trackers")
WRITTEN_TABLES = ("social_posts", "audit_log")
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

_NAME = r'[A-Za-z_][A-Za-z0-9_$]*|"[^"\']+"'
_COLUMN = re.compile(_NAME)
_TABLE = re.compile(rf"({_NAME})\.({_NAME})")
_PREFIX = re.compile("[a-z][a-z0-9_]{0,30}")
# A reference to the platform's row, or a literal, in which the same letters mean nothing.
_ROW_OR_LITERAL = re.compile(rf"'(?:[^']|'')*'|(?<![\w.\"])t\.({_NAME})")
# A function of autopost's that expressions may call, or a literal. Its schema may have another name: see OWN_SCHEMA.
_FUNCTION_OR_LITERAL = re.compile(
    r"'(?:[^']|'')*'|(?<![\w.$\"])(?:autopost\.)?(auto_post_json)(?=\s*\()", re.IGNORECASE
)

OWN_SCHEMA = "{{ schema }}"  # in an expression, what stands for the schema of autopost's own objects


@dataclass(frozen=True, slots=True)
class MappedTable:
    """One table of the platform. `table` is its quoted, qualified name.

    `columns` has an SQL expression over `t` for each of autopost's columns; `written` has, for each column of the
    platform that autopost writes to (quoted), an SQL expression over `new`.

    `name` is that of a table of operations, and empty for the one whose ids are as they are. `id_columns` are the
    quoted columns of the platform that the id is made of: one as it is, several as `joined` writes them, none if the
    id is another SQL expression. Before both stands the name, if there is one: `columns["id"]` is the whole of it.
    """

    table: str
    columns: Dict[str, str]
    written: Dict[str, str]
    name: str = ""
    id_columns: tuple[str, ...] = ()

    @property
    def status_columns(self) -> list[str]:
        """Return the columns of the platform that a status depends on, quoted."""
        return referenced(self.columns["status"])

    def of_row(self, row: str, column: str) -> str:
        """Return what autopost's `column` of an operation is in the trigger's record `row`, `new` or `old`.

        `coalesce` gives a bare NULL or literal the type text, and costs nothing. An id put together is in a variable.
        """
        if column == "id" and self.builds_id:
            return "v_built_id"
        return f"coalesce({about(row, self.columns[column])})"

    @property
    def builds_id(self) -> bool:
        """Return whether the id is a text that is put together, which the trigger does once for each capture."""
        return self.name != "" or len(self.id_columns) > 1


@dataclass(frozen=True, slots=True)
class Mapping:
    """The mapping of a whole platform; `text` is the TOML that it was read from.

    `operations` are the tables of operations, the one without a name first. `tables` are all others.
    """

    text: str
    tables: Dict[str, MappedTable]
    operations: tuple[MappedTable, ...]

    @property
    def sections(self) -> list[tuple[str, MappedTable]]:
        """Return every table of the platform with autopost's name for it."""
        return [*self.tables.items(), *(("operation_trackers", table) for table in self.operations)]


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
        raise ConfigurationError(f"{source} is not usable:\n" + "\n".join(f"  {problem}" for problem in problems))
    return Mapping(text, tables, operations)


def about(row: str, expression: str) -> str:
    """Return an expression over `t` as one over another row."""
    return _ROW_OR_LITERAL.sub(lambda m: f"{row}.{m[1]}" if m[1] else m[0], expression)


def referenced(expression: str) -> list[str]:
    """Return the columns of `t` that an expression names, quoted, each once."""
    return list(dict.fromkeys(_quoted(m[1]) for m in _ROW_OR_LITERAL.finditer(expression) if m[1]))


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
    values = {_quoted(key): value for key, value in _strings(f"[{name}.values]", section.get("values", {}), problem)}
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
    return f"{_quoted(match[1])}.{_quoted(match[2])}"


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
    plain = re.fullmatch(rf"t\.({_NAME})", columns["id"])
    return columns, lists.get("id", (plain[1],) if plain else ())


def _list(where: str, given: list[Any], problem: Callable[[str], None]) -> tuple[str, ...]:
    """Return the columns that an id is made of, quoted."""
    names = [part.strip().removeprefix("t.") if isinstance(part, str) else "" for part in given]
    quoted = tuple(_quoted(name) for name in names)
    if len(names) < 2 or len({*quoted}) < len(names) or not all(_COLUMN.fullmatch(name) for name in names):
        problem(f"{where}: got {given!r}; expected: two columns or more, as in ['dag_id', 'run_id'], each once")
    return quoted


def _written(
    name: str, columns: Dict[str, str], values: Dict[str, str], problem: Callable[[str], None]
) -> dict[str, str]:
    """Return what is written: plain columns as they are, and what `values` says instead or besides."""
    written: dict[str, str] = {}
    for column, expression in columns.items():
        plain = re.fullmatch(rf"t\.({_NAME})", expression)
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
        elif "$$" in value or "{{" in value:
            problem(f"{where} {key}: an expression must not hold $$ or {{{{")
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
    return f"t.{_quoted(name)}"


def _quoted(name: str) -> str:
    """Return a name quoted; as SQL has it, one without quotes is in lower case."""
    return name if name.startswith('"') else f'"{name.lower()}"'


def _suggest(name: str, allowed: Any) -> str:
    near = difflib.get_close_matches(name, list(allowed), n=1)
    return f"; did you mean {near[0]}?" if near else f"; expected: {', '.join(allowed)}"
