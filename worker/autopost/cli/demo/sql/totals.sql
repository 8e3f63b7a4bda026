-- What there is at the end, one row: operations, what was captured of them, and what came of that.
select
    (select count(*) from {{ platform }}.operation_trackers) as operations,
    (select count(*) from {{ schema }}.auto_post_outbox) as captured,
    (select count(*) from {{ platform }}.audit_log where action like 'auto\_post.%') as audited,
    (select count(*) from {{ platform }}.audit_log where action = 'auto_post.dead') as dead,
    (select count(*) from {{ platform }}.social_posts where post_type = 'status') as status_posts,
    (select count(*) from {{ platform }}.social_posts where post_type = 'alert') as alert_posts,
    (
        select coalesce(sum((l.details ->> 'cost_usd')::double precision), 0) from {{ platform }}.audit_log as l
        where l.action like 'auto\_post.%'
    ) as cost_usd,
    (
        select percentile_cont(0.5) within group (order by extract(epoch from p.created_at - o.captured_at) * 1000)
        from {{ platform }}.social_posts as p
        inner join {{ schema }}.auto_post_outbox as o on p.id = o.post_id
    ) as median_ms
