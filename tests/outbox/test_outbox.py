"""Claiming, fencing and publishing: what the worker's statements promise, on real connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import asyncpg
import pytest

from autopost.database.connection import connect, create_pool
from autopost.database.sql import Schemas
from autopost.model import Busy, Claim, Dead, Deferred, Generator, Lost, Posted, Proposal, Reason, Skipped, Written
from autopost.outbox.outbox import Outbox
from autopost.policy import at_publishing
from autopost.settings import Settings
from autopost.worker.in_flight import InFlight
from autopost.worker.publication import Publication, Published, warm_up
from autopost.worker.publisher import Publisher
from tests.support.host import LOCK_AGENT, SCHEMAS, WAITING_FOR_A_LOCK, Host, open_connection
from tests.support.work import claim_statement, eventually, rescue

LEASE = timedelta(minutes=1)
WINDOW = timedelta(minutes=5)


@pytest.fixture
async def pool(settings: Settings) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """Return a pool."""
    pool = await create_pool(settings, "test", size=5)
    yield pool
    await pool.close()


@pytest.fixture
def outbox(pool: asyncpg.Pool[asyncpg.Record]) -> Outbox:
    """Return the outbox as worker `one` sees it."""
    return Outbox(pool, SCHEMAS, "one")


@pytest.fixture
def publication(pool: asyncpg.Pool[asyncpg.Record]) -> Publication:
    """Return worker `one`'s way to publish."""
    return Publication(pool, SCHEMAS, "one")


@pytest.fixture
def other(pool: asyncpg.Pool[asyncpg.Record]) -> Outbox:
    """Return the outbox as worker `two` sees it."""
    return Outbox(pool, SCHEMAS, "two")


def post(claim: Claim, content: str = "text") -> Posted:
    """Return the proposal to post it."""
    return Posted(claim, Written(content, Generator.TEMPLATE))


async def publish(publication: Publication, proposals: Sequence[Proposal]) -> Published:
    """Publish by the real rules."""
    return await publication.publish(proposals, lambda group, agents, now: at_publishing(group, agents, now, WINDOW))


async def publish_all(publication: Publication, proposals: Sequence[Proposal]) -> None:
    """Publish until no agent is busy any more."""
    while proposals:
        published = await publish(publication, proposals)
        proposals = [outcome.proposal for outcome in published.outcomes if isinstance(outcome, Busy)]


def expire(host: Host) -> None:
    """Let every lease run out."""
    host.execute("update auto_post_outbox set available_at = now() - interval '1 second' where state = 'claimed'")


async def test_claim_takes_the_oldest_first(host: Host, outbox: Outbox) -> None:
    """Up to the limit, in the order of capture."""
    for number in range(5):
        host.complete(f"op{number}")
    assert [c.operation.tracker_id for c in await outbox.claim(3, LEASE)] == ["op0", "op1", "op2"]
    assert [c.operation.tracker_id for c in await outbox.claim(3, LEASE)] == ["op3", "op4"]


async def test_claim_brings_everything_that_a_post_needs(host: Host, outbox: Outbox) -> None:
    """Operation, agent, attempts and epoch."""
    host.agent()
    host.complete()
    (claim,) = await outbox.claim(1, LEASE)
    assert (claim.epoch, claim.attempts) == (1, 1)
    assert claim.agent is not None
    assert (claim.agent.name, claim.agent.maturity, claim.agent.last_post_at) == ("Ada", "AUTONOMOUS", None)
    assert claim.operation.what_explanation == "Sorted the inbox"
    assert claim.captured_at <= claim.claimed_at


async def test_two_workers_never_claim_the_same_row(host: Host, outbox: Outbox, other: Outbox) -> None:
    """Claims at the same time skip what the other locked."""
    host.execute(
        "insert into operation_trackers (id, operation_type, status) "
        "select 'op' || n, 'workflow_execute', 'completed' from generate_series(1, 200) as n"
    )
    taken = await asyncio.gather(*(box.claim(10, LEASE) for box in (outbox, other) * 10))
    ids = [claim.id for claims in taken for claim in claims]
    assert len(ids) == len(set(ids)) == 200


async def test_deferred_row_waits_for_its_time_and_keeps_its_attempts(host: Host, outbox: Outbox) -> None:
    """Backoff is the database's clock."""
    host.complete()
    (claim,) = await outbox.claim(1, LEASE)
    await outbox.defer([Deferred(claim, "some_error", 60)])
    assert await outbox.claim(1, LEASE) == []
    (row,) = host.outbox()
    assert (row["state"], row["attempts"], row["last_error"], row["worker"]) == ("pending", 1, "some_error", None)


