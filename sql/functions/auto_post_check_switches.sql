-- Part of auto_post_check: what a DBA switched: capturing, claiming, the way in which workers are woken, and the rules.
create or replace function {{ schema }}.auto_post_check_switches()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        case when c.capture_enabled then 'ok' when c.capture_enabled is null then 'problem' else 'warning' end,
        'capture',
        case
            when c.capture_enabled then 'switched on'
            when c.capture_enabled is null then
                'auto_post_control has lost its row: nothing is claimed'
            else
                'switched off' || coalesce({{ schema }}.auto_post_check_by('capture_off'), '')
                || ': what ends now is never captured'
        end,
        case
            when c.capture_enabled is null then 'insert into {{ schema }}.auto_post_control default values;'
            when not c.capture_enabled then 'select {{ schema }}.auto_post_capture_on();'
        end
    from (values (true)) as one (is_there)
    left join {{ schema }}.auto_post_control as c on one.is_there
    union all
    select
        'warning', 'pause',
        'claiming is paused' || coalesce({{ schema }}.auto_post_check_by('pause'), ''),
        'select {{ schema }}.auto_post_resume();'
    from {{ schema }}.auto_post_control as c
    where c.paused
    union all
    (
        select
            'warning', 'pause',
            pg_catalog.format(
                '%s %s is paused by %s since %s', pg_catalog.replace(p.kind, '_', ' '), p.value, p.paused_by,
                pg_catalog.date_trunc('second', p.paused_at)
            ),
            pg_catalog.format('select {{ schema }}.auto_post_resume(%L, %L);', p.kind, p.value)
        from {{ schema }}.auto_post_pauses as p
        order by p.paused_at
        limit 20
    )
    union all
    select
        'warning', 'pause', pg_catalog.format('%s more agents or operation types are paused', pg_catalog.count(*) - 20),
        'select * from {{ schema }}.auto_post_pauses order by paused_at;'
    from {{ schema }}.auto_post_pauses as p
    having pg_catalog.count(*) > 20
    union all
    select 'ok', 'pause', 'nothing is paused', null
    where
        not exists (select from {{ schema }}.auto_post_pauses)
        and not exists (select from {{ schema }}.auto_post_control as c where c.paused)
    union all
    select
        case
            when not w.is_at_odds then 'ok'
            when exists (
                select from pg_catalog.pg_prepared_xacts as x where x.database = pg_catalog.current_database()
            ) then 'problem'
            else 'warning'
        end,
        'wake-up',
        w.wakeup
        || case
            when w.is_at_odds then
                ', and max_prepared_transactions is above 0: a transaction that rang cannot be prepared'
            else ''
        end,
        case when w.is_at_odds then 'update {{ schema }}.auto_post_control set wakeup = ''poll'';' end
    from (
        select
            c.wakeup,
            c.wakeup <> 'poll' and pg_catalog.current_setting('max_prepared_transactions')::integer > 0 as is_at_odds
        from {{ schema }}.auto_post_control as c
    ) as w
    union all
    select
        case when r.enabled > 0 then 'ok' else 'warning' end, 'rules',
        case
            when r.enabled > 0 then pg_catalog.format('%s of %s are on', r.enabled, r.known)
            when r.known > 0 then 'none is on, so that no operation is significant'
            else 'there is none, so that no operation is significant'
        end,
        case
            when r.enabled > 0 then null
            when r.known > 0 then
                'select {{ schema }}.auto_post_switch_rule(id, true) from {{ schema }}.auto_post_rules;'
            else 'select {{ schema }}.auto_post_add_rule(''workflow_execute'', ''completed'');'
        end
    from (
        select pg_catalog.count(*) filter (where a.enabled) as enabled, pg_catalog.count(*) as known
        from {{ schema }}.auto_post_rules as a
    ) as r
$$;

revoke execute on function {{ schema }}.auto_post_check_switches() from public;

comment on function {{ schema }}.auto_post_check_switches() is
'Part of auto_post_check: capturing, pauses, the way in which workers are woken, and the rules.';
