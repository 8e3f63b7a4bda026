"""A backlog of completed operations, and whether it was worked off as the rules say."""

from __future__ import annotations

import time
from datetime import timedelta

from benchmarks.stand import Connection

ADDRESS = "@example.com"
CHUNK = 10_000
WINDOW = timedelta(minutes=5)
LOOKING_SHARE = 0.02  # how much of the time may go into looking whether it is done

OPERATIONS = (
    "insert into operation_trackers "
    "(id, tenant_id, agent_id, operation_type, status, what_explanation, why_explanation, next_steps) "
    "select 'op' || n, 'tenant', 'agent' || (1 + n %% %s), 'report_generate', %s, "
    f"'compiled the weekly numbers of region ' || n || ' and mailed them to team' || n || '{ADDRESS}', "
    "'so that the review of region ' || n || ' can start on time', 'answer questions of team' || n "
    "from generate_series(%s::int, %s) as n"
)

# Each is a count that must be 0.
FAULTS = {
    "operations without an outcome": (
        "select count(*) from operation_trackers as t where not exists (select from audit_log as l "
        "where l.tracker_id = t.id and l.action in ('auto_post.posted', 'auto_post.skipped'))"
    ),
    "operations with two outcomes": (
        "select count(*) - count(distinct tracker_id) from audit_log "
        "where action in ('auto_post.posted', 'auto_post.skipped', 'auto_post.dead')"
    ),
    "dead": "select count(*) from audit_log where action = 'auto_post.dead'",
    "skipped for another reason than the rate limit": (
        "select count(*) from audit_log "
        "where action = 'auto_post.skipped' and details ->> 'reason' is distinct from 'rate_limited'"
    ),
    "posts without audit row or the reverse": (
        "select count(*) from (select id from social_posts) as p full join "
        "(select post_id from audit_log where action = 'auto_post.posted') as l on p.id = l.post_id "
        "where p.id is null or l.post_id is null"
    ),
    "agents without a post": (
        "select count(*) from (select distinct agent_id from operation_trackers) as t "
        "where not exists (select from social_posts as p where p.author_id = t.agent_id)"
    ),
    "agents whose last_post_at is not that of the last post": (
        "select count(*) from (select author_id, max(created_at) as newest from social_posts group by author_id) as p "
        "full join auto_post_rate_limits as l on p.author_id = l.agent_id "
        # The posts of a transaction have times of their own, a microsecond apart.
        "where coalesce(p.newest - l.last_post_at not between interval '0' and interval '0.1 s', true)"
    ),
    "posts that are empty or too long": (
        "select count(*) from social_posts where content = '' or length(content) > 280 or content not like '%numbers%'"
    ),
}
TOO_SOON = (
    "select count(*) from (select post_type, created_at - lag(created_at) over "
    "(partition by author_id order by created_at) as since from social_posts) as p "
    "where p.since < %s and p.post_type = 'status'"
)
UNREDACTED = f"select count(*) from social_posts where content like '%{ADDRESS}%'"


class NotWorkedOff(Exception):
    """The backlog was not worked off as the rules say, so its time means nothing."""


def fill(host: Connection, rows: int, agents: int, *, alerts: bool) -> None:
    """Let operations complete, or fail when each is to be an alert, which every rate limit lets pass."""
    for first in range(1, rows + 1, CHUNK):
        last = min(first + CHUNK - 1, rows)
        host.execute(OPERATIONS, (agents, "failed" if alerts else "completed", first, last))


def wait_for_outcomes(host: Connection, rows: int, *, seconds: float = 7200) -> None:
    """Wait until there are so many outcomes, without looking so often that it costs."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        ((found,),) = host.execute(
            "select count(*) from audit_log where action in ('auto_post.posted', 'auto_post.skipped', 'auto_post.dead')"
        ).fetchall()
        if found >= rows:
            return
        time.sleep(max(0.25, (time.monotonic() - began) / LOOKING_SHARE))
    raise TimeoutError(f"no end of a drain within {seconds:,.0f} seconds")


def check(host: Connection, window: timedelta, *, redaction: bool, alerts: bool) -> int:
    """Return the number of posts. Raises NotWorkedOff."""
    found = {name: _count(host, question) for name, question in FAULTS.items()}
    posts = _count(host, "select count(*) from social_posts")
    if alerts:
        found["alerts without a post"] = _count(host, "select count(*) from operation_trackers") - posts
    ((soon,),) = host.execute(TOO_SOON, (window,)).fetchall()
    found["posts within the window of another"] = int(soon)
    unredacted = _count(host, UNREDACTED)
    found["posts that are not redacted" if redaction else "posts that are"] = (
        unredacted if redaction else posts - unredacted
    )
    wrong = {name: count for name, count in found.items() if count}
    if wrong:
        raise NotWorkedOff(", ".join(f"{count:,} {name}" for name, count in wrong.items()))
    return posts


def _count(host: Connection, question: str) -> int:
    ((count,),) = host.execute(question.encode()).fetchall()
    return int(count)
