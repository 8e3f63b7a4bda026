-- Ends a group of rows as finish.sql does, inserts the posts among them and moves the rate-limit windows of their
-- agents, in one round trip. A row whose lease was lost is not posted. $1 to $13 are those of finish.sql, $14 the rows
-- of auto_post_rate_limited that the posts carry. posted: how many posts the platform's table kept.
{{ part.finished }},

limits as (
    insert into {{ schema }}.auto_post_rate_limits (agent_id, last_post_at)
    select distinct f.agent_id, $9::timestamptz
    from finished as f
    where f.state = 'posted'
    order by f.agent_id
    on conflict (agent_id) do update set last_post_at = excluded.last_post_at
),

carried as (
    delete from {{ schema }}.auto_post_rate_limited as r
    where
        cardinality($14::bigint[]) > 0 and r.id = any($14::bigint[])
        and r.agent_id = any(array(select f.agent_id from finished as f where f.state = 'posted'))
),

-- In the order of their times, for ids that the platform's table gives.
posted as (
    insert into {{ platform }}.social_posts (
        id, tenant_id, author_type, author_id, post_type, content, post_metadata, auto_generated, created_at
    )
    select
        f.post_id, f.tenant_id, 'agent', f.agent_id, f.post_type, f.content, f.post_metadata, true, f.finished_at
    from finished as f
    where f.state = 'posted'
    order by f.finished_at
    returning true as is_kept
)

select
    f.id, f.epoch,
    cardinality(array(select a.is_kept from audited as a)) as audited,
    cardinality(array(select p.is_kept from posted as p)) as posted
from finished as f
