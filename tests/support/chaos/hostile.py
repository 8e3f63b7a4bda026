"""An application role that is broken or hostile: what it may do with its own rights, while other agents work.

It has what the documentation gives to a platform's role and no more: SELECT, INSERT and UPDATE on operation_trackers.
"""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Iterator
from typing import Any

import psycopg

from tests.support.chaos.arena import Arena
from tests.support.chaos.ledger import LEDGER
from tests.support.host import Host, open_connection

ROLE = "chaos_app"
AGENT = "intruder"
ROLE_SQL = f"""
create role {ROLE} login;
grant select, insert, update on operation_trackers to {ROLE};
grant select, insert on chaos_ledger, chaos_gaps to {ROLE};
"""
INSERT = (
    "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
    "values (%s, 'tenant', %s, %s, %s, %s)"
)
LOCK_CLASSES = range(1635087471, 1635087480)  # sql.py: LOCKS
CAPTURED_CHARACTERS = 200  # of a type and a status
FLOOD = 1_000
ODD = (
    "",
    " ",
    "%",
    "_",
    "\\",
    "completed\n",
    "COMPLETED",
    "\u202ecompleted",
    "fäiled",
    "'; --",
    "{}",
    "\U0001f680",
    "%s",
)

_numbers = itertools.count(1)


def add_role(host: Host) -> None:
    """Create the role, and the agent that its operations name."""
    host.execute(ROLE_SQL)
    host.agent(AGENT, maturity="AUTONOMOUS", name="Intruder")


@contextlib.contextmanager
def application(arena: Arena) -> Iterator[psycopg.Connection[Any]]:
    """Connect as the role; a lost connection ends what it does, as other faults may be injected meanwhile."""
    with (
        contextlib.suppress(psycopg.OperationalError),
        open_connection(arena.server.dsn(user=ROLE), application_name="chaos host", connect_timeout=5) as connection,
    ):
        yield connection


def record(
    connection: psycopg.Connection[Any],
    operation_type: str,
    status: str,
    *,
    what: str = "Ran as always",
    after: str = "select",
) -> None:
    """Insert one operation after a statement, and what the ledger says of it, in one transaction."""
    operation = f"intruder{next(_numbers)}"
    warnings: list[str] = []

    def note(notice: psycopg.errors.Diagnostic) -> None:
        warnings.append(notice.message_primary or "")

    connection.add_notice_handler(note)
    try:
        with connection.transaction():
            connection.execute(after.encode())
            connection.execute(INSERT.encode(), (operation, AGENT, operation_type, status, what))
            missed = any("did not capture" in warning for warning in warnings)
            kept = (operation_type[:CAPTURED_CHARACTERS], status[:CAPTURED_CHARACTERS])
            connection.execute(LEDGER.encode(), (operation, *kept, False, missed))
    finally:
        connection.remove_notice_handler(note)


@contextlib.contextmanager
def huge_values(arena: Arena) -> Iterator[None]:
    """Megabytes in each column that the trigger copies, an id among them."""
    with application(arena) as connection:
        for column in ("type", "status", "what", "id"):
            size = arena.dice.choice((90_000, 2_000_000, 20_000_000))
            if column == "id":
                with connection.transaction():
                    connection.execute(
                        INSERT.encode(),
                        (f"{next(_numbers)}-" + _incompressible(arena.dice), AGENT, "security_x", "failed", "x"),
                    )
                continue
            record(
                connection,
                "security " + "1-" * (size // 2) if column == "type" else "security_scan",
                "failed" + " again" * (size // 6) if column == "status" else "failed",
                what="a b " * (size // 4) if column == "what" else "x",
            )
    yield


def _incompressible(dice: random.Random) -> str:
    """Return an id that is too long for any sensible use, and fits the index of the platform's primary key."""
    return f"{dice.getrandbits(8_000):x}"


@contextlib.contextmanager
def advisory_locks(arena: Arena) -> Iterator[None]:
    """Every advisory lock whose key can be read in the source code, for longer than a worker waits for a lock."""
    with application(arena) as connection:
        for lock_class in LOCK_CLASSES:
            connection.execute("select pg_try_advisory_lock(%s, 0)", (lock_class,))
        for number in range(5):
            connection.execute(
                "select pg_try_advisory_lock(hashtextextended('autopost agent ' || %s, 0))", (f"agent{number + 10}",)
            )
        connection.commit()
        arena.hold(3.0)
    yield


@contextlib.contextmanager
def flood(arena: Arena) -> Iterator[None]:
    """A thousand alerts of one agent in one statement."""
    first = next(_numbers)
    with application(arena) as connection, connection.transaction():
        connection.execute(
            "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
            "select 'flood' || %s || '-' || n, 'tenant', %s, 'workflow_execute', 'failed', 'No luck' "
            "from generate_series(1, %s) as n",
            (first, AGENT, FLOOD),
        )
        connection.execute(
            "insert into chaos_ledger (tracker_id, operation_type, status, passing, missed) "
            "select 'flood' || %s || '-' || n, 'workflow_execute', 'failed', false, exists (select from chaos_gaps) "
            "from generate_series(1, %s) as n",
            (first, FLOOD),
        )
    yield


@contextlib.contextmanager
def odd_values(arena: Arena) -> Iterator[None]:
    """Types and statuses that nobody expects."""
    with application(arena) as connection:
        for odd in ODD:
            record(connection, odd, "failed")
            record(connection, "workflow_execute", odd)
    yield


@contextlib.contextmanager
def session_settings(arena: Arena) -> Iterator[None]:
    """The settings in which the trigger notes what it gave up, set beforehand to hide what follows."""
    with application(arena) as connection:
        connection.execute("set search_path = pg_temp, public")
        connection.commit()
        for prefix in ("autopost", "autopost.autopost"):
            for name in ("capture_gave_up", "capture_failures"):
                hide = f"select set_config('{prefix}.{name}', pg_current_xact_id()::text, true)"
                record(connection, "workflow_execute", "completed", after=hide)
    yield


@contextlib.contextmanager
def spoofed_notifications(arena: Arena) -> Iterator[None]:
    """Notifications on our channels, with nonsense in them."""
    with application(arena) as connection:
        for number in range(500):
            for channel in ("autopost", "auto_post_outbox", "autopost_feed"):
                connection.execute("select pg_notify(%s, %s)", (channel, f"{{{number}"))
            connection.commit()
    yield


HOSTILE = {
    "app: huge values": huge_values,
    "app: advisory locks held": advisory_locks,
    "app: a thousand alerts at once": flood,
    "app: odd types and statuses": odd_values,
    "app: session settings": session_settings,
    "app: spoofed notifications": spoofed_notifications,
}
