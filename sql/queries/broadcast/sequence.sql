-- Gives committed events their positions in the log, at most $1 of them; returns how many.
select {{ schema }}.auto_post_sequence_events($1)
