-- Refuses a mapping that the platform's tables cannot bear, with one message that names everything. Changes nothing.
-- Reads the catalog and plans each expression; no row is read.
do $mapping$
declare
    v_path text := pg_catalog.current_setting('search_path');
    v_problems text[] := '{}';
    v_table record;
    v_probe record;
    v_oid oid;
begin
    -- As in the functions that will hold the expressions: every name but those of pg_catalog must be qualified.
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);

    for v_table in
        select m.name, m.qualified, m.written
        from (values {{ tables }}) as m (name, qualified, written)
    loop
        v_oid := pg_catalog.to_regclass(v_table.qualified);
        if v_oid is null then
            v_problems := v_problems || pg_catalog.format('%s: there is no table %s', v_table.name, v_table.qualified);
            continue;
        end if;
        if
            v_table.name ~ '^operation_trackers'
            and (select c.relkind from pg_catalog.pg_class as c where c.oid = v_oid) not in ('r', 'p')
        then
            v_problems := v_problems || pg_catalog.format(
                '%s: %s is not a table but a view or a foreign table, which can have no such trigger',
                v_table.name, v_table.qualified
            );
        end if;
        if not pg_catalog.has_table_privilege(v_oid, 'select') then
            v_problems := v_problems || pg_catalog.format(
                '%s: %s has no right to read %s', v_table.name, current_user, v_table.qualified
            );
            continue;
        end if;
        -- To make the trigger the right TRIGGER would do; to comment and to drop it would not.
        if
            v_table.name ~ '^operation_trackers'
            and not pg_catalog.pg_has_role((select c.relowner from pg_catalog.pg_class as c where c.oid = v_oid), 'usage')
        then
            v_problems := v_problems || pg_catalog.format(
                '%s: %s must own %s, or be a member of its owner, to make a trigger on it and to drop it again',
                v_table.name, current_user, v_table.qualified
            );
        end if;
        if v_table.written is not null and not pg_catalog.has_table_privilege(v_oid, 'insert') then
            v_problems := v_problems || pg_catalog.format(
                '%s: %s has no right to insert into %s', v_table.name, current_user, v_table.qualified
            );
        end if;

        v_problems := v_problems || array(
            select pg_catalog.format('%s: %s has no column %s', v_table.name, v_table.qualified, w.name)
            from pg_catalog.unnest(v_table.written::text[]) as w (name)
            where not exists (
                select from pg_catalog.pg_attribute as a
                where a.attrelid = v_oid and a.attname = w.name and a.attnum > 0 and not a.attisdropped
            )
            union all
            select pg_catalog.format(
                '%s: column %s of %s must be given and has no default: say in [%s.values] what it gets',
                v_table.name, a.attname, v_table.qualified, v_table.name
            )
            from pg_catalog.pg_attribute as a
            where
                a.attrelid = v_oid and a.attnum > 0 and not a.attisdropped
                and a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = ''
                and a.attname <> all(v_table.written::text[])
        );

        for v_probe in
            select p.what, p.statement
            from (values {{ probes }}) as p (name, what, statement)
            where p.name = v_table.name
        loop
            begin
                execute v_probe.statement;
            exception
                when lock_not_available then
                    raise;
                when others then
                    v_problems := v_problems || (v_probe.what || ': ' || sqlerrm);
            end;
        end loop;
    end loop;

    -- An expression is taken at its word; of columns it can be seen. Several together need a key that has no others.
    v_problems := v_problems || array(
        select
            case pg_catalog.cardinality(k.id_columns)
                when 1 then pg_catalog.format(
                    '%s: column %s of %s must be unique by itself: the row is known by it alone',
                    k.name, k.id_columns[1], k.qualified
                )
                else pg_catalog.format(
                    '%s: the columns %s of %s must be unique together: the row is known by them alone',
                    k.name, pg_catalog.array_to_string(k.id_columns, ', '), k.qualified
                )
            end
        from (
            select m.name, m.qualified, m.id_columns::text[] as id_columns
            from (values {{ keys }}) as m (name, qualified, id_columns)
        ) as k
        inner join pg_catalog.pg_class as c on c.oid = pg_catalog.to_regclass(k.qualified)
        where
            (c.relkind = 'r' or (c.relkind = 'p' and pg_catalog.cardinality(k.id_columns) > 1))
            and k.id_columns <> '{}'
            and not exists (
                select from pg_catalog.pg_index as i
                where
                    i.indrelid = c.oid and i.indisunique and i.indpred is null and i.indexprs is null
                    and not exists (
                        select from pg_catalog.generate_series(0, i.indnkeyatts - 1) as p (place)
                        where not exists (
                            select from pg_catalog.pg_attribute as a
                            where a.attrelid = c.oid and a.attnum = i.indkey[p.place] and a.attname = any(k.id_columns)
                        )
                    )
            )
    )
    -- Several: one of them NULL would leave the operation without an id.
    || array(
        select pg_catalog.format('%s: column %s of %s is part of the id and must be NOT NULL', k.name, a.attname, k.qualified)
        from (
            select m.name, m.qualified, m.id_columns::text[] as id_columns
            from (values {{ keys }}) as m (name, qualified, id_columns)
        ) as k
        inner join pg_catalog.pg_attribute as a
            on a.attrelid = pg_catalog.to_regclass(k.qualified) and a.attname = any(k.id_columns)
        where pg_catalog.cardinality(k.id_columns) > 1 and not a.attnotnull and a.attnum > 0 and not a.attisdropped
    )
    -- The agent's session and the worker's would write another text.
    || array(
        select pg_catalog.format(
            '%s: column %s of %s is %s, whose text depends on the session: write an expression for the id, such as '
            'extract(epoch from t.%s)', k.name, a.attname, k.qualified,
            pg_catalog.format_type(a.atttypid, a.atttypmod), pg_catalog.quote_ident(a.attname)
        )
        from (
            select m.name, m.qualified, m.id_columns::text[] as id_columns
            from (values {{ keys }}) as m (name, qualified, id_columns)
        ) as k
        inner join pg_catalog.pg_attribute as a
            on a.attrelid = pg_catalog.to_regclass(k.qualified) and a.attname = any(k.id_columns)
        where
            pg_catalog.cardinality(k.id_columns) > 1 and a.attnum > 0 and not a.attisdropped
            and a.atttypid in (
                'timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype, 'timetz'::regtype, 'interval'::regtype,
                'float4'::regtype, 'float8'::regtype, 'bytea'::regtype, 'money'::regtype
            )
    );

    if v_problems <> '{}' then
        raise exception E'the mapping does not fit the platform:\n%',
        (select pg_catalog.string_agg('  ' || p.line, E'\n' order by p.place)
         from pg_catalog.unnest(v_problems) with ordinality as p (line, place))
        using hint = 'Nothing was changed.';
    end if;
    perform pg_catalog.set_config('search_path', v_path, true);
end
$mapping$;
