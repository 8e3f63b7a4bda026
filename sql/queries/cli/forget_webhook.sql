-- Forgets a webhook ($1) that no worker has any more, with its dead letters; returns how many of those.
select {{ schema }}.auto_post_forget_webhook($1)
