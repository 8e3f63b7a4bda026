-- Ends the retry of a dead letter ($1 webhook, $2 position): deletes it if it was delivered ($3 NULL), else keeps it
-- with the error $3.
with delivered as (
    delete from {{ schema }}.auto_post_webhook_dead_letters as d
    where d.hook = $1 and d.position = $2 and $3::text is null
)

update {{ schema }}.auto_post_webhook_dead_letters as d
set retry = false, error = $3::text
where d.hook = $1 and d.position = $2 and $3::text is not null
