-- Removes up to $2 rows that finished longer than $1 ago; returns how many.
select {{ schema }}.auto_post_expire($1, $2) as removed
