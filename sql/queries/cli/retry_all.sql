-- Makes at most $2 dead rows pending again, of the error $1, or of any where it is NULL; returns how many.
select {{ schema }}.auto_post_retry_all($1, $2)
