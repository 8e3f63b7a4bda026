-- Takes the trigger away from a table that the mapping does not name any more.
do $mapping$
declare
    v_table regclass;
begin
    for v_table in
        select t.tgrelid
        from pg_catalog.pg_trigger as t
        where
            t.tgfoid = '{{ schema }}.auto_post_capture()'::pg_catalog.regprocedure
            and t.tgrelid <> '{{ trackers }}'::pg_catalog.regclass
    loop
        execute pg_catalog.format('drop trigger auto_post_capture on %s', v_table);
    end loop;
end
$mapping$;
