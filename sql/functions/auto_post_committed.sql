-- The operations of these ids as they are committed, for the claim: ORMs write the status first, and the texts in a
-- later statement of the same transaction (ADR 31). Leaves out what is gone, what policies hide, and what no index
-- finds. Never fails and waits for no table of operations: an operation that cannot be read is a row with an error, a
-- SQLSTATE, or slow when it was not read within 250 milliseconds; then another row may have it after all.
-- Reads with the rights of its owner, and not under policies of the platform that could run functions with them.
create or replace function {{ schema }}.auto_post_committed(p_tracker_ids text[])
returns table (
    tracker_id text, tenant_id text, agent_id text, status text, what_explanation text, why_explanation text,
    next_steps text, error text
)
language plpgsql
security definer
rows 500
set search_path = pg_catalog, pg_temp
set lock_timeout = '20ms'
as $$
#variable_conflict use_column
declare
    v_until constant timestamptz := pg_catalog.clock_timestamp() + interval '250 milliseconds';
    v_ids constant integer := coalesce(pg_catalog.cardinality(p_tracker_ids), 0);
    v_table regclass;
    v_error text;
    v_done integer := 0;
begin
    if v_ids = 0 then
        return;
    end if;
    begin
        -- From here to the end of the transaction the tables and their policies stay as they are.
        lock table {{ lookup.tables }} in access share mode nowait;
        foreach v_table in array array[{{ lookup.oids }}] loop
            -- A view has no file, and the root of partitions none either.
            if
                (
                    pg_catalog.pg_relation_filenode(v_table) is null
                    and pg_catalog.pg_partition_root(v_table) is null
                )
                or (
                    pg_catalog.row_security_active(v_table)
                    and {{ schema }}.auto_post_unsafe_policy(v_table) is not null
                )
            then
                raise exception 'a view or a policy would run code of the platform'
                using errcode = 'insufficient_privilege';
            end if;
        end loop;
        return query
        select r.*, null::text from {{ schema }}.auto_post_committed_rows(p_tracker_ids, v_until) as r;
        if pg_catalog.clock_timestamp() < v_until then
            return;
        end if;
    exception
        -- A function of the platform may raise anything.
        when others or assert_failure or query_canceled then
            v_error := sqlstate;
    end;

    -- One by one, as an operation may be at fault.
    if v_ids > 1 then
        while v_done < v_ids and pg_catalog.clock_timestamp() < v_until loop
            v_done := v_done + 1;
            return query select r.* from {{ schema }}.auto_post_committed(p_tracker_ids[v_done:v_done]) as r;
        end loop;
    end if;
    if v_done < v_ids and pg_catalog.clock_timestamp() >= v_until then
        v_error := 'slow';
    end if;
    return query
    select u.id, null::text, null::text, null::text, null::text, null::text, null::text, v_error
    from pg_catalog.unnest(p_tracker_ids[v_done + 1:]) as u (id);
end
$$;

revoke execute on function {{ schema }}.auto_post_committed(text[]) from public;

comment on function {{ schema }}.auto_post_committed(text[]) is
'The operations of these ids as they are committed, for the claim; a row with an error for each that cannot be read.';
