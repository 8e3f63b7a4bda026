-- Part of auto_post_check: what waits, what nobody rescues, what died, what is parked, what is kept too long, and what
-- was not broadcast. Reads the two partial indexes, what is unfinished and what ended in the last day, and the log of
-- events from where its last consumer is.
create or replace function {{ schema }}.auto_post_check_outbox(p_keep interval)
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with unfinished as (
        select
            pg_catalog.count(*) filter (where o.available_at < 'infinity') as waiting,
            pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - coalesce(
                pg_catalog.min(o.captured_at) filter (
                    -- a summary of alerts waits for its time
                    where o.available_at < 'infinity' and (o.summary is null or o.available_at <= pg_catalog.now())
                ),
                pg_catalog.clock_timestamp()
            )) as age,
            pg_catalog.clock_timestamp() - pg_catalog.min(o.available_at) filter (
                where o.state = 'pending' and o.available_at < 'infinity'
            ) as overdue,
            pg_catalog.count(*) filter (
                where o.state = 'claimed' and o.available_at < pg_catalog.clock_timestamp() - interval '1 minute'
            ) as stuck,
            pg_catalog.count(*) filter (where o.available_at = 'infinity') as parked,
            pg_catalog.count(*) filter (
                where
                o.available_at = 'infinity'
                and not exists (
                    select from {{ schema }}.auto_post_pauses as p
                    where
                        p.value = case p.kind when 'agent' then o.agent_id else o.operation_type end
                        or (p.kind = 'operation_type' and o.operation_type is null)
                )
            ) as forgotten
        from {{ schema }}.auto_post_operations as o
        where o.state in ('pending', 'claimed')
    ),

    control as (
        select pg_catalog.bool_or(c.paused) as is_paused from {{ schema }}.auto_post_control as c
    ),

    dead as (
        select pg_catalog.sum(d.operations) as operations, pg_catalog.string_agg(
            pg_catalog.format('%s %s', d.operations, d.last_error), ', ' order by d.operations desc
        ) as errors
        from (
            select o.last_error, pg_catalog.count(*) as operations
            from {{ schema }}.auto_post_outbox as o
            where o.finished_at > pg_catalog.now() - interval '1 day' and o.state = 'dead'
            group by o.last_error
        ) as d
    ),

    oldest as (
        select pg_catalog.min(o.finished_at) as finished_at
        from {{ schema }}.auto_post_outbox as o
        where o.finished_at is not null
    ),

    unsent as (
        select
            pg_catalog.count(*) as waiting,
            pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - pg_catalog.min(w.created_at)) as age,
            (
                select pg_catalog.string_agg(pg_catalog.replace(b.name, ':', ' '), ', ' order by b.name)
                from {{ schema }}.auto_post_consumers as b
                where b.position < (select l.position from {{ schema }}.auto_post_consumers as l where l.name = 'log')
            ) as behind
        from (
            select a.created_at from {{ schema }}.auto_post_events as a
            where a.position is null
            union all
            select a.created_at from {{ schema }}.auto_post_events as a
            where
                a.position > (
                    select pg_catalog.min(p.position) from {{ schema }}.auto_post_consumers as p where p.name <> 'log'
                )
                and exists (
                    select from {{ schema }}.auto_post_consumers as p
                    where p.name <> 'log' and a.position > p.position and not a.position <@ p.ahead
                )
        ) as w
    )

    select
        case
            when coalesce(u.overdue < interval '1 minute', true) then 'ok'
            when u.overdue < interval '10 minutes' or c.is_paused then 'warning'
            else 'problem'
        end,
        'waiting',
        case
            when u.waiting = 0 then 'nothing'
            else pg_catalog.format('%s, the oldest for %s', u.waiting, u.age)
        end,
        case
            when u.overdue < interval '1 minute' then null
            when c.is_paused then 'select {{ schema }}.auto_post_resume();'
            when u.overdue is not null then 'autopost run  # one more; what it is about: autopost sql waiting'
        end
    from unfinished as u
    cross join control as c
    union all
    select
        case when u.stuck = 0 then 'ok' when c.is_paused then 'warning' else 'problem' end, 'stuck',
        case
            when u.stuck = 0 then 'nothing'
            else pg_catalog.format('%s held by workers that are gone, and nobody took over', u.stuck)
        end,
        case when u.stuck > 0 then 'autopost run  # which they are: autopost sql stuck' end
    from unfinished as u
    cross join control as c
    union all
    select
        case when u.forgotten > 0 then 'problem' when u.parked > 0 then 'warning' else 'ok' end, 'parked',
        case
            when u.forgotten > 0 then pg_catalog.format('%s without a pause that holds them', u.forgotten)
            when u.parked > 0 then pg_catalog.format('%s until their pauses end', u.parked)
            else 'nothing'
        end,
        case
            when u.forgotten > 0 then
                'update {{ schema }}.auto_post_outbox set available_at = captured_at '
                'where state = ''pending'' and available_at = ''infinity'';'
            when u.parked > 0 then
                'select {{ schema }}.auto_post_resume(kind, value) from {{ schema }}.auto_post_pauses;'
        end
    from unfinished as u
    union all
    select
        case when d.operations > 0 then 'warning' else 'ok' end, 'dead letters',
        coalesce('in the last day: ' || d.errors, 'none in the last day'),
        case
            when d.operations > 0 then
                'select {{ schema }}.auto_post_retry_all();  -- first: select * from {{ schema }}.auto_post_dead'
        end
    from dead as d
    union all
    select
        case when o.finished_at < pg_catalog.now() - p_keep - interval '1 day' then 'warning' else 'ok' end,
        'retention',
        case
            when o.finished_at is null then 'nothing has finished'
            else pg_catalog.format(
                'the oldest finished row is of %s, and they are to stay for %s',
                pg_catalog.date_trunc('second', o.finished_at), p_keep
            )
        end,
        case
            when o.finished_at < pg_catalog.now() - p_keep - interval '1 day' then
                pg_catalog.format('select {{ schema }}.auto_post_expire(%L, 100000);', p_keep)
        end
    from oldest as o
    union all
    select
        case when a.age >= interval '1 minute' then 'warning' else 'ok' end, 'broadcast',
        case
            when a.waiting = 0 then 'none wait'
            else pg_catalog.format('%s wait, the oldest for %s, for %s', a.waiting, a.age, coalesce(a.behind, 'a position'))
        end,
        case
            when a.age < interval '1 minute' then null
            when a.behind like '%transport%' then
                'autopost run  # its log says what is wrong; SOCIAL_POST_BROADCAST is none now? then '
                'delete from {{ schema }}.auto_post_consumers where name = ''transport'';'
            when a.behind is not null then 'autopost webhooks  # and: autopost webhooks test NAME'
            when a.age is not null then 'autopost run'
        end
    from unsent as a
    union all
    select
        case when t.operations > 0 then 'warning' else 'ok' end, 'tenants',
        case
            when t.operations > 0
                then pg_catalog.format(
                    '%s operations of the last day name another tenant than their agent''s', t.operations
                )
            else 'every operation of the last day is of its agent''s tenant'
        end,
        case when t.operations > 0 then 'autopost sql skipped  # reason tenant_mismatch' end
    from (
        select pg_catalog.count(*) as operations
        from {{ schema }}.auto_post_outbox as o
        where
            o.finished_at > pg_catalog.now() - interval '1 day' and o.state = 'skipped'
            and o.reason = 'tenant_mismatch'
    ) as t
$$;

revoke execute on function {{ schema }}.auto_post_check_outbox(interval) from public;

comment on function {{ schema }}.auto_post_check_outbox(interval) is
'Part of auto_post_check: waiting, stuck, dead and parked rows, and rows that are kept longer than p_keep.';
