-- Part of auto_post_check: who did something from SQL last, and at what time, as the audit log has it; NULL where that
-- is not known, may not be read, or would mean to read a large table through.
create or replace function {{ schema }}.auto_post_check_by(p_action text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_found text;
begin
    if not exists (
        select
        from pg_catalog.pg_class as c
        where
            c.oid = pg_catalog.to_regclass('{{ platform }}.audit_log') and c.relkind in ('r', 'p')
            and (
                c.relpages < 5000
                or exists (
                    select from pg_catalog.pg_index as i
                    inner join pg_catalog.pg_attribute as a on i.indrelid = a.attrelid and i.indkey[0] = a.attnum
                    where i.indrelid = c.oid and a.attname = 'occurred_at'
                )
            )
    ) then
        return null;
    end if;
    select pg_catalog.format(' by %s since %s', l.details ->> 'by', pg_catalog.date_trunc('second', l.occurred_at))
    into v_found
    from {{ platform }}.audit_log as l
    where l.action = 'auto_post.' || p_action and l.occurred_at > pg_catalog.now() - interval '30 days'
    order by l.occurred_at desc
    limit 1;
    return v_found;
exception
    when others then
        return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_check_by(text) from public;

comment on function {{ schema }}.auto_post_check_by(text) is
'Part of auto_post_check: who paused or switched last, and at what time.';
