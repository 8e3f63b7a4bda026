"""Each pair of transitions on one row, by two sessions whose transactions are open at the same time.

Anyone who comes second waits, goes away or is told; the row has one end, one audit row and at most one post.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import asyncpg
import pytest

from autopost.database.connection import create_pool
from autopost.model import Busy, Claim, Lost, Posted, Reason, Skipped
from autopost.settings import Settings
from tests.support.host import LOCK_AGENT, Host
from tests.support.machine.gate import COMMIT
from tests.support.machine.workers import act_on
from tests.support.sessions import LEASE, PATIENT, TEXT, Race, Session, posts
from tests.support.work import eventually, rescue

either_way = pytest.mark.parametrize("commits", [True, False], ids=["commits", "rolls back"])


INSERT = (
    "insert into operation_trackers (id, agent_id, operation_type, status) "
    "values ($1, 'ada', 'workflow_execute', 'completed')"
)


@pytest.fixture
async def race(host: Host, settings: Settings) -> AsyncIterator[Race]:
    """Return the place where sessions meet, with an agent that may post."""
    pool = await create_pool(settings, "race", size=5, session=PATIENT)
    race = Race(host, settings, pool)
    host.agent()
    yield race
    await race.close()
    await pool.close()


async def opened(race: Race, sql: str, *arguments: object) -> Session:
    """Return a session whose transaction has run a statement and is open."""
    session = await race.session()
    await session.begin()
    await session.value(sql, *arguments)
    return session


# publish and claim


async def test_rescue_leaves_alone_what_is_being_published(race: Race) -> None:
    """The lease has run out, and yet the row is not claimed: it is locked."""
    (claim,) = await race.claimed()
    race.leases_run_out()
    publishing = await race.publishing("one", posts([claim]), at=COMMIT)
    assert await rescue(race.outbox("two")) == []
    await publishing.finish()
    assert await rescue(race.outbox("two")) == []
    assert (race.states(), race.outcomes()) == (["posted"], ["posted"])


async def test_row_that_was_rescued_before_it_was_ended_is_lost(race: Race) -> None:
    """The publisher has decided already, and writes nothing."""
    (claim,) = await race.claimed()
    publishing = await race.publishing("one", posts([claim]), at="finish")
    race.leases_run_out()
    (rescued,) = await rescue(race.outbox("two"))
    assert (await publishing.finish()).outcomes == [Lost(claim)]
    await (await race.publishing("two", posts([rescued]), at=COMMIT)).finish()
    assert (race.states(), race.outcomes()) == (["posted"], ["posted"])


@either_way
async def test_publisher_waits_for_the_rescue_that_it_meets(race: Race, commits: bool) -> None:
    """If the rescue commits, the publisher has lost the row; if not, it posts."""
    (claim,) = await race.claimed()
    race.leases_run_out()
    rescuer = await race.session()
    await rescuer.begin()
    assert len(await rescue(rescuer.outbox("two"))) == 1
    publishing = await race.publishing("one", posts([claim]), at="finish")
    publishing.go()
    await race.waits(publishing, on=rescuer)
    await rescuer.end(commits=commits)
    published = await publishing.finish()
    assert published.outcomes == ([Lost(claim)] if commits else posts([claim]))
    assert race.states() == (["claimed"] if commits else ["posted"])
    assert len(race.host.posts()) == len(race.outcomes()) == (0 if commits else 1)


@pytest.mark.parametrize("action", ["save", "renew", "defer", "release"])
@either_way
async def test_late_word_of_the_former_holder_waits_for_the_rescue(race: Race, action: str, commits: bool) -> None:
    """If the rescue commits, it changes nothing; if not, the row is still its own."""
    (claim,) = await race.claimed()
    race.leases_run_out()
    rescuer = await race.session()
    await rescuer.begin()
    assert len(await rescue(rescuer.outbox("two"))) == 1
    late = await race.session()
    said = asyncio.create_task(act_on(late.outbox("one"), action, [claim]))
    await race.waits(late, on=rescuer)
    await rescuer.end(commits=commits)
    await said
    (row,) = race.host.outbox()
    assert row["epoch"] == (2 if commits else 1)
    if commits:
        assert (row["state"], row["worker"], row["draft"], row["last_error"]) == ("claimed", "two", None, None)
    else:
        assert row["worker"] == (None if action in ("defer", "release") else "one")
    assert race.outcomes() == []


async def test_rescue_skips_a_row_whose_lease_is_being_renewed(race: Race) -> None:
    """Nobody waits, and the holder keeps it."""
    (claim,) = await race.claimed()
    race.leases_run_out()
    holder = await race.session()
    await holder.begin()
    await holder.outbox("one").renew([claim], LEASE)
    assert await rescue(race.outbox("two")) == []
    await holder.end()
    assert await rescue(race.outbox("two")) == []
    assert [row["worker"] for row in race.host.outbox()] == ["one"]


async def test_two_claims_at_once_share_without_waiting(race: Race) -> None:
    """The second takes what the first has not locked."""
    for name in ("a", "b", "c"):
        race.host.complete(name)
    first, second = await race.session(), await race.session()
    await first.begin()
    await second.begin()
    taken = [*await first.outbox("one").claim(2, LEASE), *await second.outbox("two").claim(2, LEASE)]
    assert [claim.operation.tracker_id for claim in taken] == ["a", "b", "c"]
    await first.end()
    await second.end()
    assert sorted(row["worker"] for row in race.host.outbox()) == ["one", "one", "two"]


async def test_worker_that_rescued_its_own_row_publishes_it_once(race: Race) -> None:
    """It froze past its lease, claimed the row again, and both claims come to be published in one group."""
    (old,) = await race.claimed()
    race.leases_run_out()
    (new,) = await rescue(race.outbox("one"))
    publishing = await race.publishing("one", posts([old, new]), at="lock_agents")
    try:
        async with asyncio.timeout(60):
            published = await publishing.finish()
    finally:
        await publishing.crash()
    assert published.outcomes == [Lost(old), Posted(new, TEXT)]
    assert (race.states(), race.outcomes()) == (["posted"], ["posted"])


def stall(race: Race, table: str) -> None:
    """Make statements that read a table wait, after they took their snapshot, for the advisory lock 42."""
    race.host.execute(
        "create function is_let_go() returns boolean language plpgsql as "
        "$$ begin perform pg_advisory_xact_lock(42); return true; end $$"
    )
    race.host.execute(f"alter table {table} rename to stalled")
    race.host.execute(f"create view autopost.{table} as select * from stalled where is_let_go()")


DEFER = "update auto_post_outbox set available_at = now() + interval '1 hour'"


@pytest.mark.parametrize("round_robin", [False, True])
async def test_claim_checks_a_row_again_that_changed_after_its_snapshot(race: Race, round_robin: bool) -> None:
    """Another worker claimed it and committed, before this claim came to lock it, or after the row was chosen."""
    race.host.complete()
    race.host.execute("insert into auto_post_pauses (kind, value) values ('agent', 'bob')")
    stall(race, "auto_post_pauses" if round_robin else "auto_post_control")
    gate = await opened(race, "select pg_advisory_xact_lock(42)")
    worker = await race.session()
    claiming = asyncio.create_task(worker.outbox("one").claim(10, LEASE, round_robin=round_robin))
    await race.waits(worker, on=gate)
    race.host.execute(DEFER)
    await gate.end()
    assert await claiming == []


async def test_parking_checks_a_row_again_that_changed_after_its_snapshot(race: Race) -> None:
    """It parks no row that was claimed or deferred meanwhile."""
    race.host.execute("insert into auto_post_pauses (kind, value) values ('agent', 'ada')")
    race.host.complete()
    worker = await race.session()
    outbox = worker.outbox("one")
    assert await outbox.claim(10, LEASE) == []
    stall(race, "auto_post_pauses")
    gate = await opened(race, "select pg_advisory_xact_lock(42)")
    claiming = asyncio.create_task(outbox.claim(10, LEASE))
    await race.waits(worker, on=gate)
    race.host.execute(DEFER)
    await gate.end()
    assert await claiming == []
    assert race.host.value("select available_at < 'infinity' and epoch = 0 from auto_post_outbox")


# publish and publish


async def test_second_publisher_of_an_agent_is_sent_away_and_then_limited(race: Race) -> None:
    """It does not wait for the agent's lock, and sees what was posted when it comes again."""
    first, second = await race.claimed("a", "b")
    publishing = await race.publishing("one", posts([first]), at=COMMIT)
    late = posts([second])
    assert (await (await race.publishing("two", late, at="lock_agents")).finish()).outcomes == [Busy(late[0])]
    await publishing.finish()
    again = await (await race.publishing("two", late, at="lock_agents")).finish()
    assert again.outcomes == [Skipped(second, Reason.RATE_LIMITED, TEXT)]
    assert (race.states(), race.outcomes()) == (["posted", "skipped"], ["posted", "rate_limited"])


