-- Returns when the reconciler last reached the end of the platform's table, its position, and whether capturing is on.
-- blocks: the number to read; of a table with partitions or children those of the largest.
with recursive tables as (
    select t.tgrelid as oid
    from pg_trigger as t
    where t.tgfoid in {{ captures }} and t.tgparentid = 0
    union
    select i.inhrelid
    from pg_inherits as i
    inner join tables as p on i.inhparent = p.oid
)

select
    r.last_round_at, c.capture_enabled, r.next_block,
    (
        select coalesce(max(pg_relation_size(t.oid)), 0) / current_setting('block_size')::integer
        from tables as t
        inner join pg_class as l on t.oid = l.oid and l.relkind = 'r'
    ) as blocks
from {{ schema }}.auto_post_reconciliation as r
cross join {{ schema }}.auto_post_control as c
