-- The agents of this id as claims and publications see them: none, one, or two when the id is not unique. One index
-- lookup each, whatever the planner expects of the table's size. Made from the type of the view's column
-- auto_post_id_key, so that an index of the platform on a uuid or a number serves; the id is compared as well, because
-- only one text of a value is the id. Plain SQL without settings of its own: the plan of its caller takes it in.
-- The platform's columns may have any type: one of PostgreSQL's own (an id below 16384) is cast, which the planner
-- decides, and again after the table was altered; any other is converted by its output function. A value of many
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
    v_texts constant text := (
        select
            pg_catalog.string_agg(
                pg_catalog.replace(
                    'case when pg_catalog.pg_column_size(a.<c>) < 10000 then case '
                    'when {{ schema }}.auto_post_type_of((null::{{ platform }}.agents).<c>) < 16384 '
                    'then a.<c>::pg_catalog.varchar(200) else pg_catalog.left(pg_catalog.format(''%s'', a.<c>), 200) end end',
                    '<c>', c.name
                ),
                E',\n        ' order by c.place
            )
        from pg_catalog.unnest(array['name', 'maturity', 'category', 'tenant_id']) with ordinality as c (name, place)
    );
begin
    execute pg_catalog.replace(pg_catalog.replace(
        $function$
create or replace function {{ schema }}.auto_post_agents(p_id text)
returns table (name text, maturity text, category text, tenant_id text)
language sql
stable
rows 1
as $body$
    select
        <texts>
    from {{ platform }}.agents as a
    where <found>
    limit 2
$body$
$function$,
        '<texts>', v_texts),
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