@pytest.mark.parametrize("has_posted", [True, False], ids=["known", "new"])
@pytest.mark.parametrize("first_bypasses", [True, False])
@either_way
async def test_publisher_that_bypasses_the_advisory_lock_keeps_the_rate_limit(
    race: Race, has_posted: bool, first_bypasses: bool, commits: bool
) -> None:
    """Beside one that has it, or that bypasses it too: the agent's row lets one of them post."""
    first, second = await race.claimed("a", "b")
    if has_posted:
        race.host.execute("insert into auto_post_rate_limits values ('ada', now() - interval '1 day')")
    squatter = await race.session()
    if first_bypasses:
        await squatter.value(LOCK_AGENT.replace("xact_", "").replace("%s", "$1"), "ada")
    bypass = {"ada"}
    one = await race.publishing("one", posts([first]), at=COMMIT, bypass=bypass if first_bypasses else ())
    late = posts([second])
    two = await race.publishing("two", late, at="lock_agents", bypass=bypass)
    if has_posted:
        assert (await two.finish()).outcomes == [Busy(late[0])]
    else:
        two.go()  # it inserts the same row
        await race.waits(two, on=one)
    await (one.finish() if commits else one.crash())
    if not has_posted and commits:
        assert (await two.finish()).outcomes == [Busy(late[0])]
    again = two
    if has_posted or commits:
        again = await race.publishing("two", late, at="lock_agents", bypass=bypass)
    outcomes = (await again.finish()).outcomes
    assert outcomes == ([Skipped(second, Reason.RATE_LIMITED, TEXT)] if commits else late)
    assert race.states() == (["posted", "skipped"] if commits else ["claimed", "posted"])


