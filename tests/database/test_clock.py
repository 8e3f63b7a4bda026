"""A clock of the database that was set back: nobody is silent, and nothing waits, for as long as it was ahead."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.support.host import Host, Row, open_connection
from tests.support.roles import groups
from tests.support.work import work_off

CLOCK = "select level, finding, advice from auto_post_check_workers() where subject = 'database clock'"
AHEAD = "interval '5 hours'"


def clock(host: Host) -> Row:
    """Return what the check says of the database's clock."""
    (row,) = host.rows(CLOCK)
    return row


@pytest.fixture
def worker(host: Host, database: str) -> Iterator[psycopg.Connection]:
    """Return a connection of a role in the workers' group."""
    with (
        groups(host, database) as names,
        open_connection(f"{database} user={names['worker']}", autocommit=True) as connection,
    ):
        yield connection


async def test_clock_that_was_set_back_silences_nobody(host: Host, settings: Settings, redactor: Redactor) -> None:
    """An agent that posted while the clock was ahead posts again, and what was captured then is claimed."""
    host.complete("before", agent=host.agent())
    await work_off(host, settings, redactor)
    host.execute(f"update auto_post_rate_limits set last_post_at = last_post_at + {AHEAD}")
    host.complete("waits", agent=host.agent("bob"))
    host.execute(f"update auto_post_outbox set captured_at = captured_at + {AHEAD} where tracker_id = 'waits'")
    host.execute("update auto_post_outbox set available_at = captured_at where tracker_id = 'waits'")
    host.complete("after", agent="ada")
    await work_off(host, settings, redactor)
    assert {row["tracker_id"]: row["state"] for row in host.outbox()} == dict.fromkeys(
        ("before", "waits", "after"), "posted"
    )


def test_times_of_the_future_are_named_and_what_is_advised_corrects_them(host: Host) -> None:
    """Of agents, rows, rules and the reconciler; a row that waits for a retry or its pause is none of them."""
    assert clock(host)["level"] == "ok"
    for operation in ("future", "retried", "parked"):
        host.complete(operation)
    host.execute(f"insert into auto_post_rate_limits values ('ada', now() + {AHEAD})")
    host.execute(f"update auto_post_outbox set available_at = now() + {AHEAD} where tracker_id <> 'parked'")
    host.execute(f"update auto_post_outbox set captured_at = now() + {AHEAD} where tracker_id <> 'retried'")
    host.execute("update auto_post_outbox set available_at = 'infinity' where tracker_id = 'parked'")
    host.execute(f"update auto_post_reconciliation set since = now() + {AHEAD}")
    host.execute(f"update auto_post_rules set since = now() + {AHEAD} where id = 1")
    host.execute("insert into auto_post_rate_limits values ('bob', now() + interval '1 minute')")
    found = clock(host)
    assert found["level"] == "warning"
    for part in ("2 agents' last posts", "1 rows that wait", "1 rules", "since when the reconciler looks"):
        assert part in found["finding"]
    host.execute(found["advice"])
    assert clock(host)["level"] == "ok"
    due = host.rows("select tracker_id from auto_post_outbox where available_at <= now()")
    assert [row["tracker_id"] for row in due] == ["future"]
    agos = host.rows(
        "select agent_id, now() - last_post_at > interval '23 hours' as is_free from auto_post_rate_limits"
    )
    assert {row["agent_id"]: row["is_free"] for row in agos} == {"ada": True, "bob": False}


@pytest.mark.parametrize("moved", ["interval '1 year'", "interval '-1 hour'"])
def test_worker_cannot_set_the_time_of_a_last_post(host: Host, worker: psycopg.Connection, moved: str) -> None:
    """Neither ahead, which would silence an agent, nor back, which would free it; now, it may."""
    worker.execute("insert into autopost.auto_post_rate_limits values ('ada', clock_timestamp())")
    worker.execute("update autopost.auto_post_rate_limits set last_post_at = clock_timestamp()")
    for statement in (
        "update autopost.auto_post_rate_limits set last_post_at = clock_timestamp() + {}",
        "insert into autopost.auto_post_rate_limits values ('bob', clock_timestamp() + {})",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="must be the time by the database's clock"):
            worker.execute(statement.format(moved).encode())


def test_worker_cannot_remove_what_ended_within_the_hour(host: Host, worker: psycopg.Connection) -> None:
    """A worker that is taken over cannot wipe the outbox; the owner may."""
    host.complete()
    for ago, removed in (("59 minutes", 0), ("61 minutes", 1)):
        host.execute(
            "update auto_post_outbox set state = 'skipped', reason = 'r', finished_at = now() - %s::interval", (ago,)
        )
        assert worker.execute("select autopost.auto_post_expire('0 s')").fetchone() == (removed,)
    host.complete("another")
    host.execute("update auto_post_outbox set state = 'skipped', reason = 'r', finished_at = now()")
    assert host.value("select auto_post_expire('0 s')") == 1
