"""What can be wrong with autopost's half of a database while agents work, and how it is put right again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from autopost.database.sql import read_object, render
from tests.support.host import SCHEMAS, open_connection

Connection = psycopg.Connection[Any]
VIEWS_OF_THE_OUTBOX = ("operations", "health", "dead", "stuck", "skips")


@dataclass(frozen=True, slots=True)
class Breakage:
    """Something that is wrong for as long as `of` lasts, which has an owner's connection and the database's dsn.

    `sqlstate` is what the trigger says of it, empty where nothing is wrong in its eyes, and `warnings` how often it
    says so in a transaction that completes many workflows. `found` tells whether what was missed is captured after the
    repair; where it is not, that is what a DBA asked for.
    """

    of: Callable[[Connection, str], contextlib.AbstractContextManager[None]]
    sqlstate: str
    warnings: int = 1
    found: bool = True


def _statements(breaks: str, mends: str) -> Callable[[Connection, str], contextlib.AbstractContextManager[None]]:
    @contextlib.contextmanager
    def of(owner: Connection, dsn: str) -> Iterator[None]:
        owner.execute(breaks.encode())
        try:
            yield
        finally:
            owner.execute(mends.encode())

    return of


def _locked(table: str) -> Callable[[Connection, str], contextlib.AbstractContextManager[None]]:
    @contextlib.contextmanager
    def of(owner: Connection, dsn: str) -> Iterator[None]:
        with open_connection(dsn) as migration:
            migration.execute(f"lock table {table} in access exclusive mode".encode())
            yield

    return of


@contextlib.contextmanager
def _right_taken(owner: Connection, dsn: str) -> Iterator[None]:
    """Let the trigger's function belong to a plain role that must not write to the outbox: a superuser always may."""
    role = sql.Identifier(f"autopost_plain_{owner.info.backend_pid}")

    def execute(statement: str) -> None:
        owner.execute(sql.SQL(statement).format(role=role))

    execute("create role {role}")
    execute("grant {role} to current_user")
    execute("grant usage, create on schema public to {role}")
    execute("grant select on auto_post_rules, auto_post_control, auto_post_outbox to {role}")
    execute("grant execute on all functions in schema public to {role}")
    execute("alter function auto_post_capture() owner to {role}")
    try:
        yield
    finally:
        execute("alter function auto_post_capture() owner to current_user")
        execute("drop owned by {role}")
        execute("drop role {role}")


def _anew(*names: str) -> str:
    """Return the SQL that makes objects as sql/ says."""
    return "\n".join(render(read_object(name), SCHEMAS) for name in names)


def _without_function(name: str, arguments: str) -> Breakage:
    return Breakage(_statements(f"drop function {name}({arguments})", _anew(f"functions/{name}")), "42883")


BREAKAGES: dict[str, Breakage] = {
    "an assertion fails": Breakage(
        _statements(
            "create or replace function autopost.auto_post_outbox_id(p_tracker_id text, p_rule_id integer) "
            "returns uuid language plpgsql stable set search_path = '' as $$ begin assert false; end $$",
            _anew("functions/auto_post_outbox_id"),
        ),
        "P0004",
        warnings=10,
    ),
    "outbox dropped": Breakage(
        _statements(
            "drop table auto_post_outbox cascade",
            _anew("tables/auto_post_outbox", *(f"views/auto_post_{name}" for name in VIEWS_OF_THE_OUTBOX)),
        ),
        "42P01",
    ),
    "outbox renamed": Breakage(
        _statements("alter table auto_post_outbox rename to gone", "alter table gone rename to auto_post_outbox"),
        "42P01",
    ),
    "right on the outbox taken": Breakage(_right_taken, "42501"),
    "disk full": Breakage(
        _statements(
            "create function full_disk() returns trigger language plpgsql as "
            "$$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$; "
            "create trigger full_disk before insert on auto_post_outbox for each row execute function full_disk()",
            "drop trigger full_disk on auto_post_outbox; drop function full_disk()",
        ),
        "53100",
    ),
    "outbox locked by a migration": Breakage(_locked("auto_post_outbox"), "55P03"),
    "rules switched off": Breakage(
        _statements("update auto_post_rules set enabled = false", "update auto_post_rules set enabled = true"),
        "",
        warnings=0,
        found=False,
    ),
    "compiled rules dropped": Breakage(
        _statements(
            "drop function auto_post_compiled_rule(text, text, text)",
            _anew("functions/auto_post_compiled_rule") + "select auto_post_compile()",
        ),
        "42883",
    ),
    "auto_post_outbox_id dropped": _without_function("auto_post_outbox_id", "text, integer"),
    "every row refused": Breakage(
        _statements(
            "alter table auto_post_outbox add constraint no_check check (attempts > 5) not valid",
            "alter table auto_post_outbox drop constraint no_check",
        ),
        "23514",
        warnings=10,
    ),
    "capture switched off": Breakage(
        _statements("select auto_post_capture_off()", "select auto_post_capture_on()"), "", warnings=0, found=False
    ),
}