async def test_agent_that_posted_while_it_was_being_locked_is_busy(race: Race) -> None:
    """What the same statement reads is from before that post, such as the operations that it carried."""
    (new,), (known,) = await race.claimed("a", agent="eve"), await race.claimed("b")
    race.host.execute("insert into auto_post_rate_limits values ('ada', now() - interval '1 day')")
    other = await race.session()
    await other.begin()
    await other.connection.execute("insert into auto_post_rate_limits (agent_id) values ('eve')")
    late = posts([new, known])
    publishing = await race.publishing("two", late, at="lock_agents", bypass={"ada", "eve"})
    publishing.go()
    await race.waits(publishing, on=other)
    race.host.execute(
        "update auto_post_rate_limits set last_post_at = now() - interval '1 hour' where agent_id = 'ada'"
    )
    await other.end(commits=False)
    assert (await publishing.finish()).outcomes == [late[0], Busy(late[1])]


async def test_publisher_that_rolls_back_limits_nobody(race: Race) -> None:
    """The second posts."""
    first, second = await race.claimed("a", "b")
    publishing = await race.publishing("one", posts([first]), at=COMMIT)
    await publishing.crash()
    assert (await (await race.publishing("two", posts([second]), at="lock_agents")).finish()).outcomes == posts(
        [second]
    )
    assert (race.states(), race.outcomes()) == (["claimed", "posted"], ["posted"])


async def test_same_claim_published_twice_at_once_is_posted_once(race: Race) -> None:
    """An answer that got lost: the second is sent away while the first is open, and has lost the row after it."""
    claims = await race.claimed()
    first = await race.publishing("one", posts(claims), at=COMMIT)
    assert (await (await race.publishing("one", posts(claims), at="lock_agents")).finish()).outcomes == [
        Busy(posts(claims)[0])
    ]
    await first.finish()
    assert (await (await race.publishing("one", posts(claims), at="lock_agents")).finish()).outcomes == [
        Lost(claims[0])
    ]
    assert (race.states(), race.outcomes()) == (["posted"], ["posted"])


# publish and the DBA


