-- How many dead letters the webhooks have, one row.
select count(*) as letters from {{ schema }}.auto_post_webhook_dead_letters
