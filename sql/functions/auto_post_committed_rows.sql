-- Part of auto_post_committed: the operations of these ids as they are committed, none whose id is not unique, and none
-- after p_until. Made from the types of the platform's columns, so that its index on the id serves; without such an
-- index, or with an id of a type that is not PostgreSQL's own, it returns nothing. Plain SQL without settings of its
-- own, so that the plan of its caller takes it in.
do $committed$
declare
    c_path constant text := pg_catalog.current_setting('search_path');
    c_scan constant text := pg_catalog.current_setting('enable_seqscan');
    -- Evaluates nothing, and leaves a domain what it is.
    c_type_of constant text := 'select pg_catalog.pg_typeof(q.x) from (values (1)) as o (x) '
    'left join (select %s as x from %s as t offset 0) as q on false';
    v_table record;
    v_key record;
    v_text record;
    v_type oid;
    v_types text[];
    v_columns smallint[];
    v_is_own boolean;
    v_is_unique boolean;
    v_gate text;
    v_id text;
    v_ids text;
    v_from text;
    v_texts text;
    v_plan jsonb;
    v_branches text[] := '{}';
begin
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    perform pg_catalog.set_config('enable_seqscan', 'off', true);

    for v_table in
        select *
        from (
            values
            {{ lookups }}
        ) as m (prefix, others, relation, keys, texts)
    loop
        v_types := '{}';
        v_columns := '{}';
        v_is_own := true;
        v_gate := 'true';
        for v_key in
            select k.expression, a.attnum, a.attname, a.atttypid
            from pg_catalog.unnest(v_table.keys) with ordinality as k (expression, place)
            left join pg_catalog.pg_attribute as a
                on
                    a.attrelid = v_table.relation::pg_catalog.regclass
                    and k.expression in ('t.' || a.attname, pg_catalog.format('t."%s"', a.attname))
            order by k.place
        loop
            execute pg_catalog.format(c_type_of, v_key.expression, v_table.relation) into v_type;
            -- A domain compares as what it is over.
            while (select y.typtype from pg_catalog.pg_type as y where y.oid = v_type) = 'd' loop
                select y.typbasetype into v_type from pg_catalog.pg_type as y where y.oid = v_type;
            end loop;
            v_is_own := v_is_own and v_type < 16384;
            v_types := v_types || (select y.typname::text from pg_catalog.pg_type as y where y.oid = v_type);
            v_columns := v_columns || v_key.attnum;
            -- A column of another type would be compared by what its owner made. What is null in the whole row has the
            -- column's type, which the planner looks at, and again after the table was altered: no execution pays for it.
            if v_key.attname is not null then
                v_gate := v_gate || pg_catalog.format(
                    ' and {{ schema }}.auto_post_type_of((null::%s).%I) = %s',
                    v_table.relation, v_key.attname, v_key.atttypid
                );
            end if;
        end loop;
        continue when not v_is_own or v_types = '{}';

        -- The ids of this table, without what they begin with.
        if v_table.prefix = '' and v_table.others = '{}' then
            v_ids := 'p_tracker_ids';
        else
            v_ids := pg_catalog.format(
                'array(select pg_catalog.substr(i.id, %s) from pg_catalog.unnest(p_tracker_ids) as i (id) where %s)',
                pg_catalog.length(v_table.prefix) + 1,
                case
                    when v_table.prefix <> '' then pg_catalog.format('pg_catalog.starts_with(i.id, %L)', v_table.prefix)
                    else pg_catalog.format('not i.id ^@ any(%L::text[])', v_table.others)
                end
            );
        end if;
        if pg_catalog.cardinality(v_table.keys) = 1 then
            v_id := pg_catalog.format('(%s)::pg_catalog.text', v_table.keys[1]);
            v_from := pg_catalog.format(
                '%s as t where %s = any(%s::pg_catalog.%I[])', v_table.relation, v_table.keys[1], v_ids, v_types[1]
            );
        else
            v_id := 'u.id';
            v_from := pg_catalog.format(
                'pg_catalog.unnest(%s) as u (id) inner join %s as t on %s where true',
                v_ids, v_table.relation,
                (
                    select
                        pg_catalog.string_agg(
                            pg_catalog.format(
                                '%s = pg_catalog.replace(pg_catalog.replace(pg_catalog.split_part(u.id, ''/'', %s), '
                                '''%%2F'', ''/''), ''%%25'', ''%%'')::pg_catalog.%I',
                                k.expression, k.place, v_types[k.place]
                            ), ' and ' order by k.place
                        )
                    from pg_catalog.unnest(v_table.keys) with ordinality as k (expression, place)
                )
            );
        end if;

        -- The planner knows whether an index serves: what it does not is a filter, as is a policy of row-level security.
        execute pg_catalog.format(
            'explain (format json) select from %s',
            pg_catalog.replace(
                v_from, 'p_tracker_ids', '(select array[pg_catalog.current_setting(''role'')] offset 0)'
            )
        ) into v_plan;
        continue when
            pg_catalog.jsonb_path_exists(
                v_plan,
                '$.** ? (exists(@."Relation Name") && !exists(@."Index Cond") && !exists(@."Recheck Cond") '
                '|| exists(@."Join Filter"))'
            )
            or (
                pg_catalog.jsonb_path_exists(v_plan, '$.** ? (exists(@."Relation Name") && exists(@."Filter"))')
                and not pg_catalog.row_security_active(v_table.relation)
            );

        -- Converted as in auto_post_text. A cast is right as long as the type is PostgreSQL's own.
        -- A text of few bytes has few characters, which need not be counted.
        v_texts := null;
        for v_text in
            select x.expression, a.attname, case when x.place <= 3 then 200 else 4000 end as length
            from pg_catalog.unnest(v_table.texts) with ordinality as x (expression, place)
            left join pg_catalog.pg_attribute as a
                on
                    a.attrelid = v_table.relation::pg_catalog.regclass
                    and x.expression in ('t.' || a.attname, pg_catalog.format('t."%s"', a.attname))
            order by x.place
        loop
            execute pg_catalog.format(c_type_of, v_text.expression, v_table.relation) into v_type;
            v_texts := pg_catalog.concat_ws(', ', v_texts, pg_catalog.format(
                case
                    when v_text.attname is not null and v_type < 16384
                        then
                            'case when pg_catalog.octet_length((%1$s)::pg_catalog.text) <= %2$s '
                            'then (%1$s)::pg_catalog.text else pg_catalog.left((%1$s)::pg_catalog.text, %2$s) end'
                    when v_type < 16384 then 'pg_catalog.left((%1$s)::pg_catalog.text, %2$s)'
                    else 'case when (%1$s) is not null then pg_catalog.left(pg_catalog.concat(%1$s), %2$s) end'
                end,
                v_text.expression, v_text.length
            ));
            if v_type < 16384 then
                v_gate := v_gate || pg_catalog.format(
                    ' and {{ schema }}.auto_post_type_of(%s) < 16384',
                    case
                        when v_text.attname is null
                            then pg_catalog.format('case when false then (%s) end', v_text.expression)
                        else pg_catalog.format('(null::%s).%I', v_table.relation, v_text.attname)
                    end
                );
            end if;
        end loop;
        v_is_unique := exists (
            select from pg_catalog.pg_index as i
            inner join pg_catalog.pg_class as c on i.indrelid = c.oid and c.relkind = 'r' and not c.relhassubclass
            where
                c.oid = v_table.relation::pg_catalog.regclass
                and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null and i.indexprs is null
                and i.indnkeyatts = pg_catalog.cardinality(v_table.keys)
                and v_columns @> (i.indkey::smallint[])[0:i.indnkeyatts - 1]
        );
        v_branches := v_branches || pg_catalog.format(
            case
                when v_is_unique then
                    'select %6$s, %3$s from %4$s and pg_catalog.clock_timestamp() < p_until and %5$s'
                else
                    'select n.id, n.tenant_id, n.agent_id, n.status, n.what, n.why, n.next from (select %6$s, '
                    '%3$s, pg_catalog.count(*) over (partition by %2$s) from %4$s '
                    'and pg_catalog.clock_timestamp() < p_until and %5$s) '
                    'as n (id, tenant_id, agent_id, status, what, why, next, rows) where n.rows = 1'
            end,
            v_table.prefix, v_id, v_texts, v_from, v_gate,
            case when v_table.prefix <> '' then pg_catalog.format('%L || ', v_table.prefix) else '' end || v_id
        );
    end loop;

    perform pg_catalog.set_config('enable_seqscan', c_scan, true);
    execute pg_catalog.replace(
        $function$
create or replace function {{ schema }}.auto_post_committed_rows(p_tracker_ids text[], p_until timestamptz)
returns table (
    tracker_id text, tenant_id text, agent_id text, status text, what_explanation text, why_explanation text,
    next_steps text
)
language sql
stable
as $body$
    <rows>
$body$
$function$,
        '<rows>',
        case
            when v_branches = '{}'
                then 'select null::text, null::text, null::text, null::text, null::text, null::text, null::text where false'
            else pg_catalog.array_to_string(v_branches, E'\n    union all\n    ')
        end
    );
    perform pg_catalog.set_config('search_path', c_path, true);
end
$committed$;

revoke execute on function {{ schema }}.auto_post_committed_rows(text[], timestamptz) from public;

comment on function {{ schema }}.auto_post_committed_rows(text[], timestamptz) is
'Part of auto_post_committed: operations as they are committed, by their ids. Made from the types of the platform''s '
'columns.';
