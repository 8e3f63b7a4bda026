"""What the doorbell, and its model, take PostgreSQL to do, asked of the server itself."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from autopost.database.sql import query
from tests.support.host import SCHEMAS, Host, open_connection, until

ARM, LOOK = query("worker/arm", SCHEMAS).encode(), query("worker/next_due", SCHEMAS).replace("$1", "true").encode()
K = "1635087471, hashtext('autopost')"
HERE = "database = (select oid from pg_database where datname = current_database())"
HELD = (
    "select count(*) from pg_locks "
    f"where locktype = 'advisory' and classid = 1635087471 and granted and mode = %s and {HERE}"
)
ALONE, SHARED = "ExclusiveLock", "ShareLock"

# `asked` counts at once and for everybody, whatever becomes of the transaction; `shown` when it is committed.
STRESS = """
create sequence asked;
create table shown (n bigint primary key);
insert into shown select nextval('asked');

create procedure complete(rounds integer, unlocks_early boolean) language plpgsql as $$
begin
    for n in 1..rounds loop
        if unlocks_early and pg_try_advisory_lock_shared(1) then
            insert into shown values (nextval('asked'));
            perform pg_advisory_unlock_shared(1);
        elsif not unlocks_early and pg_try_advisory_xact_lock_shared(1) then
            insert into shown values (nextval('asked'));
        end if;
        commit;
    end loop;
end $$;

-- Returns how often it had the lock alone, and how often a row of who had it before could not be seen then.
create function look(seconds double precision, out looks integer, out missed integer) language plpgsql as $$
declare
    v_last bigint;
begin
    looks := 0;
    missed := 0;
    while clock_timestamp() < now() + make_interval(secs => seconds) loop
        if pg_try_advisory_lock(1) then
            select last_value into v_last from asked;
            looks := looks + 1;
            if not exists (select from shown where n = v_last) then
                missed := missed + 1;
            end if;
            perform pg_advisory_unlock(1);
        end if;
    end loop;
