"""What a migration refuses or asks before it changes anything: encodings, rights, renamed and copied installations."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from autopost.database.migrate import migrate
from autopost.errors import SchemaMismatch
from autopost.settings import load_settings
from tests.conftest import Server
from tests.support.command_line import autopost, terminal
from tests.support.host import Host, open_connection
from tests.support.roles import Platform, dsn_of, owner_of, platform


@pytest.fixture
def installed(empty_database: str) -> Iterator[Platform]:
    """Return a platform whose roles are no superusers, with autopost installed by the owner of its tables."""
    with platform(empty_database) as installed:
        yield installed


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "EUC_JP"])
def test_database_that_is_not_utf8_is_refused(server: Server, empty_database: str, encoding: str) -> None:
    """Posts have an ellipsis and emoji; the encoding of a database cannot be changed afterwards."""
    name = f"autopost_{encoding.lower()}_{uuid4().hex}"
    with open_connection(empty_database, autocommit=True) as connection:
        connection.execute(f"create database {name} encoding '{encoding}' template template0 locale 'C'".encode())
        try:
            with pytest.raises(SchemaMismatch, match=f"database {name} has the encoding {encoding}, .* needs UTF8"):
                migrate(load_settings(database_url=server.dsn(name)))
            with open_connection(server.dsn(name)) as refused:
                found = refused.execute("select to_regnamespace('autopost'), to_regclass('public.agents')").fetchone()
                assert found == (None, None)
        finally:
            connection.execute(f"drop database {name}".encode())


def test_superuser_installs_only_after_a_yes(empty_database: str) -> None:
    """The trigger's function runs with the rights of the role that migrates, in every agent's transaction."""
    refused = autopost("migrate", dsn=empty_database, COLUMNS="400")
    assert refused.returncode == 2
    assert "is a superuser" in refused.stderr
    assert "Not a terminal: pass --yes to confirm" in refused.stderr
    with open_connection(empty_database) as connection:
        assert connection.execute("select to_regnamespace('autopost')").fetchone() == (None,)
    assert autopost("migrate", "--yes", dsn=empty_database).returncode == 0
    assert autopost("migrate", dsn=empty_database).returncode == 0, "there is nothing to do, and nothing to ask"


def test_owner_with_more_rights_than_the_tables_owner_installs_only_after_a_yes(
    installed: Platform,
) -> None:
    """A member of the owner's role may make the trigger, and has rights that the owner lacks."""
    installed.host.complete()  # so that the table stays
    migrate(load_settings(database_url=dsn_of(installed.dsn, user=installed.owner)), "base")
    member = f"{installed.owner}_member"
    database = installed.host.value("select current_database()")
    installed.host.execute(f"create role {member} login in role {installed.owner}")
    installed.host.execute(f"grant create on database {database} to {member}, {installed.owner}")
    installed.host.execute(f"grant create on schema public to {member}")
    try:
        refused = autopost("migrate", dsn=dsn_of(installed.dsn, user=member), COLUMNS="400")
        assert refused.returncode == 2
        assert f"run with the rights of {member}, which {installed.owner}, who owns" in refused.stderr
        assert f"Migrate as {installed.owner}" in refused.stderr
        as_owner = dsn_of(installed.dsn, user=member, options=f"-c role={installed.owner}")
        assert autopost("migrate", dsn=as_owner).returncode == 0
    finally:
        installed.host.execute(f"drop owned by {member}")
        installed.host.execute(f"drop role {member}")


def test_owner_of_the_tables_is_not_asked(installed: Platform) -> None:
    """Nor is anyone who removes."""
    owner = dsn_of(installed.dsn, user=installed.owner)
    assert autopost("migrate", "--to", "base", dsn=owner).returncode == 0
    assert autopost("migrate", dsn=owner).returncode == 0
    assert autopost("migrate", "--to", "base", dsn=installed.dsn).returncode == 0


def test_renamed_schema_is_reported_with_what_to_do(host: Host, database: str) -> None:
    """Its functions name the schema that it had, so that nothing works; under the old name it is as before."""
    host.execute("alter schema autopost rename to moved")
    found = autopost("migrate", "--yes", dsn=database, SOCIAL_POST_SCHEMA="moved")
    assert found.returncode == 4
    assert 'functions of schema "moved" were made for a schema of another name' in found.stderr
    by_default = autopost("migrate", "--yes", dsn=database)
    assert by_default.returncode == 4
    assert "whose schema was renamed" in by_default.stderr
    host.execute("alter schema moved rename to autopost")
    assert autopost("migrate", dsn=database).returncode == 0


def test_copy_without_rows_is_reported_with_what_to_do(host: Host, database: str) -> None:
    """As `pg_dump --schema-only` makes it: it has tables, and no revision, rule or switch."""
    host.execute("delete from auto_post_schema_version")
    found = autopost("migrate", "--yes", dsn=database)
    assert found.returncode == 4
    assert "has autopost's tables and no revision, like a copy without rows" in found.stderr
    assert "drop schema autopost cascade" in found.stderr


def test_empty_tables_beside_those_of_a_platform_are_created_only_after_a_yes(empty_database: str) -> None:
    """It names what it would create and how to map the platform instead; what was created is said."""
    with owner_of(empty_database) as owner, open_connection(owner, autocommit=True) as connection:
        host = Host(connection)
        host.execute(
            'create table public."WorkflowRuns" (id text primary key); create schema other; create table other.x ()'
        )
        refused = autopost("migrate", dsn=owner, COLUMNS="2000")
        assert refused.returncode == 2
        for said in (
            "Schema public lacks agents, operation_trackers, social_posts, audit_log, and the database has 2 other",
            "create empty tables: public.agents, public.operation_trackers, public.social_posts, public.audit_log.",
            "`autopost mapping draft > platform.toml`",
            "SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate",
            "docs/how-to/map-a-platform.md",
            "Not a terminal: pass --yes to confirm",
        ):
            assert said in refused.stderr, refused.stderr
        assert host.value("select to_regnamespace('autopost')") is None
        with terminal("migrate", dsn=owner) as screen:
            screen.until("Create the empty tables? [y/N]")
            screen.type("n\n")
            assert screen.end() == 1
        assert host.value("select to_regclass('public.agents')") is None
        host.execute(
            "create table public.agents (id text primary key, tenant_id text, name text, maturity text, category text)"
        )
        done = autopost("migrate", "--yes", dsn=owner)
        assert (done.returncode, done.stdout.splitlines()[0]) == (
            0,
            "created public.operation_trackers, public.social_posts and public.audit_log, which were missing.",
        )
        assert autopost("migrate", dsn=owner).stdout.count("\n") == 1, "there is nothing to do, to ask or to say"


def test_platform_with_agents_and_operations_is_installed_without_a_question(empty_database: str) -> None:
    """Whatever other tables it has: posts and audit log are made where it has none."""
    with owner_of(empty_database) as owner, open_connection(owner, autocommit=True) as connection:
        migrate(load_settings(database_url=owner))
        host = Host(connection)
        host.complete(agent=host.agent())
        migrate(load_settings(database_url=owner), "base")
        host.execute(
            "create table if not exists agents (id text primary key, tenant_id text, name text, maturity text, "
            "category text)"
        )
        host.execute("create table other ()")
        done = autopost("migrate", dsn=owner)
        assert done.returncode == 0, done.stderr
        assert "public.operation_trackers" not in done.stdout
