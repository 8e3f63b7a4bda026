-- Which of the ids $1 are of posts that autopost wrote.
select o.id from {{ schema }}.auto_post_outbox as o
where o.id = any($1::uuid[])
union all
select g.id from {{ schema }}.auto_post_tombstones as g
where g.id = any($1::uuid[])
