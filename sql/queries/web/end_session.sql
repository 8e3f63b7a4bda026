-- Ends a session ($1: its digest) that would end by itself at $2.
select {{ schema }}.auto_post_end_session($1, $2)
