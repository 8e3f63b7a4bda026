"""The platform's side in tests: agents that work, and what can be seen of it in the database."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from psycopg.rows import dict_row

from autopost.database.sql import Schemas

T = TypeVar("T")
Row = dict[str, Any]

SCHEMAS = Schemas("autopost", "public")


SEARCH_PATH = "public,autopost"  # of connections of tests alone


# Takes the advisory lock of an agent (%s) until the end of the transaction, as a worker does.
LOCK_AGENT = (
    "select pg_advisory_xact_lock(hashtextextended('autopost agent ' || c.lock_salt || %s, 0)) "
    "from auto_post_control as c"
)


# A platform whose audit log keeps no row.
SWALLOW_AUDIT_ROWS = (
    "create function swallow() returns trigger language plpgsql as 'begin return null; end'; "
    "create trigger swallow before insert on audit_log for each row execute function swallow()"
)


def open_connection(dsn: str, **options: Any) -> psycopg.Connection[Any]:
    """Connect as tests do, which leave the schemas out of their statements. The product never sets a search_path."""
    return psycopg.connect(dsn, options=f"-c search_path={SEARCH_PATH}", **options)


# Another process of the tests may use the same server, in a database of its own.
IN_THIS_DATABASE = "database = (select oid from pg_database where datname = current_database())"
WAITING_FOR_A_LOCK = (
    "select count(*) from pg_locks where not granted "
    "and pid in (select a.pid from pg_stat_activity as a where a.datname = current_database())"
)


class Host:
    """Changes operation_trackers as a platform does, each call a transaction of its own, and reads the outcome."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.warnings: list[str] = []
        connection.add_notice_handler(lambda notice: self.warnings.append(notice.message_primary or ""))

    def agent(self, agent_id: str = "ada", *, maturity: str | None = "AUTONOMOUS", name: str | None = "Ada") -> str:
        """Add an agent, or change it; return its id."""
        self.execute(
            "insert into agents (id, tenant_id, name, maturity, category) values (%s, 'tenant', %s, %s, 'ops') "
            "on conflict (id) do update set name = excluded.name, maturity = excluded.maturity",
            (agent_id, name, maturity),
        )
        return agent_id

    def start(
        self,
        operation_id: str = "op",
        operation_type: str = "workflow_execute",
        *,
        agent: str | None = "ada",
        status: str = "running",
        what: str | None = "Sorted the inbox",
        why: str | None = "so that nobody waits",
        next_steps: str | None = "look again tomorrow",
    ) -> str:
        """Insert an operation; return its id."""
        self.execute(
            "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation, "
            "why_explanation, next_steps) values (%s, 'tenant', %s, %s, %s, %s, %s, %s)",
            (operation_id, agent, operation_type, status, what, why, next_steps),
        )
        return operation_id

    def move(self, operation_id: str = "op", status: str = "completed") -> None:
        """Change the status of an operation."""
        self.execute("update operation_trackers set status = %s where id = %s", (status, operation_id))

    def complete(self, operation_id: str = "op", operation_type: str = "workflow_execute", **fields: Any) -> str:
        """Insert an operation that runs, and complete it."""
        status = fields.pop("status", "completed")
        self.start(operation_id, operation_type, **fields)
        self.move(operation_id, status)
        return operation_id

    def execute(self, sql: str, parameters: tuple[object, ...] = ()) -> None:
        """Run one statement."""
        self.connection.execute(sql.encode(), parameters or None)

    def rows(self, sql: str, parameters: tuple[object, ...] = ()) -> list[Row]:
        """Return the rows of one statement."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql.encode(), parameters or None).fetchall()

    def value(self, sql: str, parameters: tuple[object, ...] = ()) -> Any:
        """Return the one value of one statement."""
        (row,) = self.rows(sql, parameters)
        (value,) = row.values()
        return value

    def outbox(self) -> list[Row]:
        """Return the outbox, in the order of capture."""
        return self.rows("select * from auto_post_outbox order by captured_at, id")

    def posts(self) -> list[Row]:
        """Return the feed, the oldest first."""
        return self.rows("select * from social_posts order by created_at, id")

    def audit(self) -> list[Row]:
        """Return the audit log, the oldest first."""
        return self.rows("select * from audit_log order by occurred_at, id")

    def waiting(self) -> int:
        """Return how many rows have no outcome yet."""
        count: int = self.value("select count(*) from auto_post_outbox where state in ('pending', 'claimed')")
        return count

    def age_posts(self, interval: str) -> None:
        """Move every last_post_at into the past: the database's clock, faster than waiting."""
        self.execute("update auto_post_rate_limits set last_post_at = last_post_at - %s::interval", (interval,))


PATIENCE_SECONDS = 120.0  # long enough for a machine that is many times slower, or stalls


def until(condition: Callable[[], T], *, seconds: float = PATIENCE_SECONDS, what: str = "the condition") -> T:
    """Return the first true value of `condition`; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"{what} did not come true in {seconds:g} seconds"
        time.sleep(0.02)
    return value
