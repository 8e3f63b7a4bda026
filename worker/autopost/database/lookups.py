"""How a claim finds an operation in the platform's tables by its id, and what it reads of it, for generated SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autopost.database.mapping import MappedTable, Mapping

# In the order of what auto_post_committed_rows returns.
COLUMNS = ("tenant_id", "agent_id", "status", "what_explanation", "why_explanation", "next_steps")


@dataclass(frozen=True, slots=True)
class Lookup:
    """One table of operations; `table` is its quoted, qualified name.

    The ids of its operations begin with `prefix`, and with no other's prefix. `keys` are the SQL expressions over `t`
    that an id is made of: one, or several that are joined with `/` after `%` and `/` are escaped. `texts` are those of
    COLUMNS.
    """

    table: str
    keys: tuple[str, ...]
    texts: tuple[str, ...]
    prefix: str = ""
    others: tuple[str, ...] = ()

    @property
    def oid(self) -> str:
        """Return an SQL expression for the oid of the table."""
        return f"{_literal(self.table)}::pg_catalog.regclass"

    @property
    def as_row(self) -> str:
        """Return a row of SQL literals: prefix, those of others, table, keys and texts."""
        arrays = [_array(values) for values in (self.others, self.keys, self.texts)]
        values = (_literal(self.prefix), arrays[0], _literal(self.table), *arrays[1:])
        return f"({', '.join(values)})"


def lookups(mapping: Mapping | None, platform: str) -> list[Lookup]:
    """Return the lookup of each table of operations; `platform` is the quoted schema of those without a mapping."""
    if mapping is None:
        return [Lookup(f"{platform}.operation_trackers", ("t.id",), tuple(f"t.{column}" for column in COLUMNS))]
    names = [f"{table.name}/" for table in mapping.operations if table.name]
    return [_lookup(table, names) for table in mapping.operations]


def _lookup(table: MappedTable, names: list[str]) -> Lookup:
    """Return the lookup of a mapped table; `names` are what the ids of tables with a name begin with."""
    keys = tuple(f"t.{column}" for column in table.id_columns)
    texts = tuple(table.of_row("t", column) for column in COLUMNS)
    if table.name:
        return Lookup(table.table, keys, texts, prefix=f"{table.name}/")
    return Lookup(table.table, keys or (table.columns["id"],), texts, others=tuple(names))


def _array(values: Iterable[str]) -> str:
    return f"array[{', '.join(map(_literal, values))}]::text[]"


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
