-- Adds the outbox rows that become digest posts: one for each of these agents and tenants and window, due when the
-- window (p_window) since the agent's last post ends. One that exists stays as it is. For SOCIAL_POST_DIGEST=post.
-- The id follows from agent, tenant and window, so that any number of workers add one row. Commits with the caller.
create or replace function {{ schema }}.auto_post_add_digests(p_agents text[], p_tenants text[], p_window interval)
returns void
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into {{ schema }}.auto_post_outbox as o (
        id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert, what_explanation, captured_at,
        available_at, summary
    )
    select
        {{ schema }}.auto_post_outbox_id(d.tracker_id, 0), 0, d.tracker_id, d.tenant_id, d.agent_id, 'digest',
        'completed', false, 'digest', clock_timestamp(), d.last_post_at + p_window, jsonb_build_object('kind', 'digest')
    from (
        select distinct
            r.agent_id, u.tenant_id, r.last_post_at,
            'digest:' || encode(
                sha256(convert_to(jsonb_build_array(r.agent_id, u.tenant_id, r.last_post_at)::text, 'UTF8')), 'hex'
            ) as tracker_id
        from unnest(p_agents, p_tenants) as u (agent_id, tenant_id)
        inner join {{ schema }}.auto_post_rate_limits as r on u.agent_id = r.agent_id
        where r.last_post_at is not null
    ) as d
    order by d.tracker_id
    on conflict (id) do nothing
$$;

revoke execute on function {{ schema }}.auto_post_add_digests(text[], text[], interval) from public;

comment on function {{ schema }}.auto_post_add_digests(text[], text[], interval) is
'Adds the outbox rows that become digest posts at the end of the agents'' windows, each once.';