@either_way
async def test_skip_waits_for_the_publisher(race: Race, commits: bool) -> None:
    """What was posted is not skipped, and the DBA is told; what was rolled back is."""
    claims = await race.claimed()
    publishing = await race.publishing("one", posts(claims), at=COMMIT)
    dba = await race.session()
    skipping = dba.start("select auto_post_skip('op', 'by hand')")
    await race.waits(dba, on=publishing)
    if commits:
        await publishing.finish()
        with pytest.raises(asyncpg.InvalidParameterValueError, match="nothing to skip: it is posted"):
            await skipping
    else:
        await publishing.crash()
        assert await skipping == 1
    assert race.outcomes() == (["posted"] if commits else ["by hand"])
    assert race.states() == (["posted"] if commits else ["skipped"])


@either_way
@pytest.mark.parametrize("deed", ["auto_post_skip('op', 'by hand')", "auto_post_purge('ada', p_confirm => true)"])
async def test_publisher_waits_for_the_dba(race: Race, deed: str, commits: bool) -> None:
    """It has lost the row if the DBA commits, and posts it if not."""
    claims = await race.claimed()
    dba = await opened(race, f"select {deed}")
    publishing = await race.publishing("one", posts(claims), at="finish")
    publishing.go()
    await race.waits(publishing, on=dba)
    await dba.end(commits=commits)
    published = await publishing.finish()
    assert published.outcomes == ([Lost(claims[0])] if commits else posts(claims))
    assert len(race.host.posts()) == (0 if commits else 1)
    assert race.outcomes() == ([("by hand" if "skip" in deed else "purged")] if commits else ["posted"])
    race.states()


@either_way
async def test_purge_waits_for_the_publisher(race: Race, commits: bool) -> None:
    """The row goes; its end is the one that it had, or the purge."""
    claims = await race.claimed()
    publishing = await race.publishing("one", posts(claims), at=COMMIT)
    dba = await race.session()
    purging = dba.start("select auto_post_purge('ada', p_confirm => true)")
    await race.waits(dba, on=publishing)
    await (publishing.finish() if commits else publishing.crash())
    assert await purging == 1
    assert (race.states(), race.outcomes()) == ([], ["posted" if commits else "purged"])
    assert len(race.host.posts()) == (1 if commits else 0)


async def test_purge_that_waited_for_the_publisher_removes_the_window_too(race: Race) -> None:
    """Nothing of the agent is left."""
    claims = await race.claimed()
    publishing = await race.publishing("one", posts(claims), at=COMMIT)
    dba = await race.session()
    purging = dba.start("select auto_post_purge('ada', p_confirm => true)")
    await race.waits(dba, on=publishing)
    await publishing.finish()
    await purging
    assert race.host.rows("select * from auto_post_rate_limits") == []


# claim and the DBA


async def test_claim_takes_nothing_that_is_being_purged(race: Race) -> None:
    """It does not wait, and afterwards there is nothing."""
    race.host.complete()
    dba = await opened(race, "select auto_post_purge('ada', p_confirm => true)")
    assert await race.outbox("one").claim(10, LEASE) == []
    await dba.end()
    assert await race.outbox("one").claim(10, LEASE) == []
    assert (race.states(), race.outcomes()) == ([], ["purged"])


async def test_purge_waits_for_the_claim_and_takes_the_row_away(race: Race) -> None:
    """Anyone who claimed it loses it."""
    race.host.complete()
    worker = await race.session()
    await worker.begin()
    assert len(await worker.outbox("one").claim(10, LEASE)) == 1
    dba = await race.session()
    purging = dba.start("select auto_post_purge('ada', p_confirm => true)")
    await race.waits(dba, on=worker)
    await worker.end()
    assert await purging == 1
    assert (race.states(), race.outcomes()) == ([], ["purged"])


async def test_claim_takes_nothing_that_is_being_paused(race: Race) -> None:
    """It does not wait; the row is parked, or due again if the pause is rolled back."""
    race.host.complete()
    dba = await opened(race, "select auto_post_pause('agent', 'ada')")
    assert await race.outbox("one").claim(10, LEASE) == []
    await dba.end()
    assert await race.outbox("one").claim(10, LEASE) == []
    assert race.states() == ["pending"]
    race.host.execute("select auto_post_resume('agent', 'ada')")
    assert len(await race.outbox("one").claim(10, LEASE)) == 1


