-- Gives up to $2 dead rows a new life, of the error $1 or, where it is NULL, of any; returns how many.
select {{ schema }}.auto_post_retry_all($1, $2)
