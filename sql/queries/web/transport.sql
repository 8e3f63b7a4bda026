-- The log of events and the consumer that broadcasts it: how many events wait for it, and since when it fails.
select
    l.position as log_position, t.position is not null as has_transport, t.moved_at,
    extract(epoch from clock_timestamp() - t.failing_since)::double precision as failing_seconds, t.last_error,
    coalesce(l.position - t.position, 0) as waiting
from {{ schema }}.auto_post_consumers as l
left join {{ schema }}.auto_post_consumers as t on t.name = 'transport'
where l.name = 'log'
