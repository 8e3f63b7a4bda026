-- What did the trigger miss? How far the reconciler has come in the tracker table, and how many it found so far.
-- What ended before since is left alone. last_round_at: when it last reached the end of the table.
with tables as (
    select distinct coalesce(l.relid, t.tgrelid) as oid
    from pg_trigger as t
    left join pg_partition_tree(t.tgrelid) as l on l.isleaf
    where t.tgfoid = to_regprocedure('{{ schema }}.auto_post_capture()')
),

blocks as (
    select coalesce(max(pg_relation_size(t.oid)), 0) / current_setting('block_size')::integer as blocks
    from tables as t
)

select
    date_trunc('second', r.since) as since,
    r.next_block,
    b.blocks,
    case when b.blocks > 0 then least(round(100.0 * r.next_block / b.blocks), 100) end as percent,
    date_trunc('second', r.last_run_at) as last_run_at,
    date_trunc('second', r.last_round_at) as last_round_at,
    r.found,
    c.capture_enabled
from {{ schema }}.auto_post_reconciliation as r
cross join {{ schema }}.auto_post_control as c
cross join blocks as b;