async def test_pause_waits_for_the_claim_and_leaves_the_row_to_it(race: Race) -> None:
    """What is held is finished."""
    race.host.complete()
    worker = await race.session()
    await worker.begin()
    assert len(await worker.outbox("one").claim(10, LEASE)) == 1
    dba = await race.session()
    pausing = dba.start("select auto_post_pause('agent', 'ada')")
    await race.waits(dba, on=worker)
    await worker.end()
    await pausing
    assert race.states() == ["claimed"]


async def test_resume_waits_for_the_claim_that_parks(race: Race) -> None:
    """So that it finds what was parked."""
    race.host.execute("select auto_post_pause('agent', 'ada')")
    race.host.complete()
    worker = await race.session()
    outbox = worker.outbox("one")
    assert await outbox.claim(10, LEASE) == []
    await worker.begin()
    assert await outbox.claim(10, LEASE) == []
    dba = await race.session()
    resuming = dba.start("select auto_post_resume('agent', 'ada')")
    await race.waits(dba, on=worker)
    await worker.end()
    await resuming
    assert race.states() == ["pending"]
    assert len(await race.outbox("one").claim(10, LEASE)) == 1


@either_way
@pytest.mark.parametrize("round_robin", [False, True])
async def test_pause_that_is_being_ended_still_applies(race: Race, commits: bool, round_robin: bool) -> None:
    """A claim takes none of its rows and parks none, until the resume commits; after a rollback it parks them."""
    race.host.complete("parked")
    race.host.execute("select auto_post_pause('agent', 'ada')")
    dba = await opened(race, "select auto_post_resume('agent', 'ada')")
    race.host.complete("fresh")
    outbox = race.outbox("one")
    assert await outbox.claim(10, LEASE, round_robin=round_robin) == []
    assert await outbox.claim(10, LEASE, round_robin=round_robin) == []
    fresh_is_parked = "select available_at = 'infinity' from auto_post_outbox where tracker_id = 'fresh'"
    assert race.host.value(fresh_is_parked) is False
    await dba.end(commits=commits)
    assert len(await outbox.claim(10, LEASE, round_robin=round_robin)) == (2 if commits else 0)
    assert race.host.value(fresh_is_parked) is not commits


async def test_pause_given_twice_parks_nothing_when_it_ends_meanwhile(race: Race) -> None:
    """The second one waits for a row; the resume waits for it, or it parks nothing more."""
    race.host.execute("select auto_post_pause('agent', 'ada')")
    race.host.complete()
    holder = await opened(race, "select 1 from auto_post_outbox for update")
    dba, other = await race.session(), await race.session()
    pausing = dba.start("select auto_post_pause('agent', 'ada')")
    await race.waits(dba, on=holder)
    resuming = other.start("select auto_post_resume('agent', 'ada')")
    await eventually(lambda: resuming.done() or race.is_waiting(other))
    await holder.end()
    await pausing
    await resuming
    assert race.states() == ["pending"]


# retry, requeue, expire, reconcile


def ended(race: Race, state: str) -> None:
    """Let an operation end as dead or skipped."""
    race.host.complete()
    race.host.execute(
        "update auto_post_outbox set state = %s, finished_at = now() - interval '8 days', "
        "reason = 'rate_limited', last_error = 'boom'",
        (state,),
    )


REVIVE = {
    "retry": ("dead", "select auto_post_retry('op')"),
    "retry_all": ("dead", "select auto_post_retry_all()"),
    "requeue": ("skipped", "select auto_post_requeue('2000-01-01', '2100-01-01', p_confirm => true)"),
}
revivals = pytest.mark.parametrize(("state", "revive"), REVIVE.values(), ids=REVIVE)


@revivals
async def test_what_gets_another_life_is_not_removed(race: Race, state: str, revive: str) -> None:
    """Retention passes it by, and does not remember it as gone."""
    ended(race, state)
    dba = await opened(race, revive)
    assert race.host.value("select auto_post_expire('7 days')") == 0
    await dba.end()
    assert race.host.value("select auto_post_expire('7 days')") == 0
    assert [row["state"] for row in race.host.outbox()] == ["pending"]
    assert race.host.rows("select * from auto_post_tombstones") == []


