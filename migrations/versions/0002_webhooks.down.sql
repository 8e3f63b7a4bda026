-- Back to 0001. The places of hooks in the log go, and their dead letters.
drop function {{ schema }}.auto_post_check_webhooks();
drop function {{ schema }}.auto_post_forget_webhook(text);
drop function {{ schema }}.auto_post_retry_webhook(text);
drop table {{ schema }}.auto_post_webhook_summaries;
drop table {{ schema }}.auto_post_webhook_dead_letters;

delete from {{ schema }}.auto_post_consumers where name like 'webhook:%';

alter table {{ schema }}.auto_post_consumers
drop column holder,
drop column held_until,
drop column failing_since,
drop column last_error;
