-- Records what a consumer ($1) has delivered ($3, positions) and renews its lease for the worker that holds it ($2) and
-- $4 seconds. $5: what is wrong with the next delivery, NULL if nothing is. The offset becomes the last position before
-- the first event that is not delivered. Locks the consumer's row. No row: the lease is lost.
with consumer as materialized (
    select
        p.position,
        p.ahead + coalesce(
            (select range_agg(int8range(d.position, d.position, '[]')) from unnest($3::bigint[]) as d (position)),
            '{}'
        ) as delivered
    from {{ schema }}.auto_post_consumers as p
    where p.name = $1 and p.holder = $2
    for update
),

advanced as (
    select
        c.delivered,
        greatest(c.position, coalesce(
            (
                select min(a.position) - 1
                from {{ schema }}.auto_post_events as a
                where a.position > c.position and not a.position <@ c.delivered
            ),
            upper(c.delivered) - 1
        )) as position
    from consumer as c
)

update {{ schema }}.auto_post_consumers as p
set
    position = n.position,
    ahead = n.delivered - int8multirange(int8range(null, n.position, '[]')),
    moved_at = case when cardinality($3::bigint[]) > 0 then clock_timestamp() else p.moved_at end,
    held_until = clock_timestamp() + make_interval(secs => $4),
    failing_since = case when $5::text is not null then coalesce(p.failing_since, clock_timestamp()) end,
    last_error = $5::text
from advanced as n
where p.name = $1
returning p.position, p.moved_at
