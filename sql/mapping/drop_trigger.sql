-- Takes the trigger away from a table that the mapping does not name any more.
do $mapping$
declare
    v_table regclass;
begin
    for v_table in
        with recursive tables as (
            select '{{ trackers }}'::pg_catalog.regclass::pg_catalog.oid as oid
            union
            select i.inhrelid from pg_catalog.pg_inherits as i inner join tables as p on i.inhparent = p.oid
        )

        select t.tgrelid
        from pg_catalog.pg_trigger as t
        where
            t.tgfoid = '{{ schema }}.auto_post_capture()'::pg_catalog.regprocedure
            and t.tgparentid = 0
            and t.tgrelid not in (select c.oid from tables as c)
    loop
        execute pg_catalog.format('drop trigger auto_post_capture on %s', v_table);
    end loop;
end
$mapping$;
