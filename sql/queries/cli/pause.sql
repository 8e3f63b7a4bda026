-- Stops claiming: of an agent or operation_type ($1) with this value ($2), or, where both are NULL, of everything.
select {{ schema }}.auto_post_pause($1, $2)
