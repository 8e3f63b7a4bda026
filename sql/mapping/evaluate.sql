-- Evaluates every expression of a mapping on the newest rows of its table, about 1,000, and refuses the mapping with
-- one message: expressions that fail, by the ids of rows and never by a value; times of a wrong unit; ids that are not
-- unique. Reads the last blocks of each table and partition, and of a view the first rows that come. Changes nothing.
do $mapping$
declare
    v_path text := pg_catalog.current_setting('search_path');
    v_problems text[] := '{}';
    v_table record;
    v_column record;
    v_leaf record;
    v_sources text[];
    v_source text;
    v_row record;
    v_first bigint;
    v_rows bigint;
    v_count bigint;
    v_far bigint;
    v_old bigint;
    v_year numeric;
    v_type oid;
    v_value text;
    v_id text;
    v_ids text[];
    v_failed boolean;
    v_state text;
    v_until timestamptz;
begin
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);

    for v_table in
        select
            m.name, m.shown, m.qualified, m.id, c.oid, c.relkind in ('r', 'p') as has_places, c.relkind = 'p' as is_partitioned,
            exists (
                select from pg_catalog.pg_index as i
                where
                    i.indrelid = c.oid and i.indisunique and i.indpred is null and i.indexprs is null
                    and not exists (
                        select from pg_catalog.generate_series(0, i.indnkeyatts - 1) as p (place)
                        where not exists (
                            select from pg_catalog.pg_attribute as a
                            where
                                a.attrelid = c.oid and a.attnum = i.indkey[p.place]
                                and a.attname = any(m.id_columns::text[])
                        )
                    )
            ) as is_key
        from (values {{ ids }}) as m (name, shown, qualified, id, id_columns)
        inner join pg_catalog.pg_class as c on c.oid = pg_catalog.to_regclass(m.qualified)
    loop
        -- Where the newest rows are: FROM clauses with a place to add a condition.
        v_sources := '{}';
        v_rows := 0;
        for v_leaf in
            with recursive tables as (
                select v_table.oid as oid
                union
                select i.inhrelid from pg_catalog.pg_inherits as i
                inner join tables as t on i.inhparent = t.oid
            )

            select
                c.oid::pg_catalog.regclass::text as name,
                pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint as blocks
            from tables as t
            inner join pg_catalog.pg_class as c on t.oid = c.oid and c.relkind = 'r'
            where pg_catalog.pg_relation_size(c.oid) > 0
            order by c.oid desc
            limit 500
        loop
            foreach v_first in array array[16, 64, 1024] loop
                v_source := pg_catalog.format(
                    'only %s as t where t.ctid >= ''(%s,0)''::tid', v_leaf.name, greatest(v_leaf.blocks - v_first, 0)
                );
                execute 'select count(*) from ' || v_source into v_count;
                exit when v_rows + v_count >= 1000 or v_first >= v_leaf.blocks;
            end loop;
            v_sources := v_sources || v_source;
            v_rows := v_rows + v_count;
            exit when v_rows >= 1000;
        end loop;
        if not v_table.has_places then
            v_sources := array[v_table.qualified || ' as t where true'];
        end if;

        for v_column in
            select v_table.shown || '.' || e.name as name, e.expression, e.type
            from (values {{ expressions }}) as e (shown, name, expression, type)
            where e.shown = v_table.shown
        loop
            -- As mapping/read.sql converts it.
            execute pg_catalog.format(
                'select pg_catalog.pg_typeof(case when false then (%s) end)::oid '
                'from (values (1)) as o (x) left join %s as t on false', v_column.expression, v_table.qualified
            ) into v_type;
            v_value := pg_catalog.format(
                case
                    when v_type < 16384 then '(%1$s)::%2$s'
                    else '(case when (%1$s) is not null then pg_catalog.concat(%1$s) end)::%2$s'
                end,
                v_column.expression, v_column.type
            );
            v_failed := false;
            v_count := 0;
            v_far := 0;
            v_old := 0;
            v_year := null;
            foreach v_source in array v_sources loop
                begin
                    if v_column.type = 'timestamptz' then
                        execute pg_catalog.format(
                            'select $1 + count(s.x), $2 + count(*) filter (where s.x > now() + interval ''366 days''), '
                            '$3 + count(*) filter (where s.x < ''1990-01-01''), '
                            'greatest($4, extract(year from max(s.x))) '
                            'from (select %s as x from %s limit 10000) as s where isfinite(s.x)', v_value, v_source
                        ) into v_count, v_far, v_old, v_year using v_count, v_far, v_old, v_year;
                    else
                        execute pg_catalog.format(
                            'select count(s.x) from (select %s as x from %s limit 10000) as s', v_value, v_source
                        ) into v_rows;
                    end if;
                exception
                    when lock_not_available then
                        raise;
                    when others then
                        v_failed := true;
                        v_state := sqlstate;
                        exit;
                end;
            end loop;

            if v_failed then
                -- Which rows: each alone, for ten seconds at most.
                v_ids := '{}';
                v_until := pg_catalog.clock_timestamp() + interval '10 seconds';
                for v_row in
                    execute pg_catalog.format(
                        case
                            when v_table.has_places then 'select t.ctid::text as place from %s limit 10000'
                            else 'select pg_catalog.concat(%2$s) as place from %1$s limit 1000'
                        end,
                        v_source, v_table.id
                    )
                loop
                    exit when pg_catalog.cardinality(v_ids) >= 3 or pg_catalog.clock_timestamp() > v_until;
                    begin
                        execute pg_catalog.format(
                            case
                                when v_table.has_places then 'select %s from %s and t.ctid = $1::tid'
                                else 'select %s from %s and pg_catalog.concat(%s) = $1'
                            end,
                            v_value, v_source, v_table.id
                        ) into v_id using v_row.place;
                    exception
                        when lock_not_available then
                            raise;
                        when others then
                            v_state := sqlstate;
                            begin
                                v_id := 'id ' || pg_catalog.left(v_row.place, 100);
                                if v_table.has_places then
                                    execute pg_catalog.format(
                                        'select ''id '' || pg_catalog.left(pg_catalog.concat(%s), 100) from %s '
                                        'and t.ctid = $1::tid',
                                        v_table.id, v_source
                                    ) into v_id using v_row.place;
                                end if;
                            exception
                                when others then
                                    v_id := 'ctid ' || v_row.place;
                            end;
                            v_ids := v_ids || v_id;
                    end;
                end loop;
                v_problems := v_problems || pg_catalog.format(
                    '%s: fails with SQLSTATE %s for %s%s', v_column.name, v_state,
                    coalesce('the rows ' || nullif(pg_catalog.array_to_string(v_ids, ', '), ''), 'a row'),
                    case
                        when v_column.expression ~ '::\s*jsonb?' then
                            ': autopost.auto_post_json(...) gives NULL for text that is not valid JSON'
                    end
                );
            elsif v_table.name = 'operation_trackers' and v_far * 2 > v_count then
                v_problems := v_problems || pg_catalog.format(
                    '%s: %s of %s times are more than a year ahead, up to the year %s: are milliseconds read as seconds? '
                    'Write to_timestamp(... / 1000.0)', v_column.name, v_far, v_count, v_year
                );
            elsif v_table.name = 'operation_trackers' and v_old = v_count and v_count > 0 then
                v_problems := v_problems || pg_catalog.format(
                    '%s: all %s times are before 1990: is the unit right? to_timestamp(...) takes seconds; where the '
                    'table has no such time, write null', v_column.name, v_count
                );
            end if;
        end loop;

        -- A key says that ids are unique. Without one it is seen of as many rows as can be read in a moment.
        if v_table.name in ('agents', 'operation_trackers') and not v_table.is_key then
            foreach v_source in array
                case
                    when v_table.is_partitioned then v_sources || (v_table.qualified || ' as t where true')
                    when v_table.name = 'agents' then array[v_table.qualified || ' as t where true']
                    else v_sources
                end
            loop
                begin
                    execute pg_catalog.format(
                        'select count(*), min(d.id) from (select pg_catalog.left(s.id, 100) as id from '
                        '(select pg_catalog.concat(%s) as id from %s limit 100000) as s '
                        'where s.id <> '''' group by s.id having count(*) > 1) as d', v_table.id, v_source
                    ) into v_count, v_id;
                    if v_count > 0 then
                        v_problems := v_problems || pg_catalog.format(
                            '%s.id: %s of %s %s the id of more than one row, such as %s: %s', v_table.shown,
                            case v_count when 1 then '1 value' else v_count || ' values' end, v_table.qualified,
                            case v_count when 1 then 'is' else 'are each' end, v_id,
                            case v_table.name
                                when 'agents' then 'nobody could say which of them may post. Name what is unique, or '
                                    'make a view with a row for each agent'
                                else 'all but the first would never be posted. Name what is unique, such as a list of '
                                    'columns: id = ["dag_id", "run_id"]'
                            end
                        );
                        exit;
                    end if;
                exception
                    when lock_not_available then
                        raise;
                    when others then
                        null; -- named above: the expression fails
                end;
            end loop;
        end if;
    end loop;

    if v_problems <> '{}' then
        raise exception E'the mapping does not fit the rows of the platform:\n%',
        (select pg_catalog.string_agg('  ' || p.line, E'\n' order by p.place)
         from pg_catalog.unnest(v_problems) with ordinality as p (line, place))
        using hint = 'Nothing was changed.';
    end if;
    perform pg_catalog.set_config('search_path', v_path, true);
end
$mapping$;
