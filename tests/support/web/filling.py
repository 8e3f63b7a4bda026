"""Outcomes written straight into the tables, as a worker would have left them."""

from __future__ import annotations

import contextlib
from typing import Any

import psycopg

from tests.support.host import Host, until

POSTS = """
with given as (
    select
        n, gen_random_uuid() as id, 'agent' || (n %% 20) as agent_id, n %% 5 = 0 as is_alert,
        now() - make_interval(secs => (%(count)s - n) * %(gap)s::float8) as at
    from generate_series(1, %(count)s) as n
),
posts as (
    insert into social_posts (id, tenant_id, author_type, author_id, post_type, content, auto_generated, created_at)
    select id::text, 'tenant', 'agent', agent_id, case when is_alert then 'alert' else 'status' end,
        'Post number ' || n, true, at from given
),
outbox as (
    insert into auto_post_outbox (id, rule_id, tracker_id, agent_id, operation_type, status, is_alert, state,
        captured_at, available_at, attempts, epoch, post_id, finished_at)
    select id, 1, 'filled' || n, agent_id, 'report_generate', 'completed', is_alert, 'posted',
        at - interval '10 milliseconds', at, 1, 1, id::text, at from given
)
insert into audit_log (id, occurred_at, agent_id, action, operation_type, tracker_id, status, post_id, details)
select 'a' || n, at, agent_id, 'auto_post.posted', 'report_generate', 'filled' || n, 'completed', id::text,
    jsonb_build_object('outcome', 'posted', 'outbox_id', id, 'generator', 'template', 'is_alert', is_alert) from given
"""


def fill(host: Host, count: int, *, gap_seconds: float = 1.0) -> None:
    """Add posts of 20 agents, `Post number 1` the oldest; each fifth is an alert."""
    host.execute(
        "insert into agents (id, name, maturity) select 'agent' || n, 'Agent ' || n, 'INTERN' "
        "from generate_series(0, 19) as n on conflict do nothing"
    )
    with host.connection.cursor() as cursor:
        cursor.execute(POSTS, {"count": count, "gap": gap_seconds})


def begin_anew(host: Host) -> None:
    """Empty the tables, for a test that shares its worker with others; what it still holds has no outcome."""
    host.execute("update auto_post_control set paused = false")

    def is_empty() -> bool:
        # The worker locks the same tables in another order, and PostgreSQL may end this statement to end a deadlock.
        with contextlib.suppress(psycopg.errors.DeadlockDetected):
            host.execute(
                "truncate operation_trackers, auto_post_outbox, auto_post_rate_limits, auto_post_rate_limited, "
                "auto_post_pauses, social_posts, audit_log, agents"
            )
            return True
        return False

    until(is_empty)


def bury(host: Host, operation_id: str = "op", error: str = "DataError 22P05") -> str:
    """Turn what waits of an operation into a dead letter, as after too many attempts."""
    host.execute(
        "update auto_post_outbox set state = 'dead', attempts = 5, last_error = %s, finished_at = now() "
        "where tracker_id = %s",
        (error, operation_id),
    )
    return operation_id


def lock_out(host: Host) -> None:
    """End every connection of autopost to the database."""
    host.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and application_name like 'autopost%%' and %s",
        (True,),
    )


def post(host: Host, number: int, agent: str = "ada", **fields: str) -> None:
    """Let an agent's operation end; it is posted."""
    host.age_posts("1 hour")
    host.complete(f"op{number}", agent=host.agent(agent, name=agent.title()), what=f"Did number {number}", **fields)


def looks(host: Host) -> int:
    """Return how many statements the page has under way or ran last, by what its connections show."""
    count: int = host.value(
        "select count(*) from pg_stat_activity "
        "where application_name = 'autopost page' and datname = current_database()"
    )
    return count


def complete(host: Host, number: int, **fields: Any) -> str:
    """Let an operation of a new agent end; return what it did."""
    what: str = fields.pop("what", f"Counted basket {number}")
    host.complete(f"op{number}", agent=host.agent(f"agent{number}", name=f"Agent {number}"), what=what, **fields)
    return what
