-- Gives what was committed its places in the log; returns how many. $1 at most so many.
select {{ schema }}.auto_post_place_announcements($1)