async def test_released_row_burns_no_attempt(host: Host, outbox: Outbox) -> None:
    """It was given back untried."""
    host.complete()
    claims = await outbox.claim(1, LEASE)
    assert await outbox.release(claims) == 1
    (again,) = await outbox.claim(1, LEASE)
    assert (again.attempts, again.epoch) == (1, 2)


async def test_publishing_writes_post_audit_limit_and_outbox_together(
    host: Host, outbox: Outbox, publication: Publication
) -> None:
    """All four, with one time, the database's."""
    host.agent()
    host.complete()
    claims = await outbox.claim(1, LEASE)
    published = await publish(publication, [post(claims[0])])
    (row,), (feed,), (audit,) = host.outbox(), host.posts(), host.audit()
    last_post_at = host.value("select last_post_at from auto_post_rate_limits")
    assert {row["finished_at"], feed["created_at"], audit["occurred_at"], last_post_at} == {published.at}
    assert row["post_id"] == feed["id"] == audit["post_id"] == str(row["id"])


async def test_each_post_moves_the_window_of_its_agent(host: Host, outbox: Outbox, publication: Publication) -> None:
    """From the first post to the second."""
    host.agent()
    for number in range(2):
        host.complete(f"op{number}")
        (claim,) = await outbox.claim(1, LEASE)
        published = await publish(publication, [post(claim)])
        assert host.value("select last_post_at from auto_post_rate_limits") == published.at
        host.age_posts("5 minutes")
    assert len(host.posts()) == 2


async def test_lost_lease_writes_nothing(host: Host, outbox: Outbox, other: Outbox, publication: Publication) -> None:
    """A worker that was frozen past its lease does no harm when it thaws."""
    host.agent()
    host.complete()
    (frozen,) = await outbox.claim(1, LEASE)
    expire(host)
    (rescued,) = await rescue(other)
    published = await publish(publication, [post(frozen, "from the frozen one")])
    assert published.outcomes == [Lost(frozen)]
    await outbox.defer([Deferred(frozen, "late", 0)])
    await outbox.renew([frozen], timedelta(days=1))
    assert await outbox.release([frozen]) == 0
    assert host.value("select available_at < now() + interval '1 hour' from auto_post_outbox")
    await outbox.save_drafts([post(frozen)])
    assert (host.posts(), host.audit()) == ([], [])
    assert host.outbox()[0]["draft"] is None
    await publish(publication, [post(rescued, "from the rescuer")])
    assert [row["content"] for row in host.posts()] == ["from the rescuer"]


async def test_lost_row_does_not_limit_its_neighbour(host: Host, outbox: Outbox, publication: Publication) -> None:
    """The group is decided again without it."""
    host.agent()
    host.complete("lost")
    host.complete("held")
    lost, held = await outbox.claim(2, LEASE)
    host.execute("update auto_post_outbox set epoch = epoch + 1 where tracker_id = 'lost'")
    published = await publish(publication, [post(lost), post(held)])
    assert published.outcomes == [Lost(lost), post(held)]
    assert len(host.posts()) == len(host.audit()) == 1


async def test_publishing_twice_posts_once(host: Host, outbox: Outbox, publication: Publication) -> None:
    """A commit whose answer got lost is tried again and changes nothing."""
    host.agent()
    host.complete()
    claims = await outbox.claim(1, LEASE)
    await publish(publication, [post(claims[0])])
    assert (await publish(publication, [post(claims[0])])).outcomes == [Lost(claims[0])]
    assert len(host.posts()) == len(host.audit()) == 1


async def test_two_publishers_of_one_agent_keep_the_window(
    host: Host, outbox: Outbox, other: Outbox, publication: Publication
) -> None:
    """Anyone who finds an agent's advisory lock taken comes back, and then sees what the other posted."""
    for number in range(20):
        host.agent(f"agent{number}")
        host.complete(f"a{number}", agent=f"agent{number}")
        host.complete(f"b{number}", agent=f"agent{number}")
    claims = await outbox.claim(40, LEASE)
    groups = [[post(claim) for claim in claims[part::4]] for part in range(4)]
    await asyncio.gather(*(publish_all(publication, group) for group in groups))
    assert len(host.posts()) == 20
    assert host.value("select count(distinct author_id) from social_posts") == 20
    assert host.value("select count(*) from audit_log") == 40


