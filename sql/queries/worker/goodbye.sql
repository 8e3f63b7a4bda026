-- Takes away a worker that ended ($1), and those that were not seen for a day.
delete from {{ schema }}.auto_post_workers as w
where w.name = $1 or w.last_seen_at < now() - interval '1 day'
