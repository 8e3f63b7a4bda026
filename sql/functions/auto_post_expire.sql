-- Removes up to p_limit finished rows, and their raw text, that ended longer than p_keep ago; returns how many.
-- Their ids go to auto_post_tombstones, so that their operations never count again. Windows of alerts that ended go
-- too, and so does what waits for a post of an agent that posts no more. The rows of auto_post_rate_limited of an agent
-- that has many are summed up, while its row of auto_post_rate_limits is locked, as for a post. Any number may run at a
-- time: each locks the rows that it removes, and skips locked ones. Commits with the caller. A role without the owner's
-- rights removes nothing that ended less than an hour ago, whatever p_keep says.
create or replace function {{ schema }}.auto_post_expire(p_keep interval, p_limit integer default 1000)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_removed integer;
    v_keep interval := p_keep;
begin
    if p_keep is null or p_keep < interval '0' or p_limit is null or p_limit < 1 then
        raise exception 'auto_post_expire: p_keep must not be negative, and p_limit must be 1 or more'
        using errcode = 'invalid_parameter_value';
    end if;
    if not pg_catalog.pg_has_role(session_user, current_user, 'USAGE') then
        v_keep := greatest(p_keep, interval '1 hour');
    end if;
    perform {{ schema }}.auto_post_correct_clock();

    with old as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where o.finished_at < pg_catalog.now() - v_keep
        order by o.finished_at
        limit p_limit
        for update skip locked
    ),

    remembered as (
        insert into {{ schema }}.auto_post_tombstones (id)
        select old.id from old
        on conflict (id) do nothing
    )

    delete from {{ schema }}.auto_post_outbox as o
    using old
    where o.id = old.id;
    get diagnostics v_removed = row_count;

    delete from {{ schema }}.auto_post_alert_windows as w
    where (w.agent_id, w.operation_type, w.began_at) in (
        select e.agent_id, e.operation_type, e.began_at
        from {{ schema }}.auto_post_alert_windows as e
        where
            e.ends_at < pg_catalog.now() - interval '1 hour'
            and not exists (select from {{ schema }}.auto_post_outbox as o where o.id = e.summary_id)
        limit p_limit
        for update skip locked
    );

    delete from {{ schema }}.auto_post_rate_limited as k
    where (k.agent_id, k.skipped_at, k.id) in (
        select e.agent_id, e.skipped_at, e.id
        from {{ schema }}.auto_post_rate_limited as e
        where e.skipped_at < pg_catalog.now() - v_keep
        limit p_limit
        for update skip locked
    );

    with many as (
        select k.agent_id
        from {{ schema }}.auto_post_rate_limited as k
        group by k.agent_id
        having pg_catalog.count(*) > 100
    ),

    locked as (
        select l.agent_id
        from {{ schema }}.auto_post_rate_limits as l
        where l.agent_id in (select m.agent_id from many as m)
        for update skip locked
    ),

    gone as (
        delete from {{ schema }}.auto_post_rate_limited as k
        using locked
        -- Not what another session removes as old: it is locked.
        where k.agent_id = locked.agent_id and k.skipped_at >= pg_catalog.now() - v_keep
        returning k.*
    )

    insert into {{ schema }}.auto_post_rate_limited (
        agent_id, skipped_at, tenant_id, rule_id, operation_type, status, operations
    )
    select
        g.agent_id, pg_catalog.max(g.skipped_at), g.tenant_id, g.rule_id, g.operation_type, g.status,
        pg_catalog.sum(g.operations)
    from gone as g
    group by g.agent_id, g.tenant_id, g.rule_id, g.operation_type, g.status;
    return v_removed;
end
$$;

revoke execute on function {{ schema }}.auto_post_expire(interval, integer) from public;

comment on function {{ schema }}.auto_post_expire(interval, integer) is
'Removes finished rows that ended longer than p_keep ago, in one small batch; returns how many.';
