-- Since when operations are captured, whether they are now, and when the reconciler last reached the table's end.
select
    r.since, r.last_round_at, c.capture_enabled,
    coalesce((
        select bool_and(t.tgenabled in ('O', 'A'))
        from pg_trigger as t
        where t.tgfoid in {{ captures }}
    ), false) as trigger_enabled
from {{ schema }}.auto_post_reconciliation as r
cross join {{ schema }}.auto_post_control as c
