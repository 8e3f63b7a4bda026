-- What did the trigger miss? How far the reconciler has come in the tracker table, how many operations it captured so
-- far, and which it met and did not capture, a row for each. last_round_at: when it last reached the end of the table.
-- What ended before since is not captured. old_by_its_times: so says its row, although it was written later: it was
-- only changed, or hidden from the feed.
with recursive tables as (
    select t.tgrelid as oid
    from pg_trigger as t
    where t.tgfoid in {{ captures }} and t.tgparentid = 0
    union
    select i.inhrelid
    from pg_inherits as i
    inner join tables as p on i.inhparent = p.oid
),

blocks as (
    select coalesce(max(pg_relation_size(t.oid)), 0) / current_setting('block_size')::integer as blocks
    from tables as t
    inner join pg_class as c on t.oid = c.oid and c.relkind = 'r'
)

select
    date_trunc('second', r.since) as since,
    r.next_block,
    b.blocks,
    case when b.blocks > 0 then least(round(100.0 * r.next_block / b.blocks), 100) end as percent,
    date_trunc('second', r.last_run_at) as last_run_at,
    date_trunc('second', r.last_round_at) as last_round_at,
    r.found,
    c.capture_enabled,
    n.reason as not_captured,
    n.tracker_id,
    n.detail,
    date_trunc('second', n.first_seen_at) as first_seen_at
from {{ schema }}.auto_post_reconciliation as r
cross join {{ schema }}.auto_post_control as c
cross join blocks as b
left join {{ schema }}.auto_post_not_captured as n on true
order by n.reason, n.first_seen_at, n.tracker_id;
