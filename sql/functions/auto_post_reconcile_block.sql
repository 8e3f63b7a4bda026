-- Part of auto_post_reconcile: reads a block of a table of operations, of all partitions, row by row, captures what was
-- missed, notes each row that cannot be read, and returns how many there were of both.
create or replace function {{ schema }}.auto_post_reconcile_block(
    p_operations regclass, p_block bigint, out captured integer, out unreadable integer
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows tid[];
    v_tables oid[];
    v_id text;
    v_sqlstate text;
begin
    captured := 0;
    unreadable := 0;
    begin
        execute pg_catalog.format(
            'select pg_catalog.array_agg(t.ctid), pg_catalog.array_agg(t.tableoid) from %s as t '
            'where t.ctid >= $1 and t.ctid <= $2', p_operations
        )
        into v_rows, v_tables
        using pg_catalog.format('(%s,0)', p_block)::tid, pg_catalog.format('(%s,65535)', p_block)::tid;
    exception
        when data_corrupted or index_corrupted or internal_error then
            v_rows := array[null];
    end;
    for v_place in 1..coalesce(pg_catalog.cardinality(v_rows), 0) loop
        begin
            captured := captured + {{ schema }}.auto_post_reconcile_rows(
                p_operations, v_rows[v_place], v_rows[v_place], v_tables[v_place], 1
            );
            continue when v_rows[v_place] is not null;
            v_sqlstate := 'XX001';
        exception
            when others then
                v_sqlstate := sqlstate;
                if pg_catalog.left(v_sqlstate, 2) in ('25', '40', '42', '53', '55', '57', '58') then
                    raise;
                end if;
        end;
        begin
            execute pg_catalog.format(
                'select {{ schema }}.auto_post_text(t.id, 200) from %s as t where t.ctid = $1 and t.tableoid = $2',
                p_operations
            )
            into strict v_id
            using v_rows[v_place], v_tables[v_place];
        exception
            when others then
                v_id := pg_catalog.format(
                    '%s %s', coalesce(v_tables[v_place]::pg_catalog.regclass::text, 'block'),
                    coalesce(v_rows[v_place]::text, p_block::text)
                );
        end;
        unreadable := unreadable + 1;
        insert into {{ schema }}.auto_post_not_captured as n (reason, tracker_id, detail)
        select 'unreadable', pg_catalog.left(v_id, 200), v_sqlstate
        where (
            select pg_catalog.count(*) from {{ schema }}.auto_post_not_captured as a where a.reason = 'unreadable'
        ) < 100
        on conflict (reason, tracker_id) do update
        set detail = excluded.detail, last_seen_at = pg_catalog.clock_timestamp();
    end loop;
end
$$;

revoke execute on function {{ schema }}.auto_post_reconcile_block(regclass, bigint) from public;

comment on function {{ schema }}.auto_post_reconcile_block(regclass, bigint) is
'Part of auto_post_reconcile: reads a block row by row and notes the rows that cannot be read.';
