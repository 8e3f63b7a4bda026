-- How many events some consumer of the log has not delivered: any consumer, and any webhook. One row.
with consumers as (
    select
        min(p.position) as least,
        min(p.position) filter (where starts_with(p.name, 'webhook:')) as least_of_webhooks
    from {{ schema }}.auto_post_consumers as p
    where p.name <> 'log'
)

select
    count(*) filter (where coalesce(a.position, 9223372036854775807) > c.least) as by_anyone,
    count(*) filter (where coalesce(a.position, 9223372036854775807) > c.least_of_webhooks) as by_webhooks
from {{ schema }}.auto_post_events as a
cross join consumers as c
