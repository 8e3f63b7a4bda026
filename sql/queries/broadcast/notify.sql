-- Notifies on a channel ($1) with messages ($2) in their order, if less than a share ($3) of the queue of notifications
-- is in use; returns whether it did. Delivered when the transaction commits.
select case
    when pg_notification_queue_usage() < $3::double precision
        then (
            select count(pg_notify($1, m.message)) >= 0
            from (
                select u.message
                from unnest($2::text[]) with ordinality as u (message, nth)
                order by u.nth
            ) as m
        )
    else false
end as is_sent
