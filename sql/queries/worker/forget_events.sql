-- Removes events, at most $3: those that were published longer than $1 ago and that every consumer has delivered,
-- and those of more than $2 ago in any case: a consumer that no longer exists does not hold the log.
delete from {{ schema }}.auto_post_events as a
where
    a.seq = any(array(
        select o.seq
        from {{ schema }}.auto_post_events as o
        where
            o.position is not null
            and (
                o.created_at < now() - $2::interval
                or (
                    o.created_at < now() - $1::interval
                    and o.position <= (select min(p.position) from {{ schema }}.auto_post_consumers as p)
                )
            )
        order by o.position
        limit $3
    ))
