-- Part of auto_post_reconcile: captures the missed operations among the rows from p_from to p_to of a table of operations
-- (p_operations: it or its view), of all partitions or of one (p_table); returns how many, at most p_limit. Notes what
-- meets a rule and is not captured. Fails when one of the rows cannot be read.
create or replace function {{ schema }}.auto_post_reconcile_rows(
    p_operations regclass, p_from tid, p_to tid, p_table oid, p_limit integer
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_since timestamptz;
    v_since_xid xid8;
    v_now constant timestamptz := pg_catalog.clock_timestamp();
    v_found integer;
begin
    select r.since, r.since_xid into v_since, v_since_xid from {{ schema }}.auto_post_reconciliation as r;

    -- Planned each time: for this table, and for the blocks that are read.
    execute pg_catalog.format(
        $statement$
    with significant as materialized (
        select
            o.tracker_id, o.agent_id, v.operation_type, v.status, r.rule_id, r.is_alert, o.outbox_id, x.reason,
            case x.reason when 'other_agent' then k.agent_id end as detail,
            {{ schema }}.auto_post_text(t.tenant_id, 200) as tenant_id,
            case x.reason when 'missed' then {{ schema }}.auto_post_text(t.what_explanation, 4000) end as what_explanation,
            case x.reason when 'missed' then {{ schema }}.auto_post_text(t.why_explanation, 4000) end as why_explanation,
            case x.reason when 'missed' then {{ schema }}.auto_post_text(t.next_steps, 4000) end as next_steps
        from %s as t
        -- OFFSET 0: each value is converted once, and not for each rule.
        cross join lateral (
            select
                {{ schema }}.auto_post_text(t.operation_type, 200) as operation_type,
                {{ schema }}.auto_post_text(t.status, 200) as status
            offset 0
        ) as v
        cross join lateral {{ schema }}.auto_post_best_rule(v.operation_type, v.status) as r
        cross join lateral (
            select
                i.tracker_id, {{ schema }}.auto_post_outbox_id(i.tracker_id, r.rule_id) as outbox_id,
                {{ schema }}.auto_post_text(t.agent_id, 200) as agent_id,
                -- The later of both: what started since cannot have ended before, whatever completed_at says.
                greatest({{ schema }}.auto_post_time(t.completed_at), {{ schema }}.auto_post_time(t.started_at))
                >= greatest($2, r.since) as is_recent,
                -- By the transaction that wrote the row, whatever its times say.
                pg_catalog.age(t.xmin) < pg_catalog.age(greatest($1, r.since_xid)::xid) as is_written_since
            from (select {{ schema }}.auto_post_text(t.id, 1001) as tracker_id) as i
            offset 0
        ) as o
        -- Lateral, so that each is a probe of an index, whatever the planner thinks of the sizes.
        left join lateral (
            select b.id, b.agent_id from {{ schema }}.auto_post_outbox as b
            where b.id = o.outbox_id
            limit 1
        ) as k on true
        cross join lateral (
            select case
                when o.is_recent and pg_catalog.length(o.tracker_id) > 1000 then 'id_too_long'
                when k.id is not null
                    then case when o.is_recent and k.agent_id is distinct from o.agent_id then 'other_agent' end
                when (select g.id from {{ schema }}.auto_post_tombstones as g where g.id = o.outbox_id) is not null
                    then null
                when o.is_recent then 'missed'
                else 'old_by_its_times'
            end as reason
            offset 0
        ) as x
        where
            t.ctid >= $4 and t.ctid <= $5
            and ($6 is null or t.tableoid = $6)
            and (o.is_recent or o.is_written_since)
            and x.reason is not null
    ),

    captured as (
        insert into {{ schema }}.auto_post_outbox (
            id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert,
            what_explanation, why_explanation, next_steps, captured_at, available_at
        )
        select
            s.outbox_id, s.rule_id, s.tracker_id, s.tenant_id, s.agent_id, s.operation_type, s.status, s.is_alert,
            s.what_explanation, s.why_explanation, s.next_steps, $3, $3
        from significant as s
        where s.reason = 'missed'
        limit $7
        on conflict (id) do nothing
        returning id
    ),

    noted as (
        insert into {{ schema }}.auto_post_not_captured as n (reason, tracker_id, detail, first_seen_at, last_seen_at)
        select distinct on (s.reason, pg_catalog.left(s.tracker_id, 200))
            s.reason, pg_catalog.left(s.tracker_id, 200), s.detail, $3, $3
        from significant as s
        where
            s.reason <> 'missed'
            and (
                select pg_catalog.count(*) from {{ schema }}.auto_post_not_captured as a where a.reason = s.reason
            ) < 100
        limit 100
        on conflict (reason, tracker_id) do update set detail = excluded.detail, last_seen_at = excluded.last_seen_at
    )

    select pg_catalog.count(*) from captured
        $statement$, p_operations
    ) into v_found using v_since_xid, v_since, v_now, p_from, p_to, p_table, p_limit;
    return v_found;
end
$$;

revoke execute on function {{ schema }}.auto_post_reconcile_rows(regclass, tid, tid, oid, integer) from public;

comment on function {{ schema }}.auto_post_reconcile_rows(regclass, tid, tid, oid, integer) is
'Part of auto_post_reconcile: captures the missed operations among some rows of a table of operations.';
