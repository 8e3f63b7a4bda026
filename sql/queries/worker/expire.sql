-- Removes up to $2 rows that finished longer than $1 ago; how many it removed.
select {{ schema }}.auto_post_expire($1, $2) as removed
