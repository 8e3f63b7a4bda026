"""What is committed counts on a mapped platform, whose expressions may fail or take long."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from autopost.database.connection import create_pool
from autopost.database.migrate import migrate
from autopost.database.sql import Schemas
from autopost.outbox.committed_reads import CommittedReads
from autopost.outbox.outbox import Outbox
from autopost.settings import load_settings
from tests.support.host import Host, open_connection

LEASE = timedelta(minutes=1)
TABLES = """
create table bots (id bigint primary key, label text, level text);
create table flow_runs (id uuid primary key default gen_random_uuid(), bot_id bigint, state text, note text);
create table flow_states (run_id uuid primary key, message text);
create sequence slow minvalue 0;
create function note_of(note text) returns text language plpgsql stable as $$
begin
    if note = 'raises' then
        raise exception 'a note' using errcode = '22P02';
    elsif note = 'is cancelled' then
        raise exception 'a note' using errcode = '57014';
    elsif note = 'asserts' then
        assert false;
    elsif note = 'is slow' then
        perform nextval('public.slow'), pg_sleep(0.3);
    end if;
    return note;
end
$$;
insert into bots values (7, 'Ada', 'AUTONOMOUS');
"""
MAPPING = '''
[agents]
table = "public.bots"
[agents.columns]
tenant_id = "null"
name = "label"
maturity = "level"
category = "null"
[operation_trackers]
table = "public.flow_runs"
[operation_trackers.columns]
tenant_id = "null"
agent_id = "bot_id"
operation_type = "'workflow_execute'"
status = "lower(t.state)"
what_explanation = """
coalesce(public.note_of(t.note), (select s.message from public.flow_states as s where s.run_id = t.id))"""
why_explanation = "null"
next_steps = "null"
started_at = "null"
completed_at = "null"
'''
# Two more tables of operations: one whose ids are of two columns, and one with numbers.
MORE_TABLES = """
create table tasks (
    dag_id text, run_id varchar(40), bot_id bigint, state text, note text, primary key (run_id, dag_id)
);
create table jobs (no bigint generated always as identity primary key, bot_id bigint, state text, note text);
"""
MORE_MAPPING = MAPPING.replace("[operation_trackers]", "[[operation_trackers]]") + "".join(
    f"""
[[operation_trackers]]
name = "{name}"
table = "public.{name}"
[operation_trackers.columns]
tenant_id = "null"
id = {id_}
agent_id = "bot_id"
operation_type = "'workflow_execute'"
status = "lower(t.state)"
what_explanation = "note"
why_explanation = "null"
next_steps = "null"
started_at = "null"
completed_at = "null"
"""
    for name, id_ in (("tasks", '["dag_id", "run_id"]'), ("jobs", '"no"'))
)


@pytest.fixture
def mapping() -> str:
    """Return the mapping of the platform."""
    return MAPPING


@pytest.fixture
def platform(empty_database: str, tmp_path: Path, mapping: str) -> Iterator[Host]:
    """Return a mapped platform."""
    (tmp_path / "platform.toml").write_text(mapping, "utf-8")
    with open_connection(empty_database, autocommit=True) as connection:
        host = Host(connection)
        host.execute(TABLES)
        host.execute(MORE_TABLES)
        migrate(load_settings(database_url=empty_database, mapping_file=tmp_path / "platform.toml"))
        yield host


@pytest.fixture
async def outbox(platform: Host, empty_database: str) -> AsyncIterator[Outbox]:
    """Return the outbox as a worker sees it."""
    pool: asyncpg.Pool[asyncpg.Record] = await create_pool(load_settings(database_url=empty_database), "test", size=2)
    yield Outbox(pool, Schemas("autopost", "autopost"), "one")
    await pool.close()


def complete(platform: Host, note: str | None = "Captured") -> str:
    """End a run; return its id."""
    id_: str = platform.value(
        "insert into flow_runs (bot_id, state, note) values (7, 'RUNNING', %s) returning id::text", (note,)
    )
    platform.execute("update flow_runs set state = 'COMPLETED' where id::text = %s", (id_,))
    return id_


async def test_expression_is_evaluated_at_the_claim(platform: Host, outbox: Outbox) -> None:
    """As Prefect's server writes: the run, then its state in another table."""
    with platform.connection.transaction():
        id_ = complete(platform, None)
        platform.execute("insert into flow_states values (%s::uuid, 'Failed after 1.3 s: no such host')", (id_,))
    (claimed,) = await outbox.claim(1, LEASE)
    assert claimed.operation.what_explanation == "Failed after 1.3 s: no such host"
    assert claimed.agent is not None
    assert claimed.agent.name == "Ada"


