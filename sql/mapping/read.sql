-- A table of the platform in autopost's words. Read with the rights of the view's owner, so that no cast that the owner
-- of a column's type can have made is in it: a type of PostgreSQL itself (an id below 16384) is cast, any other is
-- converted by its output function. The types are those of this moment: a column of a view keeps its type. A column
-- without a type in autopost's words, auto_post_id_key, keeps the platform's, if an index on it finds more than one on
-- the id as text: see auto_post_agents.
do $mapping$
declare
    v_column record;
    v_type oid;
    v_columns text;
    v_statement text;
    v_grants text;
begin
    for v_column in
        select c.name, c.expression, c.type
        from (values {{ columns }}) as c (place, name, expression, type)
        order by c.place
    loop
        execute pg_catalog.format(
            'select pg_catalog.pg_typeof(case when false then (%s) end) '
            'from (values (1)) as o (x) left join %s as t on false', v_column.expression, '{{ table }}'
        ) into v_type;
        continue when v_column.type is null and v_type <> all(array[{{ key_types }}]::regtype[]);
        v_columns := pg_catalog.concat_ws(', ', v_columns, pg_catalog.format(
            case
                when v_column.type is null then '(%1$s)::%4$s as %3$s'
                when v_type < 16384 then '(%1$s)::%2$s as %3$s'
                else '(case when (%1$s) is not null then pg_catalog.concat(%1$s) end)::%2$s as %3$s'
            end,
            v_column.expression, v_column.type, v_column.name, pg_catalog.format_type(v_type, -1)
        ));
    end loop;
    v_statement := pg_catalog.format(
        'create or replace view {{ schema }}.{{ name }} as select {{ system }}%s from %s as t', v_columns, '{{ table }}'
    );
    begin
        execute v_statement;
    exception
        -- A column has another collation now. The view is made again, with the rights that it had.
        when invalid_table_definition then
            select pg_catalog.string_agg(
                pg_catalog.format(
                    'grant %s%s on {{ schema }}.{{ name }} to %s%s;', g.privilege_type,
                    ' (' || pg_catalog.quote_ident(g.attname) || ')',
                    case g.grantee when 0 then 'public' else pg_catalog.quote_ident(r.rolname) end,
                    case when g.is_grantable then ' with grant option' end
                ), ' '
            )
            into v_grants
            from (
                select null::name as attname, a.grantee, a.privilege_type, a.is_grantable
                from pg_catalog.pg_class as c
                cross join pg_catalog.aclexplode(c.relacl) as a
                where c.oid = '{{ schema }}.{{ name }}'::pg_catalog.regclass and a.grantee <> c.relowner
                union all
                select t.attname, a.grantee, a.privilege_type, a.is_grantable
                from pg_catalog.pg_attribute as t
                cross join pg_catalog.aclexplode(t.attacl) as a
                where t.attrelid = '{{ schema }}.{{ name }}'::pg_catalog.regclass
            ) as g
            left join pg_catalog.pg_roles as r on g.grantee = r.oid;
            drop view {{ schema }}.{{ name }};
            execute v_statement;
            if v_grants is not null then
                execute v_grants;
            end if;
    end;
end
$mapping$;

comment on view {{ schema }}.{{ name }} is
'The platform''s {{ label }} in autopost''s words. Generated from auto_post_mapping.';