async def test_agent_whose_lock_is_held_does_not_hold_up_the_others(
    host: Host, outbox: Outbox, database: str, publication: Publication
) -> None:
    """A post of that agent comes back to be tried again; the rest of the group is published."""
    for name in ("ada", "bea"):
        host.complete(f"op-{name}", agent=host.agent(name))
    of_ada, of_bea = await outbox.claim(2, LEASE)
    with open_connection(database) as frozen:
        frozen.execute(LOCK_AGENT.encode(), ("ada",))
        published = await publish(publication, [post(of_ada), post(of_bea)])
    assert published.outcomes == [Busy(post(of_ada)), post(of_bea)]
    assert [row["author_id"] for row in host.posts()] == ["bea"]
    assert [row["state"] for row in host.outbox()] == ["claimed", "posted"]
    await publish_all(publication, [post(of_ada)])
    assert len(host.posts()) == 2


async def test_group_of_all_outcomes_is_recorded_row_by_row(
    host: Host, outbox: Outbox, publication: Publication
) -> None:
    """Posted, skipped and dead in one transaction."""
    host.agent()
    for name in ("posted", "skipped", "dead"):
        host.complete(name)
    first, second, third = await outbox.claim(3, LEASE)
    await publish(publication, [post(first), Skipped(second, Reason.MISSING_EXPLANATION), Dead(third, "boom")])
    assert [(row["state"], row["reason"], row["last_error"]) for row in host.outbox()] == [
        ("posted", None, None),
        ("skipped", "missing_explanation", None),
        ("dead", None, "boom"),
    ]
    assert [row["action"] for row in sorted(host.audit(), key=lambda row: row["tracker_id"])] == [
        "auto_post.dead",
        "auto_post.posted",
        "auto_post.skipped",
    ]


async def test_failed_publishing_leaves_no_trace(host: Host, outbox: Outbox, publication: Publication) -> None:
    """One transaction: without the audit row there is no post."""
    host.agent()
    host.complete()
    claims = await outbox.claim(1, LEASE)
    host.execute("alter table audit_log add constraint closed_check check (false) not valid")
    with pytest.raises(asyncpg.CheckViolationError):
        await publish(publication, [post(claims[0])])
    assert host.posts() == []
    assert host.rows("select * from auto_post_rate_limits") == []
    assert [row["state"] for row in host.outbox()] == ["claimed"]


async def test_claim_uses_its_index_beside_many_finished_rows(host: Host, outbox: Outbox) -> None:
    """The plan reads the partial index, whatever the number of finished rows."""
    host.execute(
        "insert into auto_post_outbox (id, rule_id, tracker_id, operation_type, is_alert, state, reason, captured_at, "
        "available_at, finished_at) select gen_random_uuid(), 1, 'op' || n, 'workflow_execute', false, 'skipped', "
        "'rate_limited', now(), now(), now() from generate_series(1, 20000) as n"
    )
    for number in range(3):
        host.complete(f"op{number}")
    host.execute("analyze auto_post_outbox")
    statement = claim_statement()
    plan = "\n".join(str(row["QUERY PLAN"]) for row in host.rows("explain " + statement.replace("%", "%%")))
    assert "Index Scan using auto_post_outbox_claim_idx" in plan
    assert "Seq Scan on auto_post_outbox" not in plan


async def test_short_claim_leaves_what_has_been_due_for_long_to_a_whole_one(host: Host, settings: Settings) -> None:
    """It does not pass the entries of finished rows that vacuum could not take away; the whole one finds the rest."""
    for number in range(3):
        host.complete(f"op{number}")
    host.execute("update auto_post_outbox set available_at = now() - interval '11 seconds' where tracker_id = 'op0'")
    async with await create_pool(settings, "test", size=1) as pool:
        outbox = Outbox(pool, SCHEMAS, "w")
        short = await outbox.claim(10, timedelta(seconds=60), full_scan=False)
        assert sorted(claim.operation.tracker_id for claim in short) == ["op1", "op2"]
        whole = await outbox.claim(10, timedelta(seconds=60))
        assert [claim.operation.tracker_id for claim in whole] == ["op0"]


async def test_fair_claim_takes_one_of_each_agent_first(host: Host, outbox: Outbox) -> None:
    """Also of one that came after hundreds of another's; then the second of each, and so on, oldest first."""
    host.agent()
    flood(host, 2000)
    host.complete("bob1", agent="bob")
    host.complete("bob2", agent="bob")
    host.complete("nobody", agent=None)
    assert {claim.operation.agent_id for claim in await outbox.claim(10, LEASE)} == {"ada"}
    taken = [claim.operation.tracker_id for claim in await outbox.claim(5, LEASE, round_robin=True)]
    assert taken == ["flood11", "flood12", "bob1", "bob2", "nobody"]
    assert len(await outbox.claim(2000, LEASE, round_robin=True)) == 1000, "it looks at so many"
    assert len(await outbox.claim(2000, LEASE)) == 988


