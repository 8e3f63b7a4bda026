"""What is committed counts: a claim reads its operations again, and does without when it cannot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from autopost.database.connection import create_pool
from autopost.database.migrate import migrate
from autopost.database.sql import read_object, render
from autopost.model import Claim, Generator, Posted, Written
from autopost.outbox.outbox import Outbox
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings, load_settings
from tests.support.committing import WAYS
from tests.support.host import SCHEMAS, Host, open_connection
from tests.support.work import eventually, work_off, working

LEASE = timedelta(minutes=1)


@pytest.fixture
async def outbox(settings: Settings) -> AsyncIterator[Outbox]:
    """Return the outbox as worker `one` sees it."""
    pool = await create_pool(settings, "test", size=2)
    yield Outbox(pool, SCHEMAS, "one")
    await pool.close()


async def claim(outbox: Outbox, rows: int = 100) -> dict[str, Claim]:
    """Claim what is due; return the claims by the ids of their operations."""
    return {claim.operation.tracker_id: claim for claim in await outbox.claim(rows, LEASE)}


def explain(host: Host, text: str | None, operation: str = "op") -> None:
    """Change the text of an operation as somebody does after the status."""
    host.execute("update operation_trackers set what_explanation = %s where id = %s", (text, operation))


async def test_post_has_the_text_that_was_committed(
    host: Host, database: str, settings: Settings, redactor: Redactor
) -> None:
    """However a platform writes the status first and the text later, in one transaction."""
    host.agent()
    for way in WAYS:
        name = way.__name__
        host.start(name, what=None)
        await way(database, name, f"Text of {name.replace('_', ' ')}")
        (row,) = [row for row in host.outbox() if row["tracker_id"] == name]
        assert row["what_explanation"] is None, f"{name}: the status was not captured before the text"
    await work_off(host, settings.model_copy(update={"rate_limit_minutes": 0}), redactor)
    rows = {row["tracker_id"]: row for row in host.outbox()}
    posts = "\n".join(row["content"] for row in host.posts())
    for name in (way.__name__ for way in WAYS):
        assert (rows[name]["state"], rows[name]["agent_id"]) == ("posted", "ada"), f"{name}: {rows[name]['reason']}"
        assert f"Text of {name.replace('_', ' ')}" in posts, name


async def test_every_text_is_that_of_the_claim(host: Host, outbox: Outbox) -> None:
    """Also one that was changed after the commit; the tenant too, and NULL where it is NULL by now."""
    host.complete()
    host.execute(
        "update operation_trackers set what_explanation = 'what', why_explanation = null, next_steps = 'next', "
        "tenant_id = 'other'"
    )
    operation = (await claim(outbox))["op"].operation
    found = (operation.what_explanation, operation.why_explanation, operation.next_steps, operation.tenant_id)
    assert found == ("what", None, "next", "other")
    (row,) = host.outbox()
    assert (row["what_explanation"], row["why_explanation"], row["tenant_id"]) == ("what", None, "other")


async def test_captured_text_serves_where_the_operation_is_another_one(host: Host, outbox: Outbox) -> None:
    """It is gone, came to another status, or another agent uses its id: nobody else's words are put in its mouth."""
    changes = {
        "deleted": "delete from operation_trackers where id = 'deleted'",
        "moved": "update operation_trackers set status = 'running', what_explanation = 'Begins' where id = 'moved'",
        "taken": "update operation_trackers set agent_id = 'bob', what_explanation = 'Bob''s' where id = 'taken'",
        "lost": "update operation_trackers set agent_id = null, what_explanation = 'Nobody''s' where id = 'lost'",
    }
    for operation, change in changes.items():
        host.complete(operation)
        host.execute(change)
    for operation, claimed in (await claim(outbox)).items():
        assert claimed.operation.what_explanation == "Sorted the inbox", operation
        assert (claimed.operation.agent_id, claimed.read_error) == ("ada", None), operation


async def test_agent_that_was_missing_is_paused_all_the_same(host: Host, outbox: Outbox) -> None:
    """An operation gets its agent after the capture; the pause of that agent is for it too."""
    host.execute("select auto_post_pause('agent', 'ada')")
    host.complete("late", agent=None)
    host.execute("update operation_trackers set agent_id = 'ada'")
    assert await claim(outbox) == {}
    assert await claim(outbox) == {}
    found = host.rows("select state, agent_id, attempts from auto_post_outbox")
    assert found == [{"state": "pending", "agent_id": "ada", "attempts": 0}]
    host.execute("select auto_post_resume('agent', 'ada')")
    assert (await claim(outbox))["late"].operation.agent_id == "ada"


