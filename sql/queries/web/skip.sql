-- Ends what waits, or is dead, of an operation ($1) as skipped for a reason ($2).
select {{ schema }}.auto_post_skip($1, $2)
