-- How many operations were posted in each of the last 60 minutes; no row for a minute without any.
select floor(extract(epoch from now() - o.finished_at) / 60)::integer as minutes_ago, count(*) as posts
from {{ schema }}.auto_post_outbox as o
where o.finished_at > now() - interval '1 hour' and o.state = 'posted'
group by minutes_ago
order by minutes_ago
