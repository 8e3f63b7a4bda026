-- Gives the dead rows of the operation $1 a new life; returns how many.
select {{ schema }}.auto_post_retry($1)
