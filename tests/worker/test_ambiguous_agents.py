"""An agent whose id is not unique may not post: which of them would count."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from autopost.database.connection import create_pool
from autopost.model import Generator, Posted, Reason, Skipped, Written
from autopost.outbox.outbox import Outbox
from autopost.policy import at_publishing
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from autopost.worker.publication import Publication
from tests.support.host import SCHEMAS, Host
from tests.support.work import eventually, working

LEASE = timedelta(minutes=1)
# What a platform may have for agents: a table without a key, a view of versions, and one whose ids are an expression.
SHAPES = {
    "table": "alter table agents drop constraint agents_pkey",
    "view": (
        "alter table agents rename to agent_versions; alter table agent_versions drop constraint agents_pkey; "
        "create view agents as select * from agent_versions"
    ),
    "expression": (
        "alter table agents rename to agent_versions; alter table agent_versions drop constraint agents_pkey; "
        "create view agents as select lower(id) as id, tenant_id, name, maturity, category from agent_versions"
    ),
}


@pytest.fixture
async def pool(settings: Settings) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """Return a pool."""
    pool = await create_pool(settings, "test", size=2)
    yield pool
    await pool.close()


def add_twin(host: Host, agent: str = "ada", maturity: str = "AUTONOMOUS") -> None:
    """Add an agent whose id is there already."""
    host.execute("insert into agents (id, name, maturity) values (%s, 'Ada', %s)", (agent, maturity))


@pytest.mark.parametrize("shape", SHAPES)
async def test_agent_that_is_there_twice_does_not_post(
    host: Host, settings: Settings, redactor: Redactor, shape: str
) -> None:
    """Whatever its maturities, and in whatever order; the others do."""
    for agent in ("ada", "bob", "eve"):
        host.agent(agent)
    table = "agents" if shape == "table" else "agent_versions"
    other = "BOB" if shape == "expression" else "bob"
    async with working(settings, redactor):  # which would not start on such a table
        for statement in SHAPES[shape].split("; "):
            host.execute(statement)
        host.execute(f"insert into {table} (id, name, maturity) values ('ada', 'Ada', 'STUDENT')")
        host.execute(f"insert into {table} (id, name, maturity) values ('{other}', 'Bob', 'AUTONOMOUS')")
        for agent in ("ada", "bob", "eve"):
            host.complete(f"of_{agent}", "security_scan", agent=agent)
        await eventually(lambda: host.waiting() == 0)
    assert {row["tracker_id"]: row["reason"] for row in host.outbox()} == {
        "of_ada": "agent_ambiguous",
        "of_bob": "agent_ambiguous",
        "of_eve": None,
    }
    assert [row["author_id"] for row in host.posts()] == ["eve"]
    assert sorted(row["details"].get("reason") or "" for row in host.audit()) == [
        "",
        "agent_ambiguous",
        "agent_ambiguous",
    ]


async def test_agent_that_gets_a_twin_after_the_claim_does_not_post(
    host: Host, pool: asyncpg.Pool[asyncpg.Record]
) -> None:
    """The publishing transaction decides by what is there then."""
    host.agent()
    host.execute(SHAPES["table"])
    host.complete()
    (claim,) = await Outbox(pool, SCHEMAS, "one").claim(1, LEASE)
    assert claim.agent is not None
    assert claim.agent.is_unique
    add_twin(host)
    published = await Publication(pool, SCHEMAS, "one").publish(
        [Posted(claim, Written("text", Generator.TEMPLATE))],
        lambda group, agents, now: at_publishing(group, agents, now, timedelta(minutes=5)),
    )
    (outcome,) = published.outcomes
    assert isinstance(outcome, Skipped)
    assert outcome.reason is Reason.AGENT_AMBIGUOUS
    assert host.posts() == []
