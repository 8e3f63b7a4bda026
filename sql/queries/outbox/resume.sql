-- Ends a pause: of an agent or operation_type ($1) with this value ($2), or of everything where both are NULL.
select {{ schema }}.auto_post_resume($1, $2)
