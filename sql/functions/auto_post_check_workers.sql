-- Part of auto_post_check: the workers, the problems that they report, the reconciler that they run, what that met and
-- did not capture, and what waits for a time of the future.
create or replace function {{ schema }}.auto_post_check_workers()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with workers as (
        select
            pg_catalog.count(*) filter (where w.last_seen_at > pg_catalog.now() - interval '1 minute') as alive,
            pg_catalog.string_agg(distinct w.version, ', ') filter (
                where w.last_seen_at > pg_catalog.now() - interval '1 minute'
            ) as versions,
            pg_catalog.max(w.last_seen_at) as last_seen_at,
            pg_catalog.min(w.started_at) filter (where w.last_seen_at > pg_catalog.now() - interval '1 minute')
                as started_at,
            exists (
                select from {{ schema }}.auto_post_outbox as o
                where o.state in ('pending', 'claimed') and o.available_at < 'infinity'
            ) as rows_wait
        from {{ schema }}.auto_post_workers as w
    ),

    reconciler as (
        select
            r.since is not null as is_there, r.last_run_at, r.last_round_at,
            (select pg_catalog.bool_or(c.capture_enabled) from {{ schema }}.auto_post_control as c)
            and w.started_at < pg_catalog.now() - interval '1 hour' as should_run
        from workers as w
        left join {{ schema }}.auto_post_reconciliation as r on true
    )

    select
        case when w.alive > 0 then 'ok' when w.rows_wait then 'problem' else 'warning' end, 'workers',
        case
            when w.alive > 0 then pg_catalog.format('%s alive (%s)', w.alive, w.versions)
            else
                'none is alive'
                || coalesce('; the last was seen at ' || pg_catalog.date_trunc('second', w.last_seen_at)::text, '')
                || case when w.rows_wait then ', and rows wait' else '' end
        end,
        case when w.alive = 0 then 'autopost run' end
    from workers as w
    union all
    select
        case when p.seconds < 600 or p.subject like 'language model%' then 'warning' else 'problem' end, p.subject,
        pg_catalog.format('worker %s, for %s: %s', w.name, pg_catalog.make_interval(secs => p.seconds), p.finding),
        case p.subject
            when 'reconcile' then 'autopost reconcile --all  # says why'
            when 'retention' then 'select {{ schema }}.auto_post_expire(interval ''7 days'');  -- says why'
            when 'language model' then 'autopost check  # asks it once, and says what to change'
            when 'language model''s answers' then
                'export SOCIAL_POST_LLM_MODEL=...  # a model that follows instructions; autopost status counts the reasons'
            when 'agent lock' then 'select pg_terminate_backend(pid);  -- which locks there are: autopost sql advisory'
            when 'audit log' then
                'select tgname from pg_trigger where tgrelid = ''{{ platform }}.audit_log''::regclass;'
            else 'see the log of that worker'
        end
    from {{ schema }}.auto_post_workers as w
    cross join pg_catalog.jsonb_to_recordset(w.problems) as p (subject text, finding text, seconds integer)
    where w.last_seen_at > pg_catalog.now() - interval '1 minute'
    union all
    select
        'warning', 'language model''s budget',
        pg_catalog.format(
            '%s of %s US dollars are used today: templates are used until midnight UTC, in %s',
            pg_catalog.round(d.spent_usd::numeric, 4), d.limit_usd,
            pg_catalog.date_trunc(
                'minute', (d.day + 1)::timestamp - (pg_catalog.now() at time zone 'UTC') + interval '1 minute'
            )
        ),
        'export SOCIAL_POST_LLM_DAILY_USD=...  # a higher one counts after a restart of the workers'
    from {{ schema }}.auto_post_llm_days as d
    where d.day = (pg_catalog.now() at time zone 'UTC')::date and d.is_exhausted
    union all
    select
        case
            when not r.is_there then 'problem'
            when
                r.should_run
                and (
                    coalesce(r.last_run_at, '-infinity') < pg_catalog.now() - interval '1 hour'
                    or coalesce(r.last_round_at, '-infinity') < pg_catalog.now() - interval '1 day'
                )
                then 'warning'
            else 'ok'
        end,
        'reconciler',
        case
            when not r.is_there then 'auto_post_reconciliation has lost its row: what the trigger misses is not found'
            when r.last_run_at is null then 'has not run yet'
            else pg_catalog.format(
                'last ran at %s, last came to the end of operation_trackers %s',
                pg_catalog.date_trunc('second', r.last_run_at),
                coalesce('at ' || pg_catalog.date_trunc('second', r.last_round_at)::text, 'never')
            )
        end,
        case
            when not r.is_there then 'insert into {{ schema }}.auto_post_reconciliation default values;'
            when
                r.should_run
                and (
                    coalesce(r.last_run_at, '-infinity') < pg_catalog.now() - interval '1 hour'
                    or coalesce(r.last_round_at, '-infinity') < pg_catalog.now() - interval '1 day'
                )
                then 'autopost reconcile --all'
        end
    from reconciler as r
    union all
    select
        'warning', 'reconciler',
        pg_catalog.format(
            'it found %s in the last hour, since %s: the trigger misses them or was away', r.found_in_hour,
            pg_catalog.date_trunc('second', r.hour_began_at)
        ),
        'autopost sql capture  # whether it fires; the agents'' own logs have a warning for each that failed'
    from {{ schema }}.auto_post_reconciliation as r
    where r.found_in_hour > 0 and r.hour_began_at > pg_catalog.now() - interval '1 hour'
    union all
    select
        'problem', 'reconciler', pg_catalog.format('it cannot read %s (SQLSTATE %s)', n.tracker_id, n.detail),
        'autopost reconcile --all  # whether it still is so'
    from {{ schema }}.auto_post_not_captured as n
    where n.reason = 'unreadable_table'
    union all
    select
        case when n.operations > 0 then 'warning' else 'ok' end, 'not captured',
        case
            when n.operations > 0
                then pg_catalog.format('%s operations that meet a rule: %s', n.operations, n.reasons)
            else 'nothing that the reconciler met'
        end,
        case when n.operations > 0 then 'autopost sql missed  # which they are' end
    from (
        select
            coalesce(pg_catalog.sum(g.operations), 0) as operations,
            pg_catalog.string_agg(
                pg_catalog.format('%s %s', g.operations, g.reason), ', ' order by g.operations desc, g.reason asc
            ) as reasons
        from (
            select c.reason, pg_catalog.count(*) as operations
            from {{ schema }}.auto_post_not_captured as c
            -- What merely changed after it ended is shown by the statement, and is nothing to warn of.
            where c.reason not in ('old_by_its_times', 'unreadable_table')
            group by c.reason
        ) as g
    ) as n
    union all
    select
        case when t.ahead is null then 'ok' else 'warning' end,
        'database clock',
        coalesce(
            'it was set back, and these have times of the future: ' || t.ahead,
            'nothing has a time of the future'
        ),
        case
            when t.ahead is not null then
                'update {{ schema }}.auto_post_rules set since = now() where since > now(); '
                'select {{ schema }}.auto_post_correct_clock();'
        end
    from (
        select pg_catalog.string_agg(f.what, ', ' order by f.what) as ahead
        from (
            select pg_catalog.count(*) || ' agents'' last posts' as what
            from {{ schema }}.auto_post_rate_limits as l
            where l.last_post_at > pg_catalog.clock_timestamp() + interval '1 second'
            having pg_catalog.count(*) > 0
            union all
            select pg_catalog.count(*) || ' rows that wait'
            from {{ schema }}.auto_post_outbox as o
            where
                o.state = 'pending' and o.available_at < 'infinity'
                and o.available_at > pg_catalog.clock_timestamp() + interval '1 second'
                and o.captured_at > pg_catalog.clock_timestamp()
                and o.summary is null  -- a summary of alerts waits for its time
            having pg_catalog.count(*) > 0
            union all
            select 'since when the reconciler looks'
            from {{ schema }}.auto_post_reconciliation as c
            where c.since > pg_catalog.clock_timestamp() + interval '1 second'
            union all
            select pg_catalog.count(*) || ' rules'
            from {{ schema }}.auto_post_rules as r
            where r.since > pg_catalog.clock_timestamp() + interval '1 second'
            having pg_catalog.count(*) > 0
        ) as f
    ) as t
$$;

revoke execute on function {{ schema }}.auto_post_check_workers() from public;

comment on function {{ schema }}.auto_post_check_workers() is
'Part of auto_post_check: the workers, the problems that they report, the reconciler, and what it did not capture.';
