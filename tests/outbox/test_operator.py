"""Operator actions from SQL: each does what it says, refuses nonsense, and leaves an audit row with who did it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from autopost.database.connection import create_pool
from autopost.database.sql import query
from autopost.outbox.outbox import Outbox
from autopost.outbox.outcomes import read_outcomes
from autopost.outbox.statements import Statements
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.support.host import IN_THIS_DATABASE, SCHEMAS, WAITING_FOR_A_LOCK, Host, open_connection
from tests.support.roles import drop_roles
from tests.support.work import claim_statement, eventually, work_off, working

LEASE = timedelta(minutes=1)

NONSENSE = {
    "auto_post_pause('team', 'x')": "the kind is team, and must be operation_type or agent",
    "auto_post_pause('agent')": "give both a kind and a value, or neither for all",
    "auto_post_pause('agent', '')": "give both a kind and a value",
    "auto_post_pause(null, 'ada')": "give both a kind and a value",
    "auto_post_resume()": "claiming is not paused",
    "auto_post_resume('agent', 'ada')": "agent ada is not paused",
    "auto_post_resume('team', 'x')": "the kind is team",
    "auto_post_retry('op')": "operation op has no dead row: it is pending",
    "auto_post_retry('nope')": "operation nope has no dead row: it is not in the outbox",
    "auto_post_retry(null)": "has no dead row",
    "auto_post_retry_all(p_limit => 0)": "p_limit must be 1 or more",
    "auto_post_skip('nope', 'spam')": "operation nope has nothing to skip: it is not in the outbox",
    "auto_post_skip('op', '')": "the reason must be",
    "auto_post_skip('op', null)": "the reason must be",
    "auto_post_skip('op', 'a; b')": "the reason must be",
    "auto_post_requeue(now(), now())": "p_from must be before p_to",
    "auto_post_requeue(null, now())": "p_from must be before p_to",
    "auto_post_requeue('-infinity', now(), p_limit => 0)": "p_limit 1 or more",
    "auto_post_requeue('-infinity', 'infinity')": "nothing was changed: 0 skipped rows would be pending again",
    "auto_post_add_rule(' ')": "the operation type must not be empty",
    "auto_post_add_rule('x', p_match => 'regex')": "p_match is regex, and must be exact or like",
    "auto_post_add_rule('x%')": "looks like a pattern",
    "auto_post_add_rule('x', '')": "p_status must be a status",
    "auto_post_add_rule('workflow_execute', 'completed')": "there is a rule for workflow_execute completed already",
    "auto_post_add_rule('approval_requested')": "there is a rule for approval_requested in any status already",
    "auto_post_switch_rule(999, true)": "there is no rule 999",
    "auto_post_switch_rule(1, null)": "p_enabled must be true or false",
    "auto_post_purge()": "give an agent or a tenant, and not both",
    "auto_post_purge('ada', 'tenant')": "give an agent or a tenant, and not both",
    "auto_post_purge('')": "give an agent or a tenant, and not both",
    "auto_post_purge('ada')": "nothing was purged: 1 outbox rows would be removed, 1 of them not posted yet",
    "auto_post_expire('-1 day')": "p_keep must not be negative",
    "auto_post_expire(null)": "p_keep must not be negative",
    "auto_post_expire('7 days', 0)": "p_limit must be 1 or more",
    "auto_post_reconcile(0)": "must be 1 or more",
    "auto_post_reconcile(1, null)": "must be 1 or more",
}
TABLES = ("control", "outbox", "pauses", "rules", "tombstones", "rate_limits", "reconciliation")


def everything(host: Host) -> list[Any]:
    """Return all rows of our tables and of the audit log."""
    return [host.rows(f"select * from auto_post_{name} order by 1") for name in TABLES] + [host.audit()]


def dead(host: Host, *ids: str, error: str = "boom") -> None:
    """Let operations be dead."""
    for id_ in ids:
        host.complete(id_)
    host.execute(
        "update auto_post_outbox set state = 'dead', last_error = %s, attempts = 5, finished_at = now() "
        "where tracker_id = any(%s)",
        (error, list(ids)),
    )


def deeds(host: Host) -> list[tuple[str, dict[str, Any]]]:
    """Return what was done from SQL, and its details."""
    done = "select action, details from audit_log where details ? 'by' order by occurred_at"
    return [(row["action"].removeprefix("auto_post."), row["details"]) for row in host.rows(done)]


async def claim(settings: Settings) -> Sequence[str]:
    """Claim twice, as a worker does that finds a pause with the first claim; return the operations."""
    pool = await create_pool(settings, "test", size=1)
    try:
        outbox = Outbox(pool, SCHEMAS, "one")
        return [c.operation.tracker_id for _ in range(2) for c in await outbox.claim(100, LEASE)]
    finally:
        await pool.close()


@pytest.mark.parametrize(("call", "message"), NONSENSE.items(), ids=NONSENSE.keys())
def test_nonsense_is_refused_and_changes_nothing(host: Host, call: str, message: str) -> None:
    """The error says what is wrong."""
    host.complete()
    before = everything(host)
    with pytest.raises(psycopg.Error) as caught:
        host.rows(f"select {call}")
    assert message in str(caught.value)
    assert everything(host) == before


def test_probable_mistake_is_done_with_a_notice(host: Host) -> None:
    """A status that other rules write in another letter case, and an id that no agent has."""
    host.agent()
    host.execute("select auto_post_add_rule('deploy', 'COMPLETED')")
    host.execute("select auto_post_add_rule('deploy', 'shipped')")
    host.execute("select auto_post_pause('agent', 'nobody')")
    host.execute("select auto_post_pause('agent', 'ada')")
    assert host.warnings == [
        "statuses are case-sensitive: other rules have the status completed",
        "no agent has the id nobody: it is paused all the same",
    ]


async def test_paused_worker_claims_nothing_until_resumed(host: Host, settings: Settings) -> None:
    """The switch for all, with who threw it."""
    host.complete()
    host.execute("select auto_post_pause()")
    assert await claim(settings) == []
    host.execute("select auto_post_resume()")
    assert await claim(settings) == ["op"]
    me = host.value("select session_user")
    nobody = {"kind": None, "value": None, "by": me}
    assert deeds(host) == [("pause", nobody), ("resume", nobody)]


@pytest.mark.parametrize(("kind", "value"), [("agent", "ada"), ("operation_type", "workflow_execute")])
async def test_pause_of_an_agent_or_a_type_leaves_the_others_alone(
    host: Host, settings: Settings, kind: str, value: str
) -> None:
    """What waits is parked at once, what comes later by the claim that meets it, and resuming lets all of it go."""
    host.complete("earlier")
    host.execute("select auto_post_pause(%s, %s)", (kind, value))
    host.complete("later")
    host.complete("other", "report_generate", agent="bob")
    host.complete("nobody's", "report_generate", agent=None)
    assert await claim(settings) == ["other", "nobody's"]
    parked = host.rows("select tracker_id from auto_post_outbox where available_at = 'infinity' order by captured_at")
    assert [row["tracker_id"] for row in parked] == ["earlier", "later"]
    assert await claim(settings) == []
    assert host.value("select waiting from auto_post_health") == 0
    host.execute("select auto_post_resume(%s, %s)", (kind, value))
    assert await claim(settings) == ["earlier", "later"]


@pytest.mark.parametrize(
    "pause",
    [
        "insert into auto_post_pauses (kind, value) values ('agent', 'ada')",
        "insert into auto_post_pauses (kind, value) values ('operation_type', 'workflow_execute')",
        "update auto_post_control set paused = true",
        "update auto_post_outbox set available_at = now() + interval '1 hour'",
    ],
)
async def test_row_that_was_chosen_before_its_pause_is_not_claimed(host: Host, settings: Settings, pause: str) -> None:
    """A round-robin claim is two statements, and the pause was committed between them; or another worker's retry."""
    host.complete()
    async with await create_pool(settings, "test", size=1) as pool:
        chosen = [row["id"] for row in await pool.fetch(query("worker/round_robin", SCHEMAS), 10, True)]
        assert len(chosen) == 1
        host.execute(pause)
        rows = await pool.fetch(query("worker/claim_chosen", SCHEMAS), "one", LEASE, True, chosen)
    assert [row["id"] for row in rows] == [None]


