-- How far a reader of the log ($1) has come. No row: it has not begun.
select p.position from {{ schema }}.auto_post_positions as p where p.name = $1
