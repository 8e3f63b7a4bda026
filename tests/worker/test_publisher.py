"""The publisher: lanes, saved drafts, and groups with a row that fails, on a real server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from autopost.database.connection import create_pool
from autopost.model import Claim, Generator, Posted, Proposal, Reason, Skipped, Written
from autopost.model.link import Links, LinkTemplate
from autopost.outbox.outbox import Outbox
from autopost.settings import Settings
from autopost.worker.in_flight import InFlight
from autopost.worker.publication import Decide, Publication, Published
from autopost.worker.publisher import Publisher, Ready
from tests.support.host import SCHEMAS, Host, open_connection
from tests.support.work import eventually

LEASE = timedelta(minutes=1)
FREE = Written("text", Generator.TEMPLATE)
PAID = Written("text", Generator.LLM, prompt_tokens=7)
REJECTED = Written("text", Generator.TEMPLATE, prompt_tokens=7, fallback="private_data")


@pytest.fixture
async def pool(settings: Settings) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """Return a pool."""
    async with await create_pool(settings, "test", size=5) as pool:
        yield pool


class RecordingPublication(Publication):
    """A real publication that records which agents were published at the same time as themselves."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        super().__init__(pool, SCHEMAS, "one")
        self.groups = 0
        self.overlapping: set[str | None] = set()
        self._publishing: set[str | None] = set()

    async def publish(self, proposals: Sequence[Proposal], decide: Decide, **options: Any) -> Published:
        """Publish, and record."""
        agents = {proposal.claim.operation.agent_id for proposal in proposals}
        self.groups += 1
        self.overlapping |= agents & self._publishing
        self._publishing |= agents
        try:
            return await super().publish(proposals, decide, **options)
        finally:
            self._publishing -= agents


@contextlib.asynccontextmanager
async def publishing(
    host: Host, settings: Settings, publication: Publication, outbox: Outbox, items: Sequence[Ready]
) -> AsyncIterator[None]:
    """Submit items to a running publisher, and wait until none is in flight."""
    in_flight = InFlight()
    in_flight.add(item.claim for item in items)
    publisher = Publisher(outbox, publication, settings, in_flight)
    publisher.submit(items)
    running = asyncio.create_task(publisher.run())
    try:
        await eventually(lambda: len(in_flight) == 0)
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def claimed(host: Host, pool: asyncpg.Pool[asyncpg.Record], *agents: str) -> tuple[Outbox, list[Claim]]:
    """Complete an operation of each agent, in this order; return the outbox and the claims."""
    for number, agent in enumerate(agents):
        host.complete(f"op{number}", agent=host.agent(agent))
    outbox = Outbox(pool, SCHEMAS, "one")
    return outbox, await outbox.claim(100, LEASE)


