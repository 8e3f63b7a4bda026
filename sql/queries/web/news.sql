-- Outcomes of the last while ($1) that are not among those seen ($2), at most $3, the newest of them; in order of
-- decision. Looks at $4 rows of the audit log at the most.
select *
from (
    select
        l.id, l.occurred_at, l.action, l.agent_id, left(a.name, 200) as agent_name,
        left(a.maturity, 100) as agent_maturity, left(l.operation_type, 200) as operation_type,
        left(l.status, 100) as status, l.tracker_id, left(l.details ->> 'reason', 200) as reason,
        left(l.details ->> 'error', 200) as error, left(l.details ->> 'generator', 40) as generator,
        coalesce(l.details ->> 'is_alert' = 'true', false) as is_alert, left(p.content, 4000) as content
    from (
        select r.*
        from (
            select
                g.id, g.occurred_at, g.action, g.agent_id, g.operation_type, g.status, g.tracker_id, g.post_id,
                g.details
            from {{ platform }}.audit_log as g
            where g.occurred_at > now() - $1::interval
            order by g.occurred_at desc
            limit $4
        ) as r
        where
            r.action in ('auto_post.posted', 'auto_post.skipped', 'auto_post.dead')
            and not exists (select from unnest($2::text[]) as s (id) where r.id = s.id)
        order by r.occurred_at desc, r.id desc
        limit $3
    ) as l
    left join {{ platform }}.agents as a on l.agent_id = a.id
    left join {{ platform }}.social_posts as p on l.post_id = p.id
) as newest
order by occurred_at, id
