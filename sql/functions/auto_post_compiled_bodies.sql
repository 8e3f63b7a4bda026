-- The bodies that the generated functions must have for the rules and switches as they are: a row for each function.
-- No row without the row of auto_post_control. What a rule says stands in literals alone (quote_literal). Exact rules
-- are looked up in a constant of type jsonb, which costs the same for any number of rules; patterns are compared one
-- after another. The order is that of auto_post_best_rule; letters are compared as in auto_post_matching_rules.
create or replace function {{ schema }}.auto_post_compiled_bodies()
returns table (name text, signature text, result text, volatility text, body text)
language sql
stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
    with rules as (
        select
            r.operation_type, r.match, r.status, r.id, r.since,
            case when r.is_alert or r.status = 'failed' collate "C" then -r.id else r.id end as result
        from {{ schema }}.auto_post_rules as r
        where r.enabled
    ),

    -- For a failed operation, a rule for any status is an alert too.
    exact as (
        select r.status, r.operation_type, r.result
        from rules as r
        where r.match = 'exact' and r.status is not null
        union all
        select 'failed', r.operation_type, -r.id
        from rules as r
        where
            r.match = 'exact' and r.status is null
            and not exists (
                select from rules as o
                where
                    o.match = 'exact'
                    and o.operation_type = r.operation_type collate "C"
                    and o.status = 'failed' collate "C"
            )
    ),

    -- The statuses and types without one of which no rule matches.
    words as (
        select r.status as word
        from rules as r
        where r.status is not null
        union
        select r.operation_type
        from rules as r
        where r.match = 'exact' and r.status is null
    ),

    parts as (
        select
            case
                when exists (select from rules as r where r.match = 'like' and r.status is null) then '0'
                else (
                    select
                        'case when pg_catalog.jsonb_exists_any('
                        || pg_catalog.quote_literal(pg_catalog.jsonb_object_agg(w.word, 0))
                        || ', array[p_operation_type, p_status]) then 0 end'
                    from words as w
                )
            end as filter,
            (
                select pg_catalog.quote_literal(pg_catalog.jsonb_object_agg(e.status, e.types))
                from (
                    select e.status, pg_catalog.jsonb_object_agg(e.operation_type, e.result) as types
                    from exact as e
                    group by e.status
                ) as e
            ) as by_status,
            (
                select pg_catalog.quote_literal(pg_catalog.jsonb_object_agg(r.operation_type, r.result))
                from rules as r
                where r.match = 'exact' and r.status is null
            ) as by_type,
            (
                select
                    'case '
                    || pg_catalog.string_agg(
                        pg_catalog.format(
                            'when %sp_operation_type collate "C" ilike %L then %s',
                            case
                                when r.status is not null
                                    then pg_catalog.format('p_status collate "C" = %L and ', r.status)
                            end,
                            r.operation_type,
                            case
                                when r.status is null and r.result > 0 then pg_catalog.format(
                                    'case when p_status collate "C" = ''failed'' then %s else %s end', -r.id, r.id
                                )
                                else r.result::text
                            end
                        ),
                        ' ' order by (r.status is null), r.id
                    )
                    || ' end'
                from rules as r
                where r.match = 'like'
            ) as pattern
    )

    select
        'auto_post_compiled_rule', 'p_part text, p_operation_type text, p_status text', 'integer', 'immutable',
        case
            when c.capture_enabled and exists (select from rules)
                then
                    pg_catalog.format(
                        'select case p_part when ''filter'' then %s when ''exact'' then %s when ''pattern'' then %s end',
                        p.filter,
                        'coalesce('
                        || pg_catalog.concat_ws(
                            ', ', p.by_status || '::pg_catalog.jsonb #> array[p_status, p_operation_type]',
                            p.by_type || '::pg_catalog.jsonb -> p_operation_type', 'null::pg_catalog.jsonb'
                        )
                        || ')::integer',
                        coalesce(p.pattern, 'null::integer')
                    )
            else 'select null::integer'
        end
    from {{ schema }}.auto_post_control as c
    cross join parts as p
    union all
    select
        'auto_post_compiled_since', 'p_rule_id integer', 'timestamptz', 'stable',
        coalesce(
            'select ('
            || pg_catalog.quote_literal(
                (select pg_catalog.jsonb_object_agg(r.id, r.since) from rules as r)
            )
            || '::pg_catalog.jsonb ->> p_rule_id::text)::timestamptz',
            'select null::timestamptz'
        )
    from {{ schema }}.auto_post_control as c
    union all
    select
        'auto_post_compiled_title', 'p_rule_id integer', 'text', 'immutable',
        coalesce(
            'select '
            || pg_catalog.quote_literal(
                (
                    select pg_catalog.jsonb_object_agg(r.id, r.title)
                    from {{ schema }}.auto_post_rules as r
                    where r.title is not null
                )
            )
            || '::pg_catalog.jsonb ->> p_rule_id::text',
            'select null::text'
        )
    from {{ schema }}.auto_post_control as c
    union all
    select
        'auto_post_compiled_wakeup', '', 'text', 'immutable', pg_catalog.format('select %L::text', c.wakeup)
    from {{ schema }}.auto_post_control as c
$$;

revoke execute on function {{ schema }}.auto_post_compiled_bodies() from public;

comment on function {{ schema }}.auto_post_compiled_bodies() is
'The bodies that the generated functions of the trigger must have for the rules and switches as they are.';
