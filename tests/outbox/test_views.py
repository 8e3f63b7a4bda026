"""What a DBA reads: health, dead letters, what is stuck, why nothing was posted, and the story of an operation."""

from __future__ import annotations

import psycopg
import pytest

from autopost import audit
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.support.host import Host, Row, open_connection
from tests.support.roles import drop_roles
from tests.support.work import work_off

VIEWS = ("health", "dead", "stuck", "skips")
PRIVATE = "Fed the zebra"


def put(host: Host, id_: str, state: str, *, ago: str = "1 minute", **values: object) -> None:
    """Bring an operation into a state that it reached some time ago."""
    host.complete(id_, what=PRIVATE)
    finished = state in ("posted", "skipped", "dead")
    host.execute(
        "update auto_post_outbox set state = %s, finished_at = case when %s then now() - %s::interval end, "
        "reason = %s, last_error = %s, worker = %s, post_id = %s, attempts = %s, "
        "available_at = now() - %s::interval where tracker_id = %s",
        (
            state,
            finished,
            ago,
            values.get("reason"),
            values.get("error"),
            values.get("worker"),
            "post" if state == "posted" else None,
            values.get("attempts", 0),
            ago,
            id_,
        ),
    )


def health(host: Host) -> Row:
    """Return the one row."""
    (row,) = host.rows("select * from auto_post_health")
    return row


def test_health_of_an_empty_install(host: Host) -> None:
    """One row, nothing in it but the switches."""
    row = health(host)
    assert {name for name, value in row.items() if value} == {"capture_enabled", "trigger_enabled"}
    assert row["oldest_waiting_seconds"] is None


def test_health_counts_what_waits_and_what_came_of_the_rest(host: Host) -> None:
    """In one row."""
    host.execute("select auto_post_pause('agent', 'bob')")
    host.complete("parked", agent="bob")
    host.execute("update auto_post_outbox set available_at = 'infinity'")
    put(host, "waits", "pending")
    put(host, "again", "pending", attempts=2, error="boom")
    put(host, "held", "claimed", worker="w", attempts=1)
    put(host, "posted", "posted")
    put(host, "skipped", "skipped", reason="rate_limited")
    put(host, "skipped long ago", "skipped", reason="rate_limited", ago="2 hours")
    put(host, "dead", "dead", error="boom")
    put(host, "dead today", "dead", error="boom", ago="2 hours")
    put(host, "dead long ago", "dead", error="boom", ago="2 days")
    host.execute("update auto_post_outbox set captured_at = now() - interval '90 seconds' where tracker_id = 'waits'")
    host.execute(
        "insert into auto_post_workers values ('alive', '1', now(), now(), 0), "
        "('gone', '1', now(), now() - interval '2 minutes', 0)"
    )
    host.execute("select auto_post_reconcile(), auto_post_capture_off(), auto_post_pause()")
    host.execute("alter table operation_trackers disable trigger auto_post_capture")
    row = health(host)
    counts = {name: row[name] for name in ("waiting", "claimed", "parked", "retrying", "workers_alive")}
    assert counts == {"waiting": 2, "claimed": 1, "parked": 1, "retrying": 1, "workers_alive": 1}
    ends = [row[name] for name in ("dead_last_day", "posted_last_hour", "skipped_last_hour", "dead_last_hour")]
    assert ends == [2, 1, 1, 1]
    assert [row[name] for name in ("paused", "capture_enabled", "trigger_enabled")] == [True, False, False]
    assert 90 <= row["oldest_waiting_seconds"] < 120
    assert row["reconciled_at"] is not None


def test_trigger_that_fires_on_replicas_alone_is_not_enabled(host: Host) -> None:
    """ENABLE REPLICA lets an application's changes pass."""
    host.execute("alter table operation_trackers enable replica trigger auto_post_capture")
    assert not health(host)["trigger_enabled"]
    host.execute("alter table operation_trackers enable always trigger auto_post_capture")
    assert health(host)["trigger_enabled"]


def test_dead_letters_stand_with_their_error(host: Host) -> None:
    """The latest first."""
    put(host, "earlier", "dead", error="boom", ago="1 hour", attempts=5)
    put(host, "later", "dead", error="bang")
    put(host, "fine", "pending")
    rows = host.rows("select tracker_id, agent_id, operation_type, last_error from auto_post_dead")
    assert [tuple(row.values()) for row in rows] == [
        ("later", "ada", "workflow_execute", "bang"),
        ("earlier", "ada", "workflow_execute", "boom"),
    ]


def test_stuck_is_what_is_overdue(host: Host) -> None:
    """Claimed and not rescued, or due and not claimed; what is parked or young is not."""
    put(host, "abandoned", "claimed", worker="w", ago="5 minutes")
    put(host, "unclaimed", "pending", ago="2 minutes")
    put(host, "young", "pending", ago="10 seconds")
    host.execute("select auto_post_pause('agent', 'bob')")
    put(host, "done", "skipped", reason="x", ago="1 hour")
    host.complete("parked", agent="bob")
    rows = host.rows("select tracker_id, state, worker from auto_post_stuck")
    assert [tuple(row.values()) for row in rows] == [("abandoned", "claimed", "w"), ("unclaimed", "pending", None)]


