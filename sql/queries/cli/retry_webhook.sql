-- Lets the dead letters of a webhook ($1) be sent again; returns how many.
select {{ schema }}.auto_post_retry_webhook($1)
