-- The place of the outcome that is $7 after a place ($1, $3) and not after $2, or of the last one where there are
-- fewer, among the $8 rows of the audit log after the place. Which outcomes: as outbox/outcomes. found: how many there
-- were.
select w.occurred_at, w.id, count(*) over () as found
from (
    select r.occurred_at, r.id
    from (
        select g.id, g.occurred_at, g.action, g.agent_id, g.operation_type, g.tracker_id, g.post_id, g.details
        from {{ platform }}.audit_log as g
        where g.occurred_at >= $1 and g.occurred_at <= $2 and (g.occurred_at, g.id) > ($1, $3::text)
        order by g.occurred_at asc, g.id asc
        limit $8
    ) as r
    {{ part.wanted_outcome }}
    order by r.occurred_at asc, r.id asc
    limit $7
) as w
order by w.occurred_at desc, w.id desc
limit 1