def test_skips_are_counted_by_reason_and_hour(host: Host) -> None:
    """Of the last day."""
    for number in range(3):
        put(host, f"op{number}", "skipped", reason="rate_limited", ago="0 seconds")
    put(host, "student", "skipped", reason="not_allowed", ago="0 seconds")
    put(host, "old", "skipped", reason="rate_limited", ago="25 hours")
    rows = host.rows("select reason, sum(operations)::int, max(agents) from auto_post_skips group by 1 order by 1")
    assert [tuple(row.values()) for row in rows] == [("not_allowed", 1, 1), ("rate_limited", 3, 1)]


def test_views_hold_no_text_of_an_operation(host: Host) -> None:
    """They may be shown to anybody who may know the agents."""
    for state, worker in (("dead", None), ("claimed", "w"), ("skipped", None)):
        put(host, state, state, error="boom", reason="r", worker=worker, ago="5 minutes")
    for view in VIEWS:
        rows = host.rows(f"select * from auto_post_{view}")
        assert rows
        assert "zebra" not in str(rows)


def test_shown_types_and_statuses_are_those_of_the_program(host: Host) -> None:
    """In form and length, the longest included."""
    types = ("a", "A" * 60, "a" * 61, "n8n.run:x-1", "mail to", "9lives", "a\n")
    statuses = ("done", "s" * 40, "s" * 41, "in-progress", "s2", "s\n")
    given = [*((each, "done") for each in types), *(("a", each) for each in statuses)]
    for number, (type_, status) in enumerate(given):
        host.execute(
            "insert into auto_post_outbox (id, rule_id, tracker_id, operation_type, status, is_alert, state, "
            "captured_at, available_at, finished_at, reason) "
            "values (gen_random_uuid(), 1, %s, %s, %s, false, 'skipped', now(), now(), now(), 'x')",
            (f"op{number}", type_, status),
        )
    rows = host.rows("select operation_type, status from auto_post_operations order by length(tracker_id), tracker_id")
    assert [row["operation_type"] for row in rows[: len(types)]] == [audit.shown_type(type_) for type_ in types]
    assert [row["status"] for row in rows[len(types) :]] == [audit.word(status) for status in statuses]


def test_views_show_nobody_more_than_the_tables_do(host: Host, database: str) -> None:
    """They run with the reader's rights."""
    role = f"reader_{host.value('select pg_backend_pid()')}"
    host.execute(f"create role {role} login")
    try:
        host.execute(f"grant usage on schema autopost to {role}")
        for view in VIEWS:
            host.execute(f"grant select on auto_post_{view} to {role}")
        with open_connection(database, autocommit=True) as reader:
            reader.execute(f"set role {role}".encode())
            for view in VIEWS:
                with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"(table|view) auto_post"):
                    reader.execute(f"select * from auto_post_{view}".encode())
    finally:
        drop_roles(host, role)


async def test_story_tells_every_step_of_an_operation(host: Host, settings: Settings, redactor: Redactor) -> None:
    """From capture to the feed, with who stepped in, and what retention took."""
    host.agent()
    host.complete(what=PRIVATE)
    host.execute("update auto_post_outbox set state = 'dead', attempts = 5, last_error = 'boom', finished_at = now()")
    host.execute("select auto_post_retry('op')")
    await work_off(host, settings, redactor)
    rows = host.rows("select * from auto_post_history('op')")
    steps = [row["step"] for row in rows]
    assert sorted(steps) == ["captured", "claimed", "in the feed", "posted", "retry"]
    assert (steps[0], steps[-1]) == ("captured", "in the feed")
    assert rows[0]["detail"] == "workflow_execute completed by rule 1"
    assert "zebra" not in str(rows)
    assert [row["happened_at"] for row in rows] == sorted(row["happened_at"] for row in rows)
    host.execute("select auto_post_expire('0')")
    later = [row["step"] for row in host.rows("select * from auto_post_history('op')")]
    assert later == ["retry", "posted", "in the feed", "removed"]


@pytest.mark.parametrize(
    ("change", "step", "detail"),
    [
        ("select 1", "waiting", "due 20"),
        ("select auto_post_pause('agent', 'ada')", "parked", "until its pause ends"),
        ("select auto_post_skip('op', 'not now')", "skipped", "not now by "),
    ],
)
def test_story_ends_with_what_the_operation_waits_for(host: Host, change: str, step: str, detail: str) -> None:
    """Or with why it does not."""
    host.complete()
    host.execute(change)
    last = host.rows("select step, detail from auto_post_history('op')")[-1]
    assert last["step"] == step
    assert last["detail"].startswith(detail)
    assert host.rows("select * from auto_post_history('unknown')") == []


def test_story_does_not_read_the_outbox_through(host: Host) -> None:
    """It knows the ids."""
    host.execute(
        "insert into auto_post_outbox (id, rule_id, tracker_id, operation_type, is_alert, captured_at, available_at) "
        "select gen_random_uuid(), 1, 'op' || n, 'x', false, now(), now() from generate_series(1, 20000) as n"
    )
    host.execute("analyze auto_post_outbox")
    reads = "select seq_tup_read from pg_stat_xact_all_tables where relname = 'auto_post_outbox'"
    with host.connection.transaction():
        host.rows("select * from auto_post_history('op')")
        assert host.value(reads) == 0
