-- The switches, and whether the trigger is there and enabled, one row.
select
    c.capture_enabled, c.paused, c.wakeup,
    coalesce((
        select t.tgenabled <> 'D'
        from pg_trigger as t
        where t.tgrelid = to_regclass('{{ schema }}.operation_trackers') and t.tgname = 'auto_post_capture'
    ), false) as trigger_enabled
from {{ schema }}.auto_post_control as c
