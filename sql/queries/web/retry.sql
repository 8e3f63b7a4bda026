-- Gives the dead rows of an operation ($1) a new life.
select {{ schema }}.auto_post_retry($1)