async def test_row_of_two_pauses_waits_for_both(host: Host, settings: Settings) -> None:
    """Ending one does not end the other."""
    host.complete()
    host.execute("select auto_post_pause('agent', 'ada'), auto_post_pause('operation_type', 'workflow_execute')")
    host.execute("select auto_post_resume('agent', 'ada')")
    assert await claim(settings) == []
    host.execute("select auto_post_resume('operation_type', 'workflow_execute')")
    assert await claim(settings) == ["op"]


async def test_lease_that_ran_out_under_a_pause_is_parked_and_not_rescued(host: Host, settings: Settings) -> None:
    """The worker that held it has lost it, and another takes it after the pause."""
    host.complete()
    await claim(settings)
    host.execute("select auto_post_pause('agent', 'ada')")
    assert [row["state"] for row in host.outbox()] == ["claimed"], "what is held is finished"
    host.execute("update auto_post_outbox set available_at = now() - interval '1 second'")
    assert await claim(settings) == []
    (row,) = host.rows("select state, worker, epoch from auto_post_outbox where available_at = 'infinity'")
    assert (row["state"], row["worker"], row["epoch"]) == ("pending", None, 2)
    host.execute("select auto_post_resume('agent', 'ada')")
    assert await claim(settings) == ["op"]


async def test_resume_waits_until_rows_are_parked(host: Host, database: str, settings: Settings) -> None:
    """Otherwise a row could be parked after its pause ended, for ever."""
    host.execute("insert into auto_post_pauses (kind, value) values ('agent', 'ada')")
    host.complete()
    with open_connection(database) as claiming:
        claiming.execute(claim_statement("worker/park").encode())
        resuming = asyncio.create_task(asyncio.to_thread(host.execute, "select auto_post_resume('agent', 'ada')"))
        waits = WAITING_FOR_A_LOCK
        await eventually(lambda: (claiming.execute(waits).fetchone() or [0])[0])
        claiming.commit()
    await resuming
    assert await claim(settings) == ["op"]


