"""Ways in which platforms commit a status in one statement and what explains it in a later one of the same transaction.

Each takes a connection string, the id of an operation that runs, or that is not there yet, and the text. It ends with
the commit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Any

import asyncpg
import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.support.host import open_connection

Way = Callable[[str, str, str], Awaitable[None]]
AGENT = "ada"


class Base(DeclarativeBase):
    """The platform's models."""


class Agent(Base):
    """One of the platform's agents."""

    __tablename__ = "agents"
    id: Mapped[str] = mapped_column(primary_key=True)


class Tracker(Base):
    """One of the platform's operations."""

    __tablename__ = "operation_trackers"
    id: Mapped[str] = mapped_column(primary_key=True)
    agent_id: Mapped[str | None]
    operation_type: Mapped[str]
    status: Mapped[str]
    what_explanation: Mapped[str | None]


async def asyncpg_connect(dsn: str) -> asyncpg.Connection[asyncpg.Record]:
    """Connect by asyncpg."""
    parts: dict[str, Any] = dict(conninfo_to_dict(dsn))
    parts["database"] = parts.pop("dbname")
    return await asyncpg.connect(**parts)


async def sqlalchemy_autoflush(dsn: str, operation: str, text: str) -> None:
    """A query in between flushes the status."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn))
    with Session(engine) as session, session.begin():
        tracker = session.get_one(Tracker, operation)
        tracker.status = "completed"
        session.scalars(select(Agent)).all()
        tracker.what_explanation = text
    engine.dispose()


async def sqlalchemy_async(dsn: str, operation: str, text: str) -> None:
    """An AsyncSession that flushes by itself, with asyncpg below."""

    async def connect(**_: object) -> Any:
        return await asyncpg_connect(dsn)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect)
    async with AsyncSession(engine) as session, session.begin():
        tracker = await session.get_one(Tracker, operation)
        tracker.status = "completed"
        await session.flush()
        tracker.what_explanation = text
    await engine.dispose()


async def sqlalchemy_insert(dsn: str, operation: str, text: str) -> None:
    """A new operation is flushed for its key, and gets its agent and its text after that."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn))
    with Session(engine) as session, session.begin():
        session.delete(session.get_one(Tracker, operation))
        session.flush()
        tracker = Tracker(id=operation, operation_type="approval_requested", status="waiting")
        session.add(tracker)
        session.flush()
        tracker.agent_id = AGENT
        tracker.what_explanation = text
    engine.dispose()


async def psycopg_two_updates(dsn: str, operation: str, text: str) -> None:
    """Two UPDATEs."""
    with closing(psycopg.connect(dsn)) as connection, connection.transaction():
        connection.execute("update operation_trackers set status = 'completed' where id = %s", (operation,))
        connection.execute("update operation_trackers set what_explanation = %s where id = %s", (text, operation))


async def asyncpg_two_updates(dsn: str, operation: str, text: str) -> None:
    """Two UPDATEs by asyncpg."""
    connection = await asyncpg_connect(dsn)
    async with connection.transaction():
        await connection.execute("update operation_trackers set status = 'completed' where id = $1", operation)
        await connection.execute("update operation_trackers set what_explanation = $2 where id = $1", operation, text)
    await connection.close()


async def savepoints(dsn: str, operation: str, text: str) -> None:
    """The status in a savepoint, a first text in one that is rolled back, the text in a third."""
    with closing(psycopg.connect(dsn)) as connection, connection.transaction():
        with connection.transaction():
            connection.execute("update operation_trackers set status = 'completed' where id = %s", (operation,))
        connection.execute("savepoint given_up")
        connection.execute("update operation_trackers set what_explanation = 'Gave up' where id = %s", (operation,))
        connection.execute("rollback to given_up")
        with connection.transaction():
            connection.execute("update operation_trackers set what_explanation = %s where id = %s", (text, operation))


async def insert_then_update(dsn: str, operation: str, text: str) -> None:
    """An operation that is inserted as completed."""
    with closing(psycopg.connect(dsn)) as connection, connection.transaction():
        connection.execute("delete from operation_trackers where id = %s", (operation,))
        connection.execute(
            "insert into operation_trackers (id, agent_id, operation_type, status) "
            "values (%s, %s, 'report_generate', 'completed')",
            (operation, AGENT),
        )
        connection.execute("update operation_trackers set what_explanation = %s where id = %s", (text, operation))


async def prefect(dsn: str, operation: str, text: str) -> None:
    """As the server of Prefect 3.9 ends a flow run.

    It writes the run's type of state, then the state in a table of its own, then that the run points to it.
    """
    with closing(psycopg.connect(dsn)) as connection, connection.transaction():
        connection.execute("create temp table flow_run_state (id int, message text) on commit drop")
        connection.execute("update operation_trackers set status = 'failed' where id = %s", (operation,))
        connection.execute("insert into flow_run_state values (1, %s)", (text,))
        connection.execute(
            "update operation_trackers set what_explanation = (select message from flow_run_state) where id = %s",
            (operation,),
        )


async def deferred_trigger(dsn: str, operation: str, text: str) -> None:
    """A constraint trigger of the platform fills in the text at the commit."""
    with open_connection(dsn, autocommit=True) as connection:
        connection.execute(
            "create function explain_at_commit() returns trigger language plpgsql as $$ begin "
            "update public.operation_trackers set what_explanation = new.next_steps where id = new.id; return null; "
            "end $$"
        )
        connection.execute(
            "create constraint trigger explain_at_commit after update of status on operation_trackers "
            "deferrable initially deferred for each row execute function explain_at_commit()"
        )
        connection.execute(
            "update operation_trackers set status = 'completed', next_steps = %s where id = %s", (text, operation)
        )
        connection.execute("drop function explain_at_commit cascade")


async def upsert_then_update(dsn: str, operation: str, text: str) -> None:
    """ON CONFLICT DO UPDATE sets the status, an UPDATE the text."""
    with closing(psycopg.connect(dsn)) as connection, connection.transaction():
        connection.execute(
            "insert into operation_trackers (id, agent_id, operation_type, status) values (%s, %s, 'x', 'completed') "
            "on conflict (id) do update set status = excluded.status",
            (operation, AGENT),
        )
        connection.execute("update operation_trackers set what_explanation = %s where id = %s", (text, operation))


async def saved_twice(dsn: str, operation: str, text: str) -> None:
    """As Django's Model.save() writes an object twice: each time an UPDATE of all columns by the key."""
    with closing(psycopg.connect(dsn)) as connection, connection.transaction():
        for what in (None, text):
            connection.execute(
                "update operation_trackers set agent_id = %s, operation_type = 'workflow_execute', "
                "status = 'completed', what_explanation = %s, why_explanation = null, next_steps = null where id = %s",
                (AGENT, what, operation),
            )


WAYS: tuple[Way, ...] = (
    sqlalchemy_autoflush,
    sqlalchemy_async,
    sqlalchemy_insert,
    psycopg_two_updates,
    asyncpg_two_updates,
    savepoints,
    insert_then_update,
    prefect,
    deferred_trigger,
    upsert_then_update,
    saved_twice,
)
