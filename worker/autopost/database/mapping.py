"""A mapping: how the tables of a platform, which have other names and shapes, read in autopost's words.

It is a TOML file with a section for each of the platform's tables. In it, `columns` says what autopost's column is in
the platform's table: the name of a column, or an SQL expression in which `t` is the platform's row; a column that is
not named has the same name there. In the tables that autopost writes to, `values` says what goes into a column of the
platform: an SQL expression in which `new` is what autopost writes.

A platform with several tables of operations has a section `[[operation_trackers]]` for each of them. All but one have a
`name`, which their ids begin with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass

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
UNDECIDED = "DECIDE: "  # what a value of a draft begins with that only a person can give

NAME = r'[A-Za-z_][A-Za-z0-9_$]*|"[^"\']+"'
# A reference to the platform's row, or a literal, in which the same letters mean nothing.
_ROW_OR_LITERAL = re.compile(rf"'(?:[^']|'')*'|(?<![\w.\"])t\.({NAME})")
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


def about(row: str, expression: str) -> str:
    """Return an expression over `t` as one over another row."""
    return _ROW_OR_LITERAL.sub(lambda m: f"{row}.{m[1]}" if m[1] else m[0], expression)


def referenced(expression: str) -> list[str]:
    """Return the columns of `t` that an expression names, quoted, each once."""
    return list(dict.fromkeys(quoted(m[1]) for m in _ROW_OR_LITERAL.finditer(expression) if m[1]))


def quoted(name: str) -> str:
    """Return a name quoted; as SQL has it, one without quotes is in lower case."""
    return name if name.startswith('"') else f'"{name.lower()}"'
