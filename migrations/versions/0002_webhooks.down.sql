-- Back to 0001. The places of hooks in the log go, and their dead letters.
drop function {{ schema }}.auto_post_check_hooks();
drop function {{ schema }}.auto_post_forget_hook(text);
drop function {{ schema }}.auto_post_retry_hook(text);
drop table {{ schema }}.auto_post_hook_dead;

delete from {{ schema }}.auto_post_positions where name like 'hook:%';

alter table {{ schema }}.auto_post_positions
drop column holder,
drop column held_until,
drop column failing_since,
drop column last_error;