async def test_claim_does_not_read_what_is_parked(host: Host, settings: Settings) -> None:
    """Its plan reads the claim's index from the oldest to now; the parked rows of a paused agent lie beyond."""
    host.execute("insert into auto_post_pauses (kind, value) values ('agent', 'ada')")
    host.execute(
        "insert into operation_trackers (id, agent_id, operation_type, status) "
        "select 'op' || n, 'ada', 'workflow_execute', 'completed' from generate_series(1, 2500) as n"
    )
    host.complete("other", agent="bob")
    parked = "select count(*) from auto_post_outbox where available_at = 'infinity'"
    assert await claim(settings) == ["other"], "no agent waits for another's pause"
    assert host.value(parked) == 1000, "in bounded batches"
    await claim(settings)
    await claim(settings)
    assert host.value(parked) == 2500
    host.execute("vacuum analyze auto_post_outbox")
    for name in ("worker/claim", "worker/park"):
        lines = [str(row["QUERY PLAN"]) for row in host.rows("explain (analyze, costs off) " + claim_statement(name))]
        plan = "\n".join(lines)
        assert plan.count("Index Scan using auto_post_outbox_claim_idx") == 1, plan
        assert "Seq Scan on auto_post_outbox" not in plan
        assert not any("Rows Removed by Filter: 2" in line for line in lines), plan


@pytest.mark.parametrize("arguments", ["'agent', 'ada'", ""])
def test_paused_row_is_never_the_next_due(host: Host, arguments: str) -> None:
    """A worker sleeps for its poll interval, and not in a loop."""
    host.complete()
    host.execute(f"select auto_post_pause({arguments})")
    assert host.value(query("worker/next_due", SCHEMAS).replace("$1", "true")) is None


