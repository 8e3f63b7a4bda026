"""A platform that was there before autopost, and the scripts that a DBA has printed for it."""

from __future__ import annotations

from functools import cache
from typing import Any

import psycopg

from autopost.database.sql import Schemas, read_object, render
from tests.support.command_line import alembic
from tests.support.host import SCHEMAS, open_connection

HOST_TABLES = ("agents", "operation_trackers", "social_posts", "audit_log")


def install_platform(dsn: str, rows: int = 1_000) -> None:
    """Make the platform's tables with rows in each, as the platform's own: `op1` and so on run."""
    with open_connection(dsn, autocommit=True) as connection:
        for table in HOST_TABLES:
            connection.execute(render(read_object(f"tables/{table}"), SCHEMAS).encode())
            connection.execute(f"comment on table {table} is 'The platform''s own.'".encode())
        connection.execute(
            "insert into operation_trackers (id, operation_type, status) "
            "select 'op' || n, 'workflow_execute', 'running' from generate_series(1, %s) as n",
            (rows,),
        )
        connection.execute("insert into agents (id, name, maturity) values ('ada', 'Ada', 'AUTONOMOUS')")
        connection.execute(
            "insert into social_posts (id, author_type, post_type, content) values ('a', 'person', 'status', 'Hello')"
        )
        connection.execute("insert into audit_log (id, action) values ('a', 'login')")
        connection.execute("vacuum analyze operation_trackers")


@cache
def printed(direction: str, revisions: str, *, schemas: Schemas = SCHEMAS) -> str:
    """Return what `alembic upgrade head --sql` and the like print."""
    of_theirs = {"SOCIAL_POST_SCHEMA": schemas.own, "SOCIAL_POST_PLATFORM_SCHEMA": schemas.platform}
    done = alembic(direction, revisions, "--sql", **of_theirs)
    assert done.returncode == 0, done.stderr
    return done.stdout


def held_open(dsn: str, text: str) -> psycopg.Connection[Any]:
    """Run a printed script up to its COMMIT; return the connection, whose transaction is open."""
    connection = open_connection(dsn, autocommit=True)
    body, commit, rest = text.rpartition("COMMIT;")
    assert commit
    assert not rest.strip()
    connection.execute(body.encode())
    return connection


def blocks_read(connection: psycopg.Connection[Any]) -> int:
    """Return how many blocks of the operations this transaction has read so far."""
    row = connection.execute("select pg_stat_get_xact_blocks_fetched('operation_trackers'::regclass)").fetchone()
    assert row is not None
    return int(row[0])