async def test_fair_claim_takes_nothing_that_is_paused_or_not_due(host: Host, outbox: Outbox) -> None:
    """As any claim."""
    host.complete("paused", agent="bob")
    host.complete("later", agent="cleo")
    host.complete("mine", agent="ada")
    host.execute("insert into auto_post_pauses (kind, value) values ('agent', 'bob')")
    host.execute("update auto_post_outbox set available_at = now() + interval '1 hour' where tracker_id = 'later'")
    assert [claim.operation.tracker_id for claim in await outbox.claim(10, LEASE, round_robin=True)] == ["mine"]
    host.execute("update auto_post_control set paused = true")
    host.complete("while paused", agent="dan")
    assert await outbox.claim(10, LEASE, round_robin=True) == []


async def test_fair_claim_reads_its_index_from_both_ends(host: Host) -> None:
    """Whatever waits between them."""
    flood(host, 20000)
    host.execute("vacuum analyze auto_post_outbox")
    rows = host.rows("explain (analyze, costs off) " + claim_statement("worker/round_robin"))
    plan = "\n".join(str(row["QUERY PLAN"]) for row in rows)
    assert "Index Scan Backward using auto_post_outbox_claim_idx" in plan, plan
    assert "Seq Scan on auto_post_outbox" not in plan, plan


def flood(host: Host, count: int) -> None:
    """Let one agent complete very many operations."""
    host.execute(
        "insert into operation_trackers (id, agent_id, operation_type, status) "
        "select 'flood' || n, 'ada', 'workflow_execute', 'completed' from generate_series(1, %s) as n",
        (count,),
    )


async def test_plan_that_was_made_for_empty_tables_reads_no_table_whole_later(host: Host, settings: Settings) -> None:
    """A worker starts beside an empty outbox and keeps its plans; nothing is analysed before the flood."""
    read = "select sum(seq_tup_read)::int from pg_stat_user_tables where relname = any(%s)"
    tables = ["auto_post_outbox", "auto_post_tombstones", "auto_post_rate_limits", "agents"]
    host.agent()
    async with await create_pool(settings, "test", size=1) as pool:
        outbox = Outbox(pool, SCHEMAS, "w")
        publication = Publication(pool, SCHEMAS, "w")
        for number in range(8):
            host.complete(f"op{number}")
            await publish(publication, [post(claim) for claim in await outbox.claim(10, LEASE)])
        await outbox.claim(10, LEASE, round_robin=True)
        host.execute(
            "insert into agents (id, name, maturity) select 'a' || n, 'A', 'AUTONOMOUS' from generate_series(1, 3000) n"
        )
        host.execute("insert into auto_post_rate_limits select 'a' || n, now() from generate_series(1, 3000) n")
        host.execute("insert into auto_post_tombstones select gen_random_uuid() from generate_series(1, 3000)")
        flood(host, 3000)
        host.execute("select pg_stat_force_next_flush()")
        before = host.value(read, (tables,))
        for round_robin in (False, True, False):
            await publish(
                publication, [post(claim) for claim in await outbox.claim(100, LEASE, round_robin=round_robin)]
            )
    await eventually(
        lambda: host.value("select numbackends from pg_stat_database where datname = current_database()") == 1
    )
    assert host.value(read, (tables,)) - before < 3000


async def test_publisher_that_waits_for_a_lock_ends_when_it_is_cancelled(
    host: Host, settings: Settings, outbox: Outbox, publication: Publication
) -> None:
    """The connection is ended with its statement, and that is no error to be tried again."""
    host.complete(agent=host.agent())
    claims = await outbox.claim(1, LEASE)
    held = InFlight()
    held.add(claims)
    publisher = Publisher(outbox, publication, settings, held)
    with host.connection.transaction():
        host.execute("select 1 from auto_post_outbox for update")
        publisher.submit([post(claims[0])])
        running = asyncio.create_task(publisher.run())
        await eventually(lambda: host.value(WAITING_FOR_A_LOCK) > 0)
        running.cancel()
        done, _ = await asyncio.wait([running], timeout=60)
    assert done
    assert running.cancelled()


async def test_warming_up_can_be_cancelled_and_hides_nothing(host: Host, settings: Settings, database: str) -> None:
    """A worker that is stopped while it connects must not wait for ever; a missing table is said elsewhere."""
    connection = await connect(settings, "test")
    await warm_up(connection, schemas=Schemas("nowhere", "nowhere"))
    assert await connection.fetchval("select 1") == 1
    with open_connection(database) as other:
        other.execute("lock table auto_post_outbox")
        warming = asyncio.create_task(warm_up(connection, schemas=SCHEMAS))
        await eventually(lambda: host.value(WAITING_FOR_A_LOCK) > 0)
        warming.cancel()
        done, _ = await asyncio.wait([warming], timeout=60)
    assert done
    assert warming.cancelled()