@revivals
@either_way
async def test_what_is_being_removed_gets_no_other_life(race: Race, state: str, revive: str, commits: bool) -> None:
    """To retry one operation waits and then says so; what takes many passes it by."""
    ended(race, state)
    maintenance = await opened(race, "select auto_post_expire('7 days')")
    dba = await race.session()
    reviving = dba.start(revive)
    if "auto_post_retry(" in revive:
        await race.waits(dba, on=maintenance)
        await maintenance.end(commits=commits)
        if commits:
            with pytest.raises(asyncpg.InvalidParameterValueError, match="not in the outbox"):
                await reviving
        else:
            assert await reviving == 1
    else:
        assert await reviving == 0
        await maintenance.end(commits=commits)
    assert len(race.host.outbox()) == (0 if commits else 1)
    assert race.host.value("select count(*) from auto_post_tombstones") == (1 if commits else 0)


async def test_second_expiry_and_second_reconciliation_go_away(race: Race) -> None:
    """They do not wait, and find what is left when the first is rolled back."""
    ended(race, "dead")
    race.host.execute("alter table operation_trackers disable trigger auto_post_capture")
    race.host.complete("missed")
    for first_wins, sql in ((1, "select auto_post_expire('7 days')"), (1, "select auto_post_reconcile()")):
        first = await opened(race, sql)
        assert race.host.value(sql) == 0
        await first.end(commits=False)
        assert race.host.value(sql) == first_wins
        assert race.host.value(sql) == 0
    assert [row["tracker_id"] for row in race.host.outbox()] == ["missed"]


async def test_reconciler_captures_nothing_that_is_being_removed(race: Race) -> None:
    """Before the removal commits it sees the row, and afterwards that it was there."""
    ended(race, "dead")
    maintenance = await opened(race, "select auto_post_expire('7 days')")
    assert race.host.value("select auto_post_reconcile()") == 0
    await maintenance.end()
    assert race.host.value("select auto_post_reconcile()") == 0
    assert race.host.outbox() == []


# capture


def missed(race: Race) -> None:
    """Let the trigger miss an operation."""
    race.host.execute("alter table operation_trackers disable trigger auto_post_capture")
    race.host.complete()
    race.host.execute("alter table operation_trackers enable trigger auto_post_capture")


@either_way
async def test_agent_gives_up_soon_when_the_reconciler_captures_the_same(race: Race, commits: bool) -> None:
    """Its transaction commits with a warning; the reconciler's row stays, or it finds the operation again."""
    missed(race)
    reconciler = await opened(race, "select auto_post_reconcile()")
    race.host.move("op", "running")
    race.host.move("op", "completed")
    assert race.host.warnings == ["autopost did not capture operation op (SQLSTATE 55P03)"]
    await reconciler.end(commits=commits)
    assert race.host.value("select auto_post_reconcile()") == (0 if commits else 1)
    assert race.states() == ["pending"]


@either_way
async def test_reconciler_gives_up_when_an_agent_captures_the_same(race: Race, commits: bool) -> None:
    """It waits a second for the agent, and never the other way round."""
    missed(race)
    agent = await opened(race, "update operation_trackers set status = 'running'")
    await agent.value("update operation_trackers set status = 'completed'")
    reconciler = await race.session()
    reconciling = reconciler.start("select auto_post_reconcile()")
    with pytest.raises(asyncpg.LockNotAvailableError):
        await reconciling
    await agent.end(commits=commits)
    assert race.host.value("select auto_post_reconcile()") == (0 if commits else 1)
    assert race.states() == ["pending"]


@either_way
@pytest.mark.parametrize(
    "again",
    [
        "update operation_trackers set status = 'completed' where id = 'op'",
        INSERT.replace("$1", "'op'") + " on conflict (id) do update set status = excluded.status",
    ],
    ids=["update", "upsert"],
)
async def test_operation_that_two_transactions_complete_is_captured_once(race: Race, again: str, commits: bool) -> None:
    """The second waits for the platform's own row, as it would without us."""
    race.host.start()
    first = await opened(race, "update operation_trackers set status = 'completed' where id = 'op'")
    second = await race.session()
    completing = second.start(again)
    await race.waits(second, on=first)
    await first.end(commits=commits)
    await completing
    assert race.states() == ["pending"]
    assert second.warnings == []


