-- The rights of the worker and of read-only users, as two group roles; the application's own role needs none of ours.
-- `autopost grant` runs it, and creates the roles. By hand, as an owner who may create roles:
-- autopost sql grants | psql -v ON_ERROR_STOP=1 ...; then: grant auto_post_worker to the_login_of_the_worker;
do $roles$
begin
    if not exists (select from pg_catalog.pg_roles as r where r.rolname = 'auto_post_worker') then
        create role auto_post_worker nologin;
    end if;
    if not exists (select from pg_catalog.pg_roles as r where r.rolname = 'auto_post_reader') then
        create role auto_post_reader nologin;
    end if;
end
$roles$;

grant usage on schema {{ schema }}, {{ platform }} to auto_post_worker, auto_post_reader;

-- The worker: reads agents, writes the feed and the audit log, moves the outbox on. It deletes no row of an
-- operation: what retention and the reconciler do, they do in functions of the owner.
grant select on
{{ platform }}.agents, {{ schema }}.auto_post_schema_version, {{ schema }}.auto_post_compatibility,
{{ schema }}.auto_post_control, {{ schema }}.auto_post_tombstones, {{ schema }}.auto_post_alert_windows
to auto_post_worker;
grant select on
{{ schema }}.auto_post_pauses, {{ schema }}.auto_post_outbox, {{ schema }}.auto_post_operations
to auto_post_worker;
grant select, insert on {{ schema }}.auto_post_rate_limits, {{ schema }}.auto_post_llm_days to auto_post_worker;
grant select, insert, delete on {{ schema }}.auto_post_workers, {{ schema }}.auto_post_rate_limited to auto_post_worker;
grant select, insert, delete on {{ schema }}.auto_post_events to auto_post_worker;
grant select, insert on {{ schema }}.auto_post_consumers to auto_post_worker;
grant select, insert, delete on {{ schema }}.auto_post_webhook_dead_letters, {{ schema }}.auto_post_webhook_summaries
to auto_post_worker;
grant execute on function
{{ schema }}.auto_post_host_problems(),
{{ schema }}.auto_post_committed(text[]),
{{ schema }}.auto_post_compiled_title(integer),
{{ schema }}.auto_post_outbox_is_sound(text, text, text, text, text, timestamptz),
{{ schema }}.auto_post_reconcile(integer, integer),
{{ schema }}.auto_post_expire(interval, integer),
{{ schema }}.auto_post_count_alerts(jsonb, timestamptz),
{{ schema }}.auto_post_add_digests(text[], text[], interval),
{{ schema }}.auto_post_sequence_events(integer),
{{ schema }}.auto_post_open_approvals(timestamptz, integer)
to auto_post_worker;
grant select on {{ schema }}.auto_post_rules, {{ schema }}.auto_post_reconciliation, {{ schema }}.auto_post_not_captured
to auto_post_worker; -- the check

-- Read-only users: everything but the raw text of the operations.
grant select on
{{ platform }}.agents, {{ platform }}.social_posts, {{ platform }}.audit_log, {{ schema }}.auto_post_schema_version,
{{ schema }}.auto_post_compatibility, {{ schema }}.auto_post_rules, {{ schema }}.auto_post_control,
{{ schema }}.auto_post_pauses, {{ schema }}.auto_post_workers, {{ schema }}.auto_post_rate_limits,
{{ schema }}.auto_post_alert_windows, {{ schema }}.auto_post_rate_limited,
{{ schema }}.auto_post_reconciliation, {{ schema }}.auto_post_not_captured,
{{ schema }}.auto_post_tombstones, {{ schema }}.auto_post_llm_days,
{{ schema }}.auto_post_health,
{{ schema }}.auto_post_dead, {{ schema }}.auto_post_stuck, {{ schema }}.auto_post_skips,
{{ schema }}.auto_post_operations, {{ schema }}.auto_post_consumers
to auto_post_reader;
grant execute on function
{{ schema }}.auto_post_host_problems(),
{{ schema }}.auto_post_outbox_id(text, integer),
{{ schema }}.auto_post_history(text),
{{ schema }}.auto_post_open_approvals(timestamptz, integer)
to auto_post_reader;

-- Columns: in the outbox a worker changes the outcome of an operation and what was committed of it; a reader sees no
-- texts.
-- Which columns: select * from {{ schema }}.auto_post_column_rights();
do $columns$
declare
    v_right record;
begin
    for v_right in
        select
            c.group_name, c.privilege, c.relation,
            pg_catalog.string_agg(pg_catalog.quote_ident(c.column_name), ', ') as columns
        from {{ schema }}.auto_post_column_rights() as c
        group by c.group_name, c.privilege, c.relation
    loop
        execute pg_catalog.format(
            'revoke %s on %s from %I', v_right.privilege, v_right.relation, v_right.group_name
        );
        execute pg_catalog.format(
            'grant %s (%s) on %s to %I', v_right.privilege, v_right.columns, v_right.relation, v_right.group_name
        );
    end loop;
end
$columns$;

-- Both: sessions of the dashboard.
grant select on {{ schema }}.auto_post_ended_sessions to auto_post_worker, auto_post_reader;
grant execute on function {{ schema }}.auto_post_end_session(text, timestamptz) to auto_post_worker, auto_post_reader;

-- Both: what views of a mapping may call, and the lookup of an agent.
grant execute on function
{{ schema }}.auto_post_json(text), {{ schema }}.auto_post_agents(text), {{ schema }}.auto_post_type_of(anyelement)
to auto_post_worker, auto_post_reader;

-- Both: the self-check, which says whether it stands as above.
grant execute on function
{{ schema }}.auto_post_platform_changes(),
{{ schema }}.auto_post_compiled_bodies(),
{{ schema }}.auto_post_column_rights(),
{{ schema }}.auto_post_check(interval),
{{ schema }}.auto_post_check_by(text),
{{ schema }}.auto_post_check_functions(),
{{ schema }}.auto_post_check_held_back(interval, integer),
{{ schema }}.auto_post_check_webhooks(),
{{ schema }}.auto_post_check_outbox(interval),
{{ schema }}.auto_post_check_rights(),
{{ schema }}.auto_post_check_row_security(),
{{ schema }}.auto_post_check_schema(),
{{ schema }}.auto_post_check_server(),
{{ schema }}.auto_post_check_switches(),
{{ schema }}.auto_post_check_trigger(),
{{ schema }}.auto_post_check_workers()
to auto_post_worker, auto_post_reader;

-- Only where the platform's tables are mapped: what they were mapped by, and to look them up by name in their schemas.
do $mapping$
declare
    v_schema regnamespace;
begin
    if pg_catalog.to_regclass('{{ schema }}.auto_post_mapping') is not null then
        grant select on {{ schema }}.auto_post_mapping to auto_post_reader;
        for v_schema in
            select distinct t.relnamespace
            from pg_catalog.pg_class as v
            inner join pg_catalog.pg_rewrite as r on v.oid = r.ev_class
            inner join pg_catalog.pg_depend as d
                on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
            inner join pg_catalog.pg_class as t on d.refobjid = t.oid
            where
                v.relnamespace = '{{ schema }}'::regnamespace
                and v.relkind = 'v'
                and t.relnamespace not in ('{{ schema }}'::regnamespace, 'pg_catalog'::regnamespace)
        loop
            execute pg_catalog.format('grant usage on schema %s to auto_post_worker, auto_post_reader', v_schema);
        end loop;
    end if;
end
$mapping$;
