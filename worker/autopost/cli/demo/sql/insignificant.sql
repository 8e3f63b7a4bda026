-- The operations that have ended and that no rule names: they never reached the outbox, and should not have.
-- Asked of the rules, not of the outbox: what the trigger missed does not hide here.
select
    t.id, t.completed_at, t.agent_id, a.name as agent_name, a.maturity as agent_maturity, t.operation_type, t.status
from {{ platform }}.operation_trackers as t
left join {{ platform }}.agents as a on t.agent_id = a.id
where
    t.completed_at is not null
    and not exists (
        select
        from {{ schema }}.auto_post_rules as r
        where
            r.enabled
            and (r.status is null or r.status = t.status)
            and case r.match
                when 'exact' then r.operation_type = t.operation_type
                else lower(t.operation_type) like lower(r.operation_type)
            end
    )
order by t.completed_at, t.id