async def test_agent_that_flaps_while_its_row_is_published_gives_up_soon(race: Race) -> None:
    """It waits 20 ms at most, and the operation counts once."""
    claims = await race.claimed()
    publishing = await race.publishing("one", posts(claims), at=COMMIT)
    race.host.move("op", "running")
    race.host.move("op", "completed")
    assert race.host.warnings == ["autopost did not capture operation op (SQLSTATE 55P03)"]
    await publishing.finish()
    assert race.host.value("select auto_post_reconcile()") == 0
    assert (race.states(), race.outcomes()) == (["posted"], ["posted"])


@pytest.mark.parametrize("switch", ["auto_post_capture_off()", "auto_post_switch_rule(1, false)"])
async def test_switch_and_capture_do_not_wait_for_each_other(race: Race, switch: str) -> None:
    """What was captured before the switch commits stays; what comes after is not captured, now or later."""
    agent = await opened(race, INSERT, "before")
    dba = await opened(race, f"select {switch}")
    race.host.complete("meanwhile")
    await dba.end()
    race.host.complete("after")
    await agent.end()
    assert {row["tracker_id"] for row in race.host.outbox()} == {"before", "meanwhile"}
    race.host.execute("select auto_post_capture_on()")
    race.host.execute("select auto_post_switch_rule(1, true)")
    assert race.host.value("select auto_post_reconcile()") == 0
    assert race.host.warnings == []


async def test_purge_does_not_see_what_is_being_captured(race: Race) -> None:
    """Neither waits for the other, and the operation has its end."""
    agent = await opened(race, INSERT, "op")
    assert race.host.value("select auto_post_purge('ada', p_confirm => true)") == 0
    await agent.end()
    assert race.states() == ["pending"]


# several rows: no two transactions may wait for each other


async def crossing(race: Race, act: Callable[[Session, list[Claim]], Coroutine[Any, Any, object]]) -> None:
    """Let a publisher and somebody else lock three rows in opposite order, with a third session in the middle.

    Many others wait, so that the planner goes by the rows that are given, and in their order.
    """
    race.host.execute(
        "insert into auto_post_outbox (id, rule_id, tracker_id, operation_type, is_alert, captured_at, available_at) "
        "select gen_random_uuid(), 1, 'later' || n, 'workflow_execute', false, now(), now() + interval '1 day' "
        "from generate_series(1, 20000) as n"
    )
    race.host.execute("analyze auto_post_outbox")
    claims = await race.claimed("a", "b", "c")
    middle = await opened(race, "select 1 from auto_post_outbox where tracker_id = 'b' for update")
    other = await race.session()
    acting = asyncio.create_task(act(other, claims))
    await eventually(lambda: acting.done() or race.is_waiting(other))
    publishing = await race.publishing("one", posts(claims[::-1]), at="finish")
    publishing.go()
    await eventually(lambda: race.is_waiting(publishing))
    await middle.end()
    await acting
    await publishing.finish()
    assert race.deadlocks() == 0


@pytest.mark.parametrize("action", ["save", "renew", "defer", "release"])
async def test_holder_and_publisher_do_not_wait_for_each_other(race: Race, action: str) -> None:
    """A worker has another word on what it publishes at the same time, in another order."""
    await crossing(race, lambda session, claims: act_on(session.outbox("one"), action, claims))


async def test_purging_and_publishing_do_not_wait_for_each_other(race: Race) -> None:
    """A group of one agent is published while the agent is purged."""
    await crossing(race, lambda session, _: session.value("select auto_post_purge('ada', p_confirm => true)"))


async def test_switching_two_rules_that_overlap_does_not_deadlock(race: Race) -> None:
    """One waits for the other."""
    pattern = race.host.value("select min(id) from auto_post_rules where match = 'like' and status = 'completed'")
    middle = await opened(race, "select 1 from auto_post_rules where id = 1 for update")
    dba, other = await race.session(), await race.session()
    first = dba.start("select auto_post_switch_rule($1, false)", pattern)
    await race.waits(dba, on=middle)
    second = other.start("select auto_post_switch_rule(3, false)")
    await eventually(lambda: second.done() or race.is_waiting(other))
    await middle.end()
    await first
    await second
    assert race.deadlocks() == 0
