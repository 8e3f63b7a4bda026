-- Removes the heartbeat of a worker that ended ($1), and those that are a day old.
delete from {{ schema }}.auto_post_workers as w
where w.name = $1 or w.last_seen_at < now() - interval '1 day'