async def test_posts_of_one_agent_are_published_one_after_another(
    host: Host, settings: Settings, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """In the order of their operations: no transaction finds the agent locked by another lane."""
    outbox, claims = await claimed(host, pool, *["ada"] * 12)
    publication = RecordingPublication(pool)
    items = [Posted(claim, FREE) for claim in claims]
    singly = settings.model_copy(update={"batch_size": 1})
    async with publishing(host, singly, publication, outbox, items):
        assert publication.groups == len(items)
        assert publication.overlapping == set()
    finished = host.rows("select tracker_id from auto_post_outbox order by finished_at")
    assert [row["tracker_id"] for row in finished] == [f"op{number}" for number in range(12)]


async def test_no_two_outcomes_of_a_transaction_have_the_same_time(
    host: Host, settings: Settings, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """So that readers order them by time alone, in the order of publishing, and never by an id."""
    for number in range(12):
        host.complete(f"op{number}", agent=host.agent("ada"), status="failed")  # alerts pass the rate limit
    outbox = Outbox(pool, SCHEMAS, "one")
    claims = await outbox.claim(100, LEASE)
    items = [Posted(claim, FREE) for claim in claims]
    async with publishing(host, settings, Publication(pool, SCHEMAS, "one"), outbox, items):
        found = [
            [row["id"] for row in host.rows(f"select {columns} as id from {table}")]
            for columns, table in (
                ("tracker_id", "audit_log order by occurred_at"),
                ("tracker_id", "auto_post_outbox order by finished_at"),
                ("post_metadata ->> 'tracker_id'", "social_posts order by created_at"),
            )
        ]
    assert found == [[claim.operation.tracker_id for claim in claims]] * 3
    different = "select count(distinct occurred_at) from audit_log as l join social_posts as p on p.id = l.post_id "
    assert host.value(different + "where l.occurred_at = p.created_at") == len(claims)


@pytest.mark.parametrize(
    ("written", "is_saved"), [(FREE, False), (PAID, True), (REJECTED, True)], ids=["free", "paid", "paid and rejected"]
)
async def test_text_that_cost_money_is_saved_before_it_is_published(
    host: Host, settings: Settings, pool: asyncpg.Pool[asyncpg.Record], written: Written, is_saved: bool
) -> None:
    """Also the template that replaces a rejected answer: a retry must not pay the LLM again."""
    outbox, (claim,) = await claimed(host, pool, "ada")
    async with publishing(host, settings, Publication(pool, SCHEMAS, "one"), outbox, [Posted(claim, written)]):
        assert host.value("select draft is not null from auto_post_outbox") is is_saved
    host.execute(
        "update auto_post_outbox set state = 'pending', finished_at = null, post_id = null, available_at = now()"
    )
    (again,) = await outbox.claim(1, LEASE)
    assert again.draft == (written if is_saved else None)


async def test_post_has_the_link_of_its_operation(
    host: Host, settings: Settings, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """In its metadata, where the platform's own front end, feeds and messages find it."""
    outbox, (claim,) = await claimed(host, pool, "ada")
    links = Links(LinkTemplate("https://platform.example/{agent_id}/{tracker_id}"))
    async with publishing(
        host, settings, Publication(pool, SCHEMAS, "one", links=links), outbox, [Posted(claim, FREE)]
    ):
        pass
    assert host.value("select post_metadata ->> 'link' from social_posts") == "https://platform.example/ada/op0"


async def test_skipped_rows_do_not_wait_for_the_posts_of_their_group(
    host: Host, settings: Settings, database: str, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """The feed's table is locked: its posts go back to the database, and no attempt counts."""
    outbox, claims = await claimed(host, pool, "ada", "bob", "cleo")
    items: list[Ready] = [Posted(claim, FREE) for claim in claims[:2]]
    items.append(Skipped(claims[2], Reason.MISSING_EXPLANATION))
    with open_connection(database) as locker:
        locker.execute("lock table social_posts")
        async with publishing(host, settings, Publication(pool, SCHEMAS, "one"), outbox, items):
            pass
    assert [(row["state"], row["attempts"]) for row in host.outbox()] == [("pending", 0)] * 2 + [("skipped", 1)]


async def test_group_that_fails_is_split_until_the_failing_row_is_alone(
    host: Host, settings: Settings, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """Posts and skips alike are finished; the failing row goes back with the error and its attempt."""
    host.execute("alter table social_posts add constraint no_cleo_check check (author_id <> 'cleo')")
    outbox, claims = await claimed(host, pool, "ada", "bob", "cleo", "dan", "eve")
    skipped = Skipped(claims[1], Reason.MISSING_EXPLANATION)
    items = [skipped if claim is claims[1] else Posted(claim, FREE) for claim in claims]
    async with publishing(host, settings, Publication(pool, SCHEMAS, "one"), outbox, items):
        states = {row["tracker_id"]: row["state"] for row in host.outbox()}
    assert states == {"op0": "posted", "op1": "skipped", "op2": "pending", "op3": "posted", "op4": "posted"}
    (left,) = host.rows("select attempts, last_error from auto_post_outbox where state = 'pending'")
    assert tuple(left.values()) == (1, "CheckViolationError 23514")
