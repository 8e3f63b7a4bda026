-- Makes the dead rows of the operation $1 pending again; returns how many.
select {{ schema }}.auto_post_retry($1)
