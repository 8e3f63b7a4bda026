-- Only for a time that is not the last minute's: the function is not called for an ordinary post.
create trigger auto_post_keep_to_clock
before insert or update of last_post_at on {{ schema }}.auto_post_rate_limits
for each row
when (
    new.last_post_at > pg_catalog.clock_timestamp()
    or new.last_post_at < pg_catalog.clock_timestamp() - interval '1 minute'
)
execute function {{ schema }}.auto_post_keep_to_clock();

comment on trigger auto_post_keep_to_clock on {{ schema }}.auto_post_rate_limits is
'Keeps workers from setting last_post_at to another time than now.';
