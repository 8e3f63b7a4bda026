"""Roles in tests: those of a platform, and the two groups of autopost.

Roles belong to the whole server, and tests run beside each other: who makes or drops the groups holds a lock on them.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from autopost.database.migrate import migrate
from autopost.database.sql import Schemas, dba_statements
from autopost.settings import load_settings
from tests.support.host import SCHEMAS, Host, open_connection

GROUPS = ("auto_post_worker", "auto_post_reader")
_LOCK = 1635087475
_numbers = itertools.count(1)


def dsn_of(dsn: str, **parts: str) -> str:
    """Return a connection string with another user or database."""
    return make_conninfo("", **{**conninfo_to_dict(dsn), **parts})


@contextlib.contextmanager
def groups_locked(dsn: str) -> Iterator[None]:
    """Keep every other test of this server from making or dropping the groups."""
    with open_connection(dsn_of(dsn, dbname="postgres"), autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (_LOCK,))
        yield


@contextlib.contextmanager
def groups(host: Host, dsn: str, schemas: Schemas = SCHEMAS) -> Iterator[dict[str, str]]:
    """Run `autopost sql grants`, and yield the names of two login roles, in the worker's and in the reader's group."""
    with groups_locked(dsn):
        before = groups_of(host)
        host.execute("revoke create on schema public from public")
        host.execute(dba_statements(schemas)["grants"])
        names = {group.removeprefix("auto_post_"): f"{group}_{_suffix()}" for group in GROUPS}
        for group, name in zip(GROUPS, names.values(), strict=True):
            host.execute(f"create role {name} login in role {group}")
        try:
            yield names
        finally:
            drop_roles(host, *names.values())
            for group in before:
                host.execute(f"drop owned by {group}")
            drop_roles(host, *(group for group in GROUPS if group not in before))


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform whose tables and whose autopost belong to a role of its own that is no superuser.

    `host` is a superuser's. The application works on the platform's tables; the stranger may only connect.
    """

    host: Host
    dsn: str
    owner: str
    application: str
    stranger: str
    worker: str
    reader: str

    @contextlib.contextmanager
    def as_(self, role: str) -> Iterator[Host]:
        """Connect as one of the roles."""
        with open_connection(self.dsn_for(role), autocommit=True) as connection:
            yield Host(connection)

    def dsn_for(self, role: str) -> str:
        """Return the connection string of one of the roles."""
        return dsn_of(self.dsn, user=role)


@contextlib.contextmanager
def platform(dsn: str) -> Iterator[Platform]:
    """Install autopost in an empty database, as the owner of the platform's tables."""
    with open_connection(dsn, autocommit=True) as connection:
        host = Host(connection)
        owner, application, stranger = (f"{name}_{_suffix()}" for name in ("owner", "application", "stranger"))
        for role in (owner, application, stranger):
            host.execute(f"create role {role} login")
        try:
            host.execute(f"alter schema public owner to {owner}")
            host.execute(f"grant create on database {connection.info.dbname} to {owner}")
            migrate(load_settings(database_url=dsn_of(dsn, user=owner)))
            host.execute(f"grant select, insert, update, delete on operation_trackers, agents to {application}")
            with groups(host, dsn) as logins:
                yield Platform(host, dsn, owner, application, stranger, logins["worker"], logins["reader"])
        finally:
            drop_roles(host, owner, application, stranger)


def drop_roles(host: Host, *roles: str, cascade: bool = False) -> None:
    """Drop the roles that exist, with what they own in this database or, without `cascade`, handing it to us.

    Sessions that are still busy in the database are ended first: one could be the other half of a deadlock, and a role
    that is left over would be found by the tests of every other database of the server.
    """
    host.execute(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid() and state is distinct from 'idle'"
    )
    for role in roles:
        if host.value("select exists (select from pg_roles where rolname = %s)", (role,)):
            if not cascade:
                host.execute(f'reassign owned by "{role}" to current_user')
            host.execute(f'drop owned by "{role}"{" cascade" if cascade else ""}')
            host.execute(f'drop role "{role}"')


def groups_of(host: Host) -> list[str]:
    """Return autopost's groups of this server."""
    rows = host.rows("select rolname from pg_roles where rolname = any(%s)", (list(GROUPS),))
    return [row["rolname"] for row in rows]


def _suffix() -> str:
    return f"{os.getpid()}_{next(_numbers)}"


@contextlib.contextmanager
def owner_of(dsn: str) -> Iterator[str]:
    """Give a database to a role of its own that is no superuser; yield its connection string for it."""
    with open_connection(dsn, autocommit=True) as connection:
        host, owner = Host(connection), f"owner_{_suffix()}"
        host.execute(f"create role {owner} login")
        try:
            host.execute(f"alter database {host.value('select current_database()')} owner to {owner}")
            yield dsn_of(dsn, user=owner)
        finally:
            drop_roles(host, owner)