async def test_pause_and_resume_count_at_once_on_a_sleeping_worker(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """Long before it polls again."""
    host.agent()
    patient = settings.model_copy(update={"poll_seconds": 300.0})
    async with working(patient, redactor):
        await eventually(
            lambda: host.value(
                f"select count(*) from pg_locks where locktype = 'advisory' and objsubid = 2 and {IN_THIS_DATABASE}"
            )
        )
        host.execute("select auto_post_pause('agent', 'ada')")
        host.complete("held back")
        host.complete("other", agent=host.agent("bob"))
        await eventually(lambda: len(host.posts()) == 1)
        assert host.waiting() == 1
        for pause, resume in (("", ""), ("'agent', 'ada'", "'agent', 'ada'")):
            host.execute(f"select auto_post_pause({pause})")
            host.execute(f"select auto_post_resume({resume})")
        await eventually(lambda: host.waiting() == 0)


async def test_retried_row_is_taken_at_once_by_a_sleeping_worker(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """A dead row gets all its attempts again, and is posted long before it polls again."""
    host.agent()
    dead(host, "op")
    async with working(settings.model_copy(update={"poll_seconds": 300.0}), redactor):
        await eventually(
            lambda: host.value(
                f"select count(*) from pg_locks where locktype = 'advisory' and objsubid = 2 and {IN_THIS_DATABASE}"
            )
        )
        assert host.value("select auto_post_retry('op')") == 1
        await eventually(lambda: host.waiting() == 0)
    (row,) = host.outbox()
    assert (row["state"], row["attempts"], row["epoch"]) == ("posted", 1, 2)
    assert deeds(host) == [("retry", {"rows": 1, "by": host.value("select session_user")})]


def test_retry_all_takes_the_longest_dead_of_one_error(host: Host) -> None:
    """As many as are asked for, and no other error's."""
    dead(host, "a", "b", "c")
    dead(host, "other", error="other")
    host.execute("update auto_post_outbox set finished_at = now() - interval '1 hour' where tracker_id = 'b'")
    assert host.value("select auto_post_retry_all('boom', 1)") == 1
    assert [row["tracker_id"] for row in host.outbox() if row["state"] == "pending"] == ["b"]
    assert host.value("select auto_post_retry_all()") == 3
    assert {row["state"] for row in host.outbox()} == {"pending"}
    assert {row["attempts"] for row in host.outbox()} == {0}
    assert [deed for deed, _ in deeds(host)] == ["retry_all"] * 2


async def test_skipped_by_hand_has_its_audit_row_and_is_lost_to_its_worker(host: Host, settings: Settings) -> None:
    """Whatever waits, is held or is dead of the operation ends; what is finished is refused."""
    host.complete()
    await claim(settings)
    assert host.value("select auto_post_skip('op', 'not for the feed')") == 1
    (row,) = host.outbox()
    assert (row["state"], row["reason"], row["worker"], row["epoch"]) == ("skipped", "not for the feed", None, 2)
    (audit,) = host.audit()
    assert (audit["action"], audit["tracker_id"], audit["agent_id"]) == ("auto_post.skipped", "op", "ada")
    assert audit["details"]["by"] == host.value("select session_user")
    with pytest.raises(psycopg.Error, match="operation op has nothing to skip: it is skipped"):
        host.execute("select auto_post_skip('op', 'again')")


async def test_requeued_rows_are_those_of_a_time_and_a_reason(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """Posted rows stay posted, and every end has its audit row."""
    host.agent()
    host.complete("posted")
    host.complete("limited")
    host.complete("student", agent=host.agent("stu", maturity="STUDENT"))
    await work_off(host, settings, redactor)
    requeue = "select auto_post_requeue(now() - interval '2 hours', now() + %s::interval, %s, p_confirm => true)"
    assert host.value(requeue, ("-1 hour", None)) == 0
    assert host.value(requeue, ("0 hours", "rate_limited")) == 1
    host.age_posts("5 minutes")
    await work_off(host, settings, redactor)
    assert [row["state"] for row in host.outbox()] == ["posted", "posted", "skipped"]
    assert len(host.posts()) == 2
    assert host.value("select count(*) from audit_log where tracker_id = 'limited'") == 2


async def test_capture_off_writes_nothing_and_what_waits_is_worked_off(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """Off, drained, on."""
    host.complete("before")
    assert host.value("select auto_post_capture_off()") == 1
    host.complete("meanwhile")
    await work_off(host, settings, redactor)
    assert host.value("select auto_post_capture_off()") == 0
    host.execute("select auto_post_capture_on()")
    host.complete("after")
    assert [row["tracker_id"] for row in host.outbox()] == ["before", "after"]
    host.execute("select auto_post_capture_off()")
    assert [deed for deed, _ in deeds(host)] == ["capture_off", "capture_on", "capture_off"]


def test_rule_is_added_and_switched(host: Host) -> None:
    """It counts from the next change on."""
    rule = host.value("select auto_post_add_rule('data_export', 'completed', p_description => 'Data left the house')")
    host.complete("a", "data_export")
    host.execute("select auto_post_switch_rule(%s, false)", (rule,))
    host.complete("b", "data_export")
    host.execute("select auto_post_add_rule('data%', p_match => 'like', p_is_alert => true)")
    host.start("c", "data_export")
    assert [(row["tracker_id"], row["is_alert"]) for row in host.outbox()] == [("a", False), ("c", True)]
    assert [deed for deed, _ in deeds(host)] == ["add_rule", "switch_rule", "add_rule"]


async def test_steering_does_not_show_in_the_feed(host: Host, settings: Settings) -> None:
    """The feed has outcomes and nothing else."""
    dead(host, "op")
    host.execute("select auto_post_retry('op'), auto_post_pause(), auto_post_resume()")
    host.execute("select auto_post_skip('op', 'spam')")
    async with await create_pool(settings, "test", size=1) as pool:
        outcomes = await read_outcomes(Statements(pool, SCHEMAS), 10, rows=100)
    assert [(outcome.outcome, outcome.why) for outcome in outcomes] == [("skipped", "spam")]


def test_database_functions_are_not_for_the_application(host: Host, database: str) -> None:
    """A role without rights steers nothing."""
    role = f"stranger_{host.value('select pg_backend_pid()')}"
    host.execute(f"create role {role} login")
    try:
        with open_connection(database, autocommit=True) as stranger:
            stranger.execute(f"set role {role}".encode())
            for call in ("pause()", "purge('ada')", "retry('op')", "expire('0')", "reconcile()", "history('op')"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    stranger.execute(f"select autopost.auto_post_{call}".encode())
            host.execute(f"grant usage on schema autopost to {role}")
            for call in ("pause()", "log_operator_action('pause')"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for function"):
                    stranger.execute(f"select autopost.auto_post_{call}".encode())
    finally:
        drop_roles(host, role)
