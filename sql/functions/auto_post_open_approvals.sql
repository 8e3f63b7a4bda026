-- The approval requests posted since p_since, the newest p_limit of them at most, whose operation still has the status
-- with which it asked: it waits for an answer. One that cannot be read counts as open. Looks at the newest 100,000
-- finished rows. Reads with the rights of its owner, and returns nothing of the operation's texts.
create or replace function {{ schema }}.auto_post_open_approvals(p_since timestamptz, p_limit integer default 100)
returns setof uuid
language sql
stable
security definer
rows 20
set search_path = pg_catalog, pg_temp
as $$
    with asked as materialized (
        select n.id, n.tracker_id, n.status
        from (
            select o.id, o.tracker_id, o.status, o.operation_type, o.state, o.finished_at
            from {{ schema }}.auto_post_outbox as o
            where o.finished_at >= p_since
            order by o.finished_at desc
            limit 100000
        ) as n
        where n.state = 'posted' and lower(btrim(n.operation_type)) = 'approval_requested'
        order by n.finished_at desc
        limit p_limit
    ),

    found as materialized (
        select m.tracker_id, m.status, m.error
        from {{ schema }}.auto_post_committed(array(select a.tracker_id from asked as a)) as m
    )

    select a.id
    from asked as a
    inner join found as f on a.tracker_id = f.tracker_id
    where f.error is not null or f.status is not distinct from a.status
$$;

revoke execute on function {{ schema }}.auto_post_open_approvals(timestamptz, integer) from public;

comment on function {{ schema }}.auto_post_open_approvals(timestamptz, integer) is
'The outbox rows of approval requests posted since then whose operation still has the status with which it asked.';
