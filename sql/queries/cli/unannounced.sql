-- How many published posts some reader of the log has not read: any reader, and any hook. One row.
with readers as (
    select
        min(p.position) as least,
        min(p.position) filter (where starts_with(p.name, 'hook:')) as least_of_hooks
    from {{ schema }}.auto_post_positions as p
    where p.name <> 'log'
)

select
    count(*) filter (where coalesce(a.position, 9223372036854775807) > r.least) as by_anyone,
    count(*) filter (where coalesce(a.position, 9223372036854775807) > r.least_of_hooks) as by_hooks
from {{ schema }}.auto_post_announcements as a
cross join readers as r
