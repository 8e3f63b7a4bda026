-- Locks a hook's place ($1 its reader) while $2 has its turn, to the end of the transaction; no row: it has not.
select p.position from {{ schema }}.auto_post_positions as p
where p.name = $1 and p.holder = $2
for update
