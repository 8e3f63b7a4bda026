-- Returns when the reconciler last reached the end of the platform's table, its position, and whether capturing is on.
-- blocks: the number to read; of a partitioned table those of its largest partition.
with tables as (
    select distinct coalesce(l.relid, t.tgrelid) as oid
    from pg_trigger as t
    left join pg_partition_tree(t.tgrelid) as l on l.isleaf
    where t.tgfoid = to_regprocedure('{{ schema }}.auto_post_capture()')
)

select
    r.last_round_at, c.capture_enabled, r.next_block,
    (
        select coalesce(max(pg_relation_size(t.oid)), 0) / current_setting('block_size')::integer
        from tables as t
    ) as blocks
from {{ schema }}.auto_post_reconciliation as r
cross join {{ schema }}.auto_post_control as c