@pytest.mark.parametrize("mapping", [MORE_MAPPING])
async def test_operation_of_any_table_is_read_by_its_key(platform: Host, outbox: Outbox) -> None:
    """Also by one of several columns, whose values may have what stands between them."""
    captured = {complete(platform): "A run"}
    for dag, run in (("a/b%2F", "c"), ("a", "b%2F/c"), ("jobs", "1")):
        platform.execute("insert into tasks values (%s, %s, 7, 'RUNNING', 'Captured')", (dag, run))
        captured[f"tasks/{'/'.join(part.replace('%', '%25').replace('/', '%2F') for part in (dag, run))}"] = (
            f"{dag} {run}"
        )
    platform.execute("insert into jobs (bot_id, state, note) values (7, 'RUNNING', 'Captured')")
    captured["jobs/1"] = "A job"
    platform.execute("update tasks set state = 'COMPLETED'; update jobs set state = 'COMPLETED'")
    platform.execute("update tasks set note = dag_id || ' ' || run_id; update jobs set note = 'A job'")
    platform.execute("update flow_runs set note = 'A run'")
    claims = {claim.operation.tracker_id: claim for claim in await outbox.claim(10, LEASE)}
    assert {id_: claim.operation.what_explanation for id_, claim in claims.items()} == captured
    assert {claim.read_error for claim in claims.values()} == {None}
    platform.execute("set enable_seqscan = off; set enable_bitmapscan = off")  # of tables with hardly a row
    plan = platform.rows("explain select * from auto_post_committed_rows(array['tasks/a/b', 'jobs/1'], 'infinity')")
    scans = [row["QUERY PLAN"] for row in plan if "Scan on" in row["QUERY PLAN"] or "Scan using" in row["QUERY PLAN"]]
    for table in ("flow_runs", "tasks", "jobs"):
        assert any(f"Index Scan using {table}_pkey" in scan for scan in scans), scans


async def test_operation_whose_expression_fails_is_no_hindrance_to_others(platform: Host, outbox: Outbox) -> None:
    """Whatever it raises, and whatever it is among."""
    notes = ("raises", "is cancelled", "asserts")
    ids = {note: complete(platform) for note in ("Before", *notes, "After")}
    for note, id_ in ids.items():
        platform.execute("update flow_runs set note = %s where id::text = %s", (note, id_))
    found = {claim.operation.tracker_id: claim for claim in await outbox.claim(10, LEASE)}
    errors = {note: found[id_].read_error for note, id_ in ids.items()}
    assert errors == {"Before": None, "raises": "22P02", "is cancelled": "57014", "asserts": "P0004", "After": None}
    for note in notes:
        assert found[ids[note]].operation.what_explanation == "Captured", note
    for note in ("Before", "After"):
        assert found[ids[note]].operation.what_explanation == note, note


async def test_slow_expression_delays_one_claim_and_not_the_next(platform: Host, outbox: Outbox) -> None:
    """The rest of the claim is not read, and the next claims are not either for a while."""
    ids = [complete(platform) for _ in range(20)]
    platform.execute("update flow_runs set note = 'is slow'")
    claims = await outbox.claim(10, LEASE)
    looked = platform.value("select nextval('slow')")
    assert looked <= 2, "one slow expression was waited for, among the others and perhaps alone"
    assert "slow" in {claim.read_error for claim in claims}
    claims += await outbox.claim(10, LEASE)
    assert platform.value("select nextval('slow')") == looked + 1, "and none was"
    assert sorted(claim.operation.tracker_id for claim in claims) == sorted(ids)
    assert {claim.read_error for claim in claims[10:]} == {"slow"}


def test_slow_reads_take_a_twentieth_of_the_time() -> None:
    """For at most ten minutes."""
    reads = CommittedReads()
    assert reads.is_on(0.0)
    reads.slow(began=10.0, now=10.5)
    assert not reads.is_on(20.4)
    assert reads.is_on(20.5)
    reads.slow(began=100.0, now=200.0)
    assert not reads.is_on(799.0)
    assert reads.is_on(800.0)
