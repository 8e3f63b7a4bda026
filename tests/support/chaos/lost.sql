-- Which operations have a status that meets a rule, and no outcome? state: that of the outbox row, or that there is none.
-- What retention removed had an outcome. Needs the right to read operation_trackers.
select
    t.id as tracker_id,
    t.operation_type,
    t.status,
    coalesce(o.state, 'not captured') as state,
    o.attempts,
    o.available_at,
    o.last_error
from {{ platform }}.operation_trackers as t
cross join lateral {{ schema }}.auto_post_best_rule(t.operation_type::text, t.status::text) as r
left join {{ schema }}.auto_post_outbox as o on o.id = {{ schema }}.auto_post_outbox_id(t.id::text, r.rule_id)
where
    o.finished_at is null
    and not exists (
        select
        from {{ schema }}.auto_post_tombstones as s
        where s.id = {{ schema }}.auto_post_outbox_id(t.id::text, r.rule_id)
    )
order by t.id;
