"""What the platform committed, by its own account, and what of it has no outcome."""

from __future__ import annotations

from tests.support.host import Host, Row

SCHEMA = """
create table chaos_ledger (
    tracker_id text not null, operation_type text not null, status text not null,
    passing boolean not null, missed boolean not null, at timestamptz not null default clock_timestamp()
);
create table chaos_gaps (began timestamptz not null default clock_timestamp());
"""
# A status that the operation went on from while the trigger could not capture is missed permanently, as documented.
LEDGER = (
    "insert into chaos_ledger (tracker_id, operation_type, status, passing, missed) "
    "values (%s, %s, %s, %s, %s or exists (select from chaos_gaps))"
)
LOST = """
select l.tracker_id, l.operation_type, l.status, l.at, coalesce(o.state, 'not captured') as state, o.last_error
from chaos_ledger as l
cross join lateral auto_post_best_rule(l.operation_type, l.status) as r
left join auto_post_outbox as o on o.id = auto_post_outbox_id(l.tracker_id, r.rule_id)
where
    o.finished_at is null
    and not (l.passing and l.missed)
    and not exists (select from auto_post_tombstones as s where s.id = auto_post_outbox_id(l.tracker_id, r.rule_id))
"""
# As documented: gone on from, or deleted, before the reconciler could see it.
MISSED_FOR_GOOD = """
select count(*)
from (select distinct l.tracker_id, r.rule_id from chaos_ledger as l
    cross join lateral auto_post_best_rule(l.operation_type, l.status) as r) as met
where not exists (select from auto_post_outbox as o where o.id = auto_post_outbox_id(met.tracker_id, met.rule_id))
    and not exists (select from auto_post_tombstones as s where s.id = auto_post_outbox_id(met.tracker_id, met.rule_id))
"""
INVENTED = """
select o.tracker_id, o.operation_type, o.status
from auto_post_outbox as o
where o.summary is null and not exists (
    select
    from chaos_ledger as l
    where l.tracker_id = o.tracker_id and l.status = o.status and l.operation_type = o.operation_type
)
"""
# Nothing became of any operation of the agent for a minute, though one was waiting.
STARVED = """
select distinct t.agent_id
from chaos_ledger as l
inner join operation_trackers as t on t.id = l.tracker_id
cross join lateral auto_post_best_rule(l.operation_type, l.status) as r
where
    not l.passing and not l.missed and l.at < clock_timestamp() - interval '1 minute'
    and not exists (
        select from audit_log as a
        where a.agent_id is not distinct from t.agent_id and a.occurred_at between l.at and l.at + interval '1 minute'
    )
"""


def lost(host: Host) -> list[Row]:
    """Return what committed, met a rule, and has no outcome."""
    return host.rows(LOST)


def missed_for_good(host: Host) -> int:
    """Return how many passed by while the trigger could not capture, and are not lost by the meaning of `lost`."""
    return int(host.value(MISSED_FOR_GOOD))


def invented(host: Host) -> list[Row]:
    """Return outbox rows of what never committed."""
    return host.rows(INVENTED)


def starved(host: Host) -> list[str]:
    """Return the agents that were without any outcome for a minute while an operation of theirs waited."""
    return [row["agent_id"] for row in host.rows(STARVED)]
