"""The owner of the platform's tables runs nothing of its own with the rights of autopost's functions."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from autopost.database.migrate import migrate
from autopost.settings import load_settings
from tests.support.host import Host, open_connection
from tests.support.roles import dsn_of, platform

_numbers = itertools.count(1)

# What the attacker makes: types with casts to everything, IMMUTABLE so that the planner would run them too. Each leaves
# the name of the role with whose rights it ran.
TRAPS = """
create schema plat;
create table plat.ran_as (role text);
grant usage on schema plat to public;
grant insert on plat.ran_as to public;
create type plat.word as enum ('running', 'completed', 'workflow_execute', 'ada', 'tenant', 'op1', 'op2', 'Sorted');
create type plat.moment as enum ('2100-01-01 00:00:00+00');
create function plat.record() returns void language plpgsql as
$$ begin insert into plat.ran_as values (current_user); end $$;
create function plat.trap(plat.word) returns text language plpgsql immutable as
$$ begin perform plat.record(); return 'completed'; end $$;
create function plat.trap(plat.moment) returns timestamptz language plpgsql immutable as
$$ begin perform plat.record(); return now(); end $$;
create function plat.trap(plat.word, plat.word) returns boolean language plpgsql immutable as
$$ begin perform plat.record(); return false; end $$;
create function plat.trap() returns boolean language plpgsql as
$$ begin insert into plat.ran_as values (current_user); return true; end $$;
create cast (plat.word as text) with function plat.trap(plat.word) as implicit;
create cast (plat.moment as timestamptz) with function plat.trap(plat.moment) as implicit;
create operator plat.= (leftarg = plat.word, rightarg = plat.word, function = plat.trap);
"""
COLUMNS = (
    "id",
    "tenant_id",
    "agent_id",
    "operation_type",
    "status",
    "what_explanation",
    "why_explanation",
    "next_steps",
)
TABLE = (
    "create table {name} ("
    + ", ".join(f"{column} plat.word" for column in COLUMNS)
    + ", progress integer, operation_metadata jsonb, started_at plat.moment, completed_at plat.moment)"
)
ROW = (
    "insert into {name} (id, tenant_id, agent_id, operation_type, status, what_explanation, started_at) "
    "values (%s, 'tenant', 'ada', 'workflow_execute', 'running', 'Sorted', '2100-01-01 00:00:00+00')"
)

COMMITTED = "select error from auto_post_committed(array['op'])"


@contextlib.contextmanager
def attacker(dsn: str) -> Iterator[str]:
    """Make a role that may only create in this database; yield its name."""
    role = f"autopost_test_plowner_{os.getpid()}_{next(_numbers)}"
    with open_connection(dsn, autocommit=True) as connection:
        connection.execute(f"create role {role} login".encode())
        connection.execute(f"grant create on database {connection.info.dbname} to {role}".encode())
        try:
            yield role
        finally:
            connection.execute(f"drop owned by {role} cascade".encode())
            connection.execute(f"drop role {role}".encode())


def capture_and_reconcile(host: Host, role: str, dsn: str, table: str) -> None:
    """Complete one operation as the attacker, and one that the trigger misses, which the reconciler finds."""
    with open_connection(f"{dsn} user={role}", autocommit=True) as connection:
        owner = Host(connection)
        for number in range(1, 3):
            owner.execute(ROW.format(name=table), (f"op{number}",))
        for _ in range(8):  # more often than PostgreSQL plans with the values at hand
            owner.execute(f"update {table} set status = 'completed' where concat(id) = 'op1'")
            owner.execute(f"update {table} set status = 'running'")
        owner.execute(f"alter table {table} disable trigger auto_post_capture")
        owner.execute(f"update {table} set status = 'completed'")
        owner.execute("truncate plat.ran_as")
        owner.execute(f"alter table {table} enable trigger auto_post_capture")
        owner.execute(f"update {table} set status = 'running'")
        owner.execute(f"update {table} set status = 'completed' where concat(id) = 'op1'")
        owner.execute(f"alter table {table} disable trigger auto_post_capture")
        owner.execute(f"update {table} set status = 'completed'")
        assert owner.warnings == []
    host.value("select auto_post_reconcile()")
    rows = host.rows("select tracker_id, agent_id, operation_type, status, what_explanation from auto_post_outbox")
    assert {row.pop("tracker_id") for row in rows} == {"op1", "op2"}
    expected = {
        "agent_id": "ada",
        "operation_type": "workflow_execute",
        "status": "completed",
        "what_explanation": "Sorted",
    }
    assert rows == [expected, expected]
    assert host.rows("select error from auto_post_committed(array['op1', 'op2']) where error is not null") == []
    assert {row["role"] for row in host.rows("select role from plat.ran_as")} <= {role}


def test_casts_and_operators_of_the_tables_owner_do_not_run_as_the_triggers_owner(host: Host, database: str) -> None:
    """Installed by a superuser, whose rights they would have; by the trigger as by the reconciler."""
    with attacker(database) as role:
        host.execute("drop table operation_trackers")
        with open_connection(f"{database} user={role}", autocommit=True) as connection:
            connection.execute(TRAPS.encode())
            connection.execute(TABLE.format(name="plat.operation_trackers").encode())
        host.execute("alter table plat.operation_trackers set schema public")
        host.execute(
            "create trigger auto_post_capture after insert or update of status on operation_trackers "
            "for each row execute function auto_post_capture()"
        )
        capture_and_reconcile(host, role, database, "public.operation_trackers")


def test_casts_of_a_mapped_tables_owner_do_not_run_as_the_owner_of_the_views(
    empty_database: str, tmp_path: Path
) -> None:
    """They were there when the views were made, which a superuser reads."""
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        "[agents]\ntable = 'plat.agents'\n[operation_trackers]\ntable = 'plat.jobs'\n"
        "[operation_trackers.columns]\nwhy_explanation = 'null'\nnext_steps = \"'none'\"\n"
    )
    with attacker(empty_database) as role, open_connection(empty_database, autocommit=True) as connection:
        with open_connection(f"{empty_database} user={role}", autocommit=True) as owner:
            owner.execute(TRAPS.encode())
            owner.execute(TABLE.format(name="plat.jobs").encode())
            owner.execute(
                b"alter table plat.jobs add primary key (id); "
                b"create table plat.agents (id text primary key, tenant_id text, name text, maturity plat.word, "
                b"category text)"
            )
        migrate(load_settings(database_url=empty_database, mapping_file=mapping))
        host = Host(connection)
        capture_and_reconcile(host, role, empty_database, "plat.jobs")
        host.execute("truncate plat.ran_as")
        host.rows("select * from autopost.operation_trackers, autopost.agents")
        assert host.rows("select * from plat.ran_as") == []


def test_reconciler_does_not_run_a_policys_function(empty_database: str) -> None:
    """It refuses to read such a table; a policy that PostgreSQL alone evaluates is as good as any."""
    with platform(empty_database) as installed, attacker(empty_database) as role:
        host = installed.host
        with open_connection(dsn_of(empty_database, user=role), autocommit=True) as connection:
            connection.execute(TRAPS.encode())
        host.execute("alter table operation_trackers disable trigger auto_post_capture")
        host.complete()
        host.execute(f"alter table operation_trackers owner to {role}")
        host.execute(f"grant select on operation_trackers to {installed.owner}")
        host.execute("alter table operation_trackers enable row level security")
        host.execute("create policy trap on operation_trackers using (plat.trap())")
        with installed.as_(installed.worker) as worker:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="policy trap of"):
                worker.value("select auto_post_reconcile()")
            for code in (
                "query_to_xml('select plat.trap()', true, true, '') is not null",
                "exists (select plat.trap())",
            ):
                host.execute(f"alter policy trap on operation_trackers using ({code})")
                with pytest.raises(psycopg.errors.InsufficientPrivilege, match="policy trap of"):
                    worker.value("select auto_post_reconcile()")
                assert worker.value(COMMITTED) == "42501"
            assert host.rows("select * from plat.ran_as") == []
            condition = "tenant_id::varchar = coalesce(current_setting('x.y', true), 'tenant')"
            host.execute(f"alter policy trap on operation_trackers using ({condition})")
            assert worker.value("select auto_post_reconcile()") == 1
            assert worker.value(COMMITTED) is None
            host.execute("alter table operation_trackers rename to hidden")
            host.execute("create view operation_trackers as select * from hidden where plat.trap()")
            host.execute(f"grant select on operation_trackers to {installed.owner}")
            with pytest.raises(psycopg.errors.WrongObjectType):
                worker.value("select auto_post_reconcile()")
            assert worker.value(COMMITTED) == "42501"
            assert host.rows("select * from plat.ran_as") == []
