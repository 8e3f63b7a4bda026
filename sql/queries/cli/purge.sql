-- Removes what is held of an agent ($1) or of a tenant ($2); how many rows it removed.
select {{ schema }}.auto_post_purge($1, $2, p_confirm => true) as removed