async def test_second_claim_has_the_last_text_and_no_draft_of_the_first(host: Host, outbox: Outbox) -> None:
    """A draft of the text that is still committed serves, one of another text is not posted."""
    host.agent()
    host.complete()
    explain(host, "First")
    (first,) = await outbox.claim(1, LEASE)
    await outbox.save_drafts([Posted(first, Written("Draft of the first", Generator.LLM))])
    await outbox.release([first])
    (again,) = await outbox.claim(1, LEASE)
    assert again.draft is not None
    assert again.operation.what_explanation == "First"
    await outbox.release([again])
    explain(host, "Second")
    (third,) = await outbox.claim(1, LEASE)
    assert (third.operation.what_explanation, third.draft) == ("Second", None)
    await outbox.release([third])
    host.execute("delete from operation_trackers")
    (last,) = await outbox.claim(1, LEASE)
    assert last.operation.what_explanation == "Second", "what was read once is kept"


async def test_operation_that_the_reconciler_found_is_read_as_well(host: Host, outbox: Outbox) -> None:
    """Its texts may be written after it was found."""
    host.execute("alter table operation_trackers disable trigger auto_post_capture")
    host.complete(what=None)
    host.execute("update operation_trackers set started_at = now(), completed_at = now()")
    assert host.value("select auto_post_reconcile()") == 1
    explain(host, "Later")
    assert (await claim(outbox))["op"].operation.what_explanation == "Later"


async def test_text_of_any_size_is_cut_in_the_database(host: Host, outbox: Outbox) -> None:
    """Megabytes, compressed or not."""
    for name, storage in (("compressed", "extended"), ("plain", "external")):
        host.execute(f"alter table operation_trackers alter column what_explanation set storage {storage}")
        host.complete(name)
        host.execute("update operation_trackers set what_explanation = repeat('word ', 4000000) where id = %s", (name,))
    claims = await claim(outbox)
    for name in ("compressed", "plain"):
        assert claims[name].operation.what_explanation == "word " * 800, name
        assert claims[name].read_error is None, name


