"""Where the state machine plays: one database, one event loop, and the connections of host, DBA and workers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any, TypeVar

import asyncpg

from autopost.database.connection import connect_arguments
from autopost.database.session import SESSION
from autopost.settings import Settings
from tests.support.host import SEARCH_PATH

T = TypeVar("T")
LOOK = """
select jsonb_build_object(
    'rows', (select coalesce(jsonb_object_agg(o.id, jsonb_build_object(
        'operation', o.tracker_id, 'rule', o.rule_id, 'agent', o.agent_id, 'tenant', o.tenant_id,
        'alert', o.is_alert, 'state', o.state, 'epoch', o.epoch, 'attempts', o.attempts, 'crashes', o.crashes,
        'worker', o.worker,
        'due', case
            when o.finished_at is not null then null
            when o.available_at = 'infinity' then 'parked'
            when o.available_at <= clock_timestamp() then 'now'
            else 'later'
        end,
        'kept', o.draft is not null, 'reason', o.reason, 'error', o.last_error, 'post', o.post_id is not null
    )), '{}') from auto_post_outbox as o),
    'seen', (select coalesce(jsonb_agg(s.id order by s.id), '[]') from auto_post_tombstones as s),
    'outcomes', (select coalesce(jsonb_object_agg(l.what, l.times), '{}') from (
        select concat_ws(' ', details ->> 'outbox_id', details ->> 'outcome') as what, count(*) as times
        from audit_log
        where action in ('auto_post.posted', 'auto_post.skipped', 'auto_post.dead')
        group by what
    ) as l),
    'posts', (select coalesce(jsonb_object_agg(p.id, jsonb_build_object(
        'agent', p.author_id, 'type', p.post_type, 'at', extract(epoch from p.created_at)
    )), '{}') from social_posts as p)
)
"""
# Each returns a row for each violation, whatever the model says.
NEVER = {
    "an operation and a rule have two rows in the outbox": (
        "select tracker_id, rule_id from auto_post_outbox group by 1, 2 having count(*) > 1"
    ),
    "an operation was posted twice for one rule": (
        "select details ->> 'outbox_id' from audit_log where action = 'auto_post.posted' group by 1 having count(*) > 1"
    ),
    "a row is posted without its post": (
        "select id from auto_post_outbox where state = 'posted' and post_id is distinct from id::text "
        "or state = 'posted' and not exists (select from social_posts as p where p.id = post_id)"
    ),
    "a post is there without its audit row": (
        "select id from social_posts as p where (select count(*) from audit_log as l where l.post_id = p.id) <> 1"
    ),
    "a post is there whose row is not posted": (
        "select id from social_posts as p where exists "
        "(select from auto_post_outbox as o where o.id::text = p.id and o.state not in ('posted'))"
        " and not exists (select from auto_post_tombstones as s where s.id::text = p.id)"
    ),
    "a row is finished without an audit row": (
        "select id from auto_post_outbox as o where finished_at is not null and not exists ("
        "select from audit_log as l "
        "where l.details ->> 'outbox_id' = o.id::text and l.action = 'auto_post.' || o.state)"
    ),
    "a row is claimed by nobody, or held while it is not claimed": (
        "select id from auto_post_outbox where (state = 'claimed') <> (worker is not null)"
    ),
    "a row is parked without a pause": (
        "select id from auto_post_outbox as o where state in ('pending', 'claimed') and available_at = 'infinity' "
        "and not exists (select from auto_post_pauses as p where p.value = case p.kind when 'agent' then o.agent_id "
        "else o.operation_type end)"
    ),
    "what was removed is posted again": (
        "select id from auto_post_outbox join auto_post_tombstones using (id) where state = 'posted'"
    ),
}
VIOLATIONS = " union all ".join(
    f"select '{name}' from ({sql}) as v (a{', b' if 'two rows' in name else ''})" for name, sql in NEVER.items()
)
# To delete a few rows is much quicker than to truncate, and leaves dead ones behind. The reconciler goes by where rows
# are, so that they must be in the same places whenever a run is done again.
EMPTIED = ("agents", "social_posts", "audit_log", "auto_post_outbox", "auto_post_tombstones", "auto_post_pauses")
EMPTY = "; ".join(f"delete from {table}" for table in (*EMPTIED, "auto_post_rate_limits"))
ALL_ANEW = f"truncate {', '.join((*EMPTIED, 'auto_post_rate_limits'))}"
TRUNCATE_EVERY = 50  # times
RESTORE = """
alter table operation_trackers enable trigger auto_post_capture;
alter table auto_post_outbox drop constraint if exists closed_check;
update auto_post_control set capture_enabled = true, paused = false where not capture_enabled or paused;
update auto_post_rules set enabled = true where not enabled;
update auto_post_rules set since = clock_timestamp();
update auto_post_reconciliation set since = clock_timestamp(), next_block = 0;
"""


class Stage:
    """Everything that examples share; `reset` makes it new.

    `main` is the host's and the DBA's connection, each statement its own transaction; `host` the one of an agent whose
    transaction stays open. Workers wait a second for a lock, and on `hasty` ten milliseconds: that is for statements
    that are expected to meet one.
    """

    main: asyncpg.Connection[asyncpg.Record]
    host: asyncpg.Connection[asyncpg.Record]
    pool: asyncpg.Pool[asyncpg.Record]
    hasty: asyncpg.Pool[asyncpg.Record]

    def __init__(self, settings: Settings) -> None:
        self._arguments = connect_arguments(settings, "chaos")
        self._loop = asyncio.new_event_loop()
        self._resets = 0
        self.run(self._open())

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        """Run it to its end."""
        return self._loop.run_until_complete(doing)

    def close(self) -> None:
        """Close all."""
        self.run(self._close())
        self._loop.close()

    def reset(self) -> None:
        """Bring the database to where it was after the migration."""
        self.run(self._reset())

    def call(self, sql: str, *arguments: Any, blocked: bool = False) -> Any:
        """Run a statement of the host or the DBA; return its one value. `blocked`: it must meet somebody's lock."""
        if not blocked:
            return self.run(self.main.fetchval(sql, *arguments))
        self.run(self.main.execute("set lock_timeout = '10ms'"))
        try:
            self.run(self.main.fetchval(sql, *arguments))
        except asyncpg.LockNotAvailableError:
            return None
        finally:
            self.run(self.main.execute("reset lock_timeout"))
        raise AssertionError(f"did not wait for the publishing transaction: {sql}")

    def look(self) -> dict[str, Any]:
        """Return what is committed: outbox, seen, outcomes in the audit log, and posts."""
        found: dict[str, Any] = json.loads(self.run(self.main.fetchval(LOOK)))
        return found

    def violations(self) -> list[str]:
        """Return what must never be and is."""
        return sorted({row[0] for row in self.run(self.main.fetch(VIOLATIONS))})

    async def _open(self) -> None:
        arguments = {**self._arguments}
        # A transaction stands still for as long as the test takes to get back to it.
        product = arguments["server_settings"] | SESSION | {"idle_in_transaction_session_timeout": "0"}
        arguments["server_settings"] = {**product, "lock_timeout": "5000", "search_path": SEARCH_PATH}
        self.main = await asyncpg.connect(**arguments)
        self.host = await asyncpg.connect(**arguments)
        arguments["server_settings"] = {**product, "lock_timeout": "1000"}
        self.pool = await asyncpg.create_pool(**arguments, min_size=1, max_size=4)
        arguments["server_settings"] = {**product, "lock_timeout": "10"}
        self.hasty = await asyncpg.create_pool(**arguments, min_size=1, max_size=1)

    async def _reset(self) -> None:
        await self.host.execute("rollback")
        self._resets += 1
        await self.main.execute("truncate operation_trackers")
        await self.main.execute(EMPTY if self._resets % TRUNCATE_EVERY else ALL_ANEW)
        await self.main.execute(RESTORE)

    async def _close(self) -> None:
        for pool in (self.pool, self.hasty):
            await pool.close()
        for connection in (self.main, self.host):
            await connection.close()
