-- The agents of this id as claims and publications see them: none, one, or two when the id is not unique. One index
-- lookup each, whatever the planner expects of the table's size. Made from the type of the view's column
-- auto_post_id_key, so that an index of the platform on a uuid or a number serves; the id is compared as well, because
-- only one text of a value is the id. Plain SQL without settings of its own: the plan of its caller takes it in.
-- The platform's columns may have any type: format() calls the type's output function, and no cast. A value of many
-- kilobytes, stored, counts as none: to read it costs every claim.
do $agents$
declare
    v_type name := (
        select y.typname
        from pg_catalog.pg_attribute as a
        inner join pg_catalog.pg_type as y on a.atttypid = y.oid
        where
            a.attrelid = pg_catalog.to_regclass('{{ platform }}.agents') and a.attname = 'auto_post_id_key'
            and a.attnum > 0 and not a.attisdropped
    );
    v_part constant text := $part${{ agents.key }}$part$;
begin
    execute pg_catalog.replace(
        $function$
create or replace function {{ schema }}.auto_post_agents(p_id text)
returns table (name text, maturity text, category text, tenant_id text)
language sql
stable
rows 1
as $body$
    select
        case when pg_catalog.pg_column_size(a.name) < 10000 then pg_catalog.left(pg_catalog.format('%s', a.name), 200) end,
        case
            when pg_catalog.pg_column_size(a.maturity) < 10000
                then pg_catalog.left(pg_catalog.format('%s', a.maturity), 200)
        end,
        case
            when pg_catalog.pg_column_size(a.category) < 10000
                then pg_catalog.left(pg_catalog.format('%s', a.category), 200)
        end,
        case
            when pg_catalog.pg_column_size(a.tenant_id) < 10000
                then pg_catalog.left(pg_catalog.format('%s', a.tenant_id), 200)
        end
    from {{ platform }}.agents as a
    where <found>
    limit 2
$body$
$function$,
        '<found>',
        case
            when v_type is null then 'a.id = p_id order by a.id'
            else pg_catalog.format(
                'a.auto_post_id_key = %s and a.id = p_id order by a.auto_post_id_key',
                pg_catalog.format(
                    case
                        when v_type = 'uuid' then
                            'case when %1$s ~ ''^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'' then (%1$s)::pg_catalog.uuid end'
                        when v_type ~ '^int' then
                            'case when %1$s ~ ''^-?[0-9]{1,18}$'' then (%1$s)::pg_catalog.int8 '
                            'when %1$s ~ ''^-?[0-9]{19}$'' and (%1$s)::pg_catalog.numeric between '
                            '-9223372036854775808 and 9223372036854775807 then (%1$s)::pg_catalog.int8 end'
                        else '(%1$s)::pg_catalog.%2$I'
                    end,
                    v_part, v_type
                )
            )
        end
    );
end
$agents$;

revoke execute on function {{ schema }}.auto_post_agents(text) from public;

comment on function {{ schema }}.auto_post_agents(text) is
'The agents of this id, at most two, as claims and publications see them. Made from the type of the platform''s id.';