BREAKS = {
    "a renamed column": ("alter table operation_trackers rename what_explanation to what", "42703"),
    "a dropped column": ("alter table operation_trackers drop next_steps", "42703"),
    "a column of another type": ("alter table operation_trackers alter id type bytea using id::bytea", "42883"),
    "a renamed table": ("alter table operation_trackers rename to trackers", "42P01"),
    "a dropped table": ("drop table operation_trackers", "42P01"),
    "a view in its place": (
        "alter table operation_trackers rename to trackers; create view operation_trackers as select * from trackers",
        "42501",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
async def test_captured_text_serves_where_the_table_cannot_be_read(host: Host, outbox: Outbox, name: str) -> None:
    """Each claim has the SQLSTATE, and no claim fails."""
    change, error = BREAKS[name]
    operations = [host.complete(f"op{number}") for number in range(20)]
    for statement in change.split("; "):
        host.execute(statement)
    claims = await claim(outbox)
    assert [*claims] == operations
    for operation, claimed in claims.items():
        assert (claimed.read_error, claimed.operation.what_explanation) == (error, "Sorted the inbox"), operation


async def test_operation_without_a_text_waits_until_it_can_be_read(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """The platform's table is broken for a while: what has a text is posted, and no other is skipped permanently."""
    host.agent()
    async with working(settings, redactor):
        host.execute("select auto_post_pause()")
        for operation, what in (("explained", "Sorted the inbox"), ("unexplained", None)):
            host.complete(operation, what=what, operation_type="security_scan")
        explain(host, "Scanned the hosts", "unexplained")
        host.execute("alter table operation_trackers rename what_explanation to what")
        host.execute("select auto_post_resume()")
        await eventually(lambda: [row["last_error"] for row in host.outbox()] == [None, "not_read 42703"])
        await eventually(lambda: len(host.posts()) == 1)
        host.execute("alter table operation_trackers rename what to what_explanation")
        host.execute("update auto_post_outbox set available_at = now() where state = 'pending'")
        await eventually(lambda: len(host.posts()) == 2)
    assert "Scanned the hosts" in host.posts()[-1]["content"]


async def test_locked_table_delays_no_claim(host: Host, database: str, outbox: Outbox) -> None:
    """A migration of the platform holds it, or waits for it behind a reader."""
    host.complete()
    with open_connection(database) as migration:
        migration.execute("lock table operation_trackers in access exclusive mode")
        (held,) = await outbox.claim(1, LEASE)
        assert held.read_error == "55P03", "it did not wait for the lock, which is held"
    await outbox.release([held])
    (free,) = await outbox.claim(1, LEASE)
    assert free.read_error is None


IDS = {
    "text": "text",
    "varchar(40)": "varchar",
    "char(40)": "bpchar",
    'text collate "C"': "text in another collation",
    "uuid": "uuid",
    "bigint": "bigint",
    "numeric": "numeric",
    "public.run_id": "a domain over uuid",
}


async def test_operation_is_found_by_its_index_whatever_the_type_of_its_id(
    host: Host, database: str, outbox: Outbox
) -> None:
    """In a table of many rows, whose statistics are of when it was empty."""
    host.execute("create domain public.run_id as uuid")
    for number, type_ in enumerate(IDS):
        id_ = str(number + 7) if type_ in ("bigint", "numeric") else f"0000000{number}-0000-4000-8000-00000000000a"
        host.execute("truncate operation_trackers")
        host.execute(f"alter table operation_trackers alter id type {type_} using null")
        remake(host)
        with open_connection(database, autocommit=True) as agent:  # with no plan from before
            Host(agent).complete(id_, what=None)
        explain(host, "Committed", id_)
        other = (
            "n::text" if type_ in ("bigint", "numeric") else "lpad(n::text, 8, '0') || '-0000-4000-8000-00000000000b'"
        )
        host.execute(
            "insert into operation_trackers (id, operation_type, status) "
            f"select ({other})::{type_.split(' ')[0]}, 'x', 'x' from generate_series(1001, 30000) as n"
        )
        plan = host.rows(f"explain select * from auto_post_committed_rows(array['{id_}'], 'infinity')")
        lines = [row["QUERY PLAN"].strip() for row in plan]
        assert any(line.startswith("Index Cond: ") and "= ANY" in line for line in lines), f"{type_}: {lines}"
        assert (await claim(outbox))[id_].operation.what_explanation == "Committed", type_


def test_migration_adapts_to_another_type_of_the_id(host: Host, database: str) -> None:
    """The function that looks operations up is made from it."""
    settings = load_settings(database_url=database)
    before = host.value("select prosrc from pg_proc where proname = 'auto_post_committed_rows'")
    host.execute("alter table operation_trackers alter id type uuid using null")
    migrate(settings)
    after = host.value("select prosrc from pg_proc where proname = 'auto_post_committed_rows'")
    assert after == before.replace("pg_catalog.text[]", "pg_catalog.uuid[]").replace(".id) = 25 ", ".id) = 2950 ")


async def test_text_of_any_type_is_read(host: Host, database: str, outbox: Outbox) -> None:
    """An enum, JSON, a domain, a number: as the trigger captures them."""
    host.execute("create type public.state as enum ('running', 'completed'); create domain public.words as varchar(80)")
    host.execute(
        "drop trigger auto_post_capture on operation_trackers; "
        "alter table operation_trackers alter status drop default, "
        "alter status type public.state using status::public.state, "
        "alter what_explanation type jsonb using null, alter why_explanation type public.words, "
        "alter next_steps type int using null, alter tenant_id type uuid using null"
    )
    host.execute(render(read_object("triggers/auto_post_capture"), SCHEMAS))
    remake(host)
    host.execute(
        "insert into operation_trackers (id, agent_id, operation_type, status) values ('op', 'ada', 'x', 'running')"
    )
    host.execute("update operation_trackers set operation_type = 'workflow_execute', status = 'completed'")
    host.execute(
        "update operation_trackers set what_explanation = '{\"a\": 1}', why_explanation = 'words', next_steps = 3, "
        "tenant_id = '00000000-0000-4000-8000-000000000000'"
    )
    claimed = (await claim(outbox))["op"]
    operation = claimed.operation
    assert claimed.read_error is None
    assert (operation.what_explanation, operation.why_explanation, operation.next_steps) == ('{"a": 1}', "words", "3")
    assert operation.tenant_id == "00000000-0000-4000-8000-000000000000"


async def test_operation_without_an_index_on_its_id_is_not_read(host: Host, outbox: Outbox) -> None:
    """Each claim would read the whole table."""
    host.execute("alter table operation_trackers drop constraint operation_trackers_pkey")
    remake(host)
    host.complete()
    explain(host, "Committed")
    claimed = (await claim(outbox))["op"]
    assert (claimed.operation.what_explanation, claimed.read_error) == ("Sorted the inbox", None)


async def test_id_that_two_partitions_have_is_not_read(host: Host, outbox: Outbox) -> None:
    """Whose text it is nobody knows; an operation of an id of its own is found in any partition."""
    host.execute("drop table operation_trackers")
    table = render(read_object("tables/operation_trackers"), SCHEMAS).replace(
        "primary key (id)", "primary key (id, status)"
    )
    host.execute(table.replace("\n);", "\n) partition by list (status);"))
    for status in ("completed", "running", "failed"):
        host.execute(f"create table trackers_{status} partition of operation_trackers for values in ('{status}')")
    host.execute(render(read_object("triggers/auto_post_capture"), SCHEMAS))
    remake(host)
    for operation in ("twice", "once"):
        host.complete(operation)
        explain(host, "Committed", operation)
    host.start("twice", status="failed", what="Another run")
    claims = {(c.operation.tracker_id, c.operation.status): c.operation for c in await outbox.claim(100, LEASE)}
    assert claims["twice", "completed"].what_explanation == "Sorted the inbox"
    assert claims["once", "completed"].what_explanation == "Committed"


async def test_cast_of_the_platforms_owner_is_not_called(host: Host, outbox: Outbox) -> None:
    """A column of another type would be compared and converted by what its owner made, with our owner's rights."""
    host.execute("create table public.called (by_whom text)")
    host.execute("create type public.evil as (x text)")
    for target in ("text", "uuid"):
        host.execute(
            f"create function public.evil_{target}(public.evil) returns {target} language plpgsql as "
            f"$$ begin insert into public.called values (current_user); return ($1).x::{target}; end $$"
        )
        host.execute(f"create cast (public.evil as {target}) with function public.evil_{target} as implicit")
    for column in ("id", "what_explanation", "status"):
        host.execute("truncate operation_trackers, auto_post_outbox")
        host.complete(column)
        host.execute("alter table operation_trackers disable trigger auto_post_capture")
        if column == "status":
            host.execute("drop trigger auto_post_capture on operation_trackers")
            host.execute("alter table operation_trackers alter status drop default")
        host.execute(f"alter table operation_trackers alter {column} type public.evil using row({column})::public.evil")
        assert (await claim(outbox))[column].operation.what_explanation == "Sorted the inbox", column
        assert host.rows("select * from public.called") == [], column
        host.execute(f"alter table operation_trackers alter {column} type text using ({column}).x")
        if column != "status":
            host.execute("alter table operation_trackers enable trigger auto_post_capture")


async def test_cast_of_the_agents_owner_is_not_called(host: Host, outbox: Outbox) -> None:
    """A column of the agents that gets a type of the platform's is converted by its output function."""
    host.execute("create table public.called (by_whom text)")
    host.execute("create type public.evil as (x text)")
    for target in ("text", "varchar"):
        host.execute(
            f"create function public.evil_{target}(public.evil) returns {target} language plpgsql as "
            "$$ begin insert into public.called values (current_user); return ($1).x; end $$"
        )
        host.execute(f"create cast (public.evil as {target}) with function public.evil_{target} as implicit")
    host.complete("before", agent=host.agent())
    assert (claimed := (await claim(outbox))["before"].agent) is not None
    host.execute("alter table agents alter name type public.evil using row(name)::public.evil")
    host.complete("after", agent="ada")
    assert (later := (await claim(outbox))["after"].agent) is not None
    assert (claimed.name, later.name, later.maturity) == ("Ada", "(Ada)", "AUTONOMOUS")
    assert host.rows("select * from public.called") == []


def remake(host: Host) -> None:
    """Make the function again that is made from the types of the platform's columns, as a migration does."""
    host.execute(render(read_object("functions/auto_post_committed_rows"), SCHEMAS))
