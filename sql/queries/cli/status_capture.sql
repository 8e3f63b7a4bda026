-- The switches, and whether the trigger is there and enabled, one row.
select
    c.capture_enabled, c.paused, c.wakeup,
    coalesce((
        select bool_and(t.tgenabled <> 'D')
        from pg_trigger as t
        where t.tgfoid = to_regprocedure('{{ schema }}.auto_post_capture()')
    ), false) as trigger_enabled
from {{ schema }}.auto_post_control as c
