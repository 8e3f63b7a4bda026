-- Ends the pending and dead rows of the operation $1 as skipped, for the reason $2; returns how many.
select {{ schema }}.auto_post_skip($1, $2)