end $$;
"""


def connected(database: str) -> psycopg.Connection[tuple[object, ...]]:
    """Return a session in autocommit."""
    return open_connection(database, autocommit=True)


def stress(database: str, *, unlocks_early: bool) -> tuple[int, int]:
    """Let two sessions commit and one look, all as fast as they can; return how often it looked and missed a row."""
    with connected(database) as setup:
        setup.execute(STRESS.encode())
    stop = threading.Event()

    def complete() -> None:
        with connected(database) as session:
            while not stop.is_set():
                session.execute("call complete(50, %s)", (unlocks_early,))

    with ThreadPoolExecutor(2) as hosts:
        running = [hosts.submit(complete) for _ in range(2)]
        try:
            with connected(database) as session:
                ((looks, missed),) = session.execute("select * from look(1.5)").fetchall()
        finally:
            stop.set()
    for host in running:
        host.result()
    return int(str(looks)), int(str(missed))


def test_committed_row_can_be_seen_before_its_transactions_lock_is_released(database: str) -> None:
    """Anyone who gets the lock sees the row of who had it; CommitTransaction in xact.c does one after the other."""
    looks, missed = stress(database, unlocks_early=False)
    assert looks > 20
    assert missed == 0


def test_lock_that_is_released_before_the_commit_would_be_noticed(database: str) -> None:
    """The same stress finds rows that cannot be seen yet when the lock does not last to the end."""
    _, missed = stress(database, unlocks_early=True)
    assert missed > 0


def test_statement_does_not_see_what_was_committed_while_it_took_the_lock(host: Host, database: str) -> None:
    """So arming and looking in one statement would miss the row, and looking in the next does not."""
    with connected(database) as worker, ThreadPoolExecutor(1) as thread:
        host.execute("select pg_advisory_lock(1)")  # a gate, to hold the statement up after its snapshot
        both = f"select pg_advisory_lock(1), pg_try_advisory_lock({K}), (select count(*) from auto_post_outbox)"
        arming = thread.submit(lambda: worker.execute(both.encode()).fetchall())
        waiting = f"select count(*) from pg_locks where locktype = 'advisory' and not granted and {HERE}"
        until(lambda: host.value(waiting) == 1)
        host.complete()
        host.execute("select pg_advisory_unlock(1)")
        ((_, armed, seen),) = arming.result(20)
        assert (armed, seen) == (True, 0)
        ((due,),) = worker.execute(LOOK).fetchall()
        assert float(str(due)) <= 0


def test_listen_counts_for_what_commits_after_it(host: Host, database: str) -> None:
    """Also for a transaction that rang before, and not for one that was committed by then."""
    with connected(database) as worker, open_connection(database) as early, open_connection(database) as late:
        early.execute("notify auto_post_doorbell, 'early'")
        late.execute("notify auto_post_doorbell, 'late'")
        early.commit()
        worker.execute("listen auto_post_doorbell")
        late.commit()
        assert [heard.payload for heard in worker.notifies(timeout=60, stop_after=1)] == ["late"]
        assert [heard.payload for heard in worker.notifies(timeout=0.1)] == []


def test_row_can_be_seen_when_its_notification_arrives(host: Host, database: str) -> None:
    """So the claim after a ring finds what it was for."""
    with connected(database) as worker:
        worker.execute("listen auto_post_doorbell")
        assert worker.execute(ARM).fetchone() == ("armed",)
        for number in range(50):
            host.complete(f"op{number}")
            assert len(list(worker.notifies(timeout=60, stop_after=1))) == 1
            assert worker.execute("select count(*) from auto_post_outbox").fetchone() == (number + 1,)


@pytest.mark.parametrize("how", ["terminated", "closed"])
def test_lock_and_listen_end_with_their_session(host: Host, database: str, how: str) -> None:
    """A dead worker keeps nobody from arming, and no host ringing."""
    with connected(database) as worker, connected(database) as other:
        worker.execute("listen auto_post_doorbell")
        assert worker.execute(ARM).fetchone() == ("armed",)
        assert other.execute(ARM).fetchone() == ("taken",)
        if how == "terminated":
            host.execute("select pg_terminate_backend(%s)", (worker.info.backend_pid,))
        else:
            worker.close()
        until(lambda: host.value(HELD, (ALONE,)) == 0)
        host.start()
        with open_connection(database) as agent:
            agent.execute("update operation_trackers set status = 'completed'")
            assert host.value(HELD, (SHARED,)) == 1, "it does not ring"
        assert other.execute(ARM).fetchone() == ("armed",)


def test_lock_is_refused_while_others_hold_it_in_the_other_mode(host: Host, database: str) -> None:
    """Hosts have it together; a worker and a host, or two workers, never."""
    host.start("first")
    host.start("second")
    with open_connection(database) as one, open_connection(database) as two, connected(database) as worker:
        one.execute("update operation_trackers set status = 'completed' where id = 'first'")
        two.execute("update operation_trackers set status = 'completed' where id = 'second'")
        assert host.value(HELD, (SHARED,)) == 2
        assert worker.execute(ARM).fetchone() == ("held",)
        one.commit()
        assert worker.execute(ARM).fetchone() == ("held",)
        two.rollback()
        assert worker.execute(ARM).fetchone() == ("armed",)
        host.move("second")
        assert host.value(HELD, (SHARED,)) == 0


def test_hosts_lock_outlasts_the_savepoint_in_which_its_row_was_written(host: Host, database: str) -> None:
    """The trigger's own handler is a savepoint too; only going back to it takes the row and the lock away, together."""
    host.start()
    with open_connection(database) as agent:
        agent.execute("savepoint kept")
        agent.execute("update operation_trackers set status = 'completed'")
        agent.execute("release kept")
        assert host.value(HELD, (SHARED,)) == 1
        agent.rollback()
        agent.execute("savepoint dropped")
        agent.execute("update operation_trackers set status = 'completed'")
        agent.execute("rollback to dropped")
        assert host.value(HELD, (SHARED,)) == 0
        agent.commit()
    assert host.outbox() == []
