-- What came of operations since a time ($1), in the order of decision; at most $2, the newest; $3: posts alone.
-- A row for each outcome: posted with its text, skipped or dead with why.
select *
from (
    select
        l.id, l.occurred_at, l.action, l.agent_id, a.name as agent_name, a.maturity as agent_maturity, l.operation_type,
        l.status, l.tracker_id, l.details ->> 'reason' as reason, l.details ->> 'error' as error,
        l.details ->> 'generator' as generator, p.post_type, p.content
    from {{ platform }}.audit_log as l
    left join {{ platform }}.agents as a on l.agent_id = a.id
    left join {{ platform }}.social_posts as p on l.post_id = p.id
    where
        l.occurred_at > $1
        and (l.action = 'auto_post.posted' or (l.action in ('auto_post.skipped', 'auto_post.dead') and not $3::boolean))
    order by l.occurred_at desc, l.id desc
    limit $2
) as newest
order by occurred_at, id
