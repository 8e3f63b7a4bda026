-- Removes announcements that were published longer than $1 ago and that every reader has delivered, at most $2.
delete from {{ schema }}.auto_post_announcements as a
where
    a.seq = any(array(
        select o.seq
        from {{ schema }}.auto_post_announcements as o
        where
            o.position <= (select min(p.position) from {{ schema }}.auto_post_positions as p)
            and o.created_at < now() - $1::interval
        order by o.position
        limit $2
    ))
