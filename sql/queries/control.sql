-- The switches.
select c.capture_enabled, c.paused, c.wakeup from {{ schema }}.auto_post_control as c
