"""The platform's tables as a mapping, or the lack of one, says that they read."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import asyncpg

from autopost.database.errors import is_of_the_connection, is_of_the_installation
from autopost.database.mapping import COLUMNS, OWN_SCHEMA, MappedTable, Mapping
from autopost.database.schema import find_mapping, find_schemas
from autopost.database.sql import Schemas, quoted, read_object, render, schemas_of
from autopost.errors import SchemaMismatch
from autopost.settings import Settings

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

FIRST_USERS_OID = 16384  # PostgreSQL's own objects have smaller ids
TRANSACTION_SECONDS = 60
STATEMENT_SECONDS = 20

# How long autopost's texts may be: what the trigger cuts them at.
LENGTHS = {
    **dict.fromkeys(("tenant_id", "agent_id", "operation_type", "status", "name", "maturity", "category"), 200),
    **dict.fromkeys(("what_explanation", "why_explanation", "next_steps"), 4000),
    "id": 1001,
}
TIMES = frozenset({"started_at", "completed_at"})


@dataclass(frozen=True, slots=True)
class Platform:
    """Where the platform's agents and operations are, and where autopost's rules are if it is installed."""

    agents: MappedTable
    operations: tuple[MappedTable, ...]
    schemas: Schemas
    is_installed: bool
    is_mapped: bool


async def find_platform(connection: Connection, settings: Settings, mapping: Mapping | None = None) -> Platform:
    """Return the platform by this mapping, else by the one in force, else by autopost's own names."""
    schemas = await find_schemas(connection, settings)
    installed = await connection.fetchval(
        "select exists (select from pg_catalog.pg_class as c inner join pg_catalog.pg_namespace as n "
        "on c.relnamespace = n.oid where c.relname = 'auto_post_rules' and n.nspname = $1)",
        schemas.own,
    )
    if mapping is None and installed:
        mapping = await find_mapping(connection, schemas)
    if mapping is None:
        return _unmapped(schemas_of(settings, mapped=False), is_installed=installed)
    return Platform(mapping.tables["agents"], mapping.operations, schemas, is_installed=installed, is_mapped=True)


def _unmapped(schemas: Schemas, *, is_installed: bool) -> Platform:
    def table(name: str) -> MappedTable:
        columns = {column: f't."{column}"' for column in COLUMNS[name]}
        return MappedTable(f'"{schemas.platform}"."{name}"', columns, {})

    return Platform(table("agents"), (table("operation_trackers"),), schemas, is_installed, is_mapped=False)


@contextlib.asynccontextmanager
async def reading(connection: Connection, platform: Platform, seconds: int = STATEMENT_SECONDS) -> AsyncIterator[None]:
    """Read in one transaction that cannot write, with limited time for a statement.

    Names in expressions are looked up as an installation looks them up.
    Where an expression calls auto_post_json before autopost is installed, the function is made for this transaction
    alone, and taken back with it.
    """
    needs_function = not platform.is_installed and any(
        OWN_SCHEMA in expression
        for table in (platform.agents, *platform.operations)
        for expression in table.columns.values()
    )
    transaction = connection.transaction(isolation="repeatable_read", readonly=not needs_function)
    await transaction.start()
    try:
        if needs_function:
            await _make_function(connection)
        await connection.execute(
            f"set local statement_timeout = '{seconds}s'; "
            f"set local idle_in_transaction_session_timeout = '{TRANSACTION_SECONDS}s'; "
            "set local search_path = pg_catalog, pg_temp; set local plan_cache_mode = auto; "
            "set local enable_seqscan = on"
        )
        yield
    finally:
        if not connection.is_closed():
            await transaction.rollback()


async def _make_function(connection: Connection) -> None:
    text = render(read_object("functions/auto_post_json"), Schemas("pg_temp", "public"))
    try:
        async with connection.transaction():
            await connection.execute(text)
    except asyncpg.PostgresError as error:
        if is_of_the_connection(error):
            raise
        raise SchemaMismatch(
            "the mapping calls auto_post_json, which is not there before the install, and this role cannot make it for "
            "one transaction: grant temporary on the database to it, and connect to a server that is not a standby"
        ) from None
    await connection.execute("set transaction read only")


class Expressions:
    """The expressions of one table of the platform, as SQL that gives text of limited length, or seconds for times."""

    def __init__(self, table: MappedTable, sql: dict[str, str]) -> None:
        self.table = table.table
        self.sql = sql

    def select(self, columns: Sequence[str], source: str) -> str:
        """Return a select list and FROM clause; `source` is the table, or a partition of it."""
        columns_ = ", ".join(f"{self.sql[column]} as {column}" for column in columns)
        return f"select {columns_} from {source} as t"  # noqa: S608 - the SQL is that of the mapping


async def expressions_of(
    connection: Connection, platform: Platform, table: MappedTable, columns: Sequence[str], name: str
) -> Expressions:
    """Return the expressions for these columns. Raises SchemaMismatch that names each one that cannot be planned.

    A type of PostgreSQL's own is cast, any other is converted by its output function: see mapping/read.sql.
    """
    own = quoted(platform.schemas.own) if platform.is_installed else "pg_temp"
    sql: dict[str, str] = {}
    problems: list[str] = []
    for column in columns:
        expression = table.columns[column].replace(OWN_SCHEMA, own)
        try:
            async with connection.transaction():
                type_ = await connection.fetchval(  # the SQL is that of the mapping
                    f"select pg_catalog.pg_typeof(case when false then ({expression}) end)::pg_catalog.oid "  # noqa: S608
                    f"from (values (1)) as o (x) left join {table.table} as t on false"
                )
        except asyncpg.PostgresError as error:
            if not is_of_the_installation(error) or isinstance(error, asyncpg.InsufficientPrivilegeError):
                raise
            if isinstance(error, asyncpg.UndefinedTableError):
                raise SchemaMismatch(_no_table(table.table, name, is_mapped=platform.is_mapped)) from None
            problems.append(f"{name}.{column}: {error.args[0]}")
        else:
            sql[column] = _converted(expression, column, type_)
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise SchemaMismatch(f"{table.table} does not fit:\n{lines}")
    return Expressions(table, sql)


def _no_table(table: str, name: str, *, is_mapped: bool) -> str:
    if is_mapped:
        return f"{name}: there is no table {table}"
    return (
        f"there is no table {table}: if the platform's tables have other names, write a mapping with "
        "`autopost mapping draft` and set SOCIAL_POST_MAPPING_FILE (docs/how-to/map-a-platform.md)"
    )


def _converted(expression: str, column: str, type_: int) -> str:
    text = (
        f"({expression})"
        if type_ < FIRST_USERS_OID
        else f"(case when ({expression}) is not null then pg_catalog.concat({expression}) end)"
    )
    if column in TIMES:  # as a number: a year beyond 9999 is not a datetime
        return f"extract(epoch from {text}::timestamptz)::float8"
    return f"pg_catalog.left({text}::text, {LENGTHS[column]})"
