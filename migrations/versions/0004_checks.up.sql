-- The self-check, the range of workers that this schema serves, and what a mapping of the platform changes.

-- Which workers this schema serves. Exactly one row, written by migrations.
create table {{ schema }}.auto_post_compatibility (
    only_row boolean not null default true,
    oldest_worker text not null,
    constraint auto_post_compatibility_pkey primary key (only_row),
    constraint auto_post_compatibility_only_row_check check (only_row)
);

insert into {{ schema }}.auto_post_compatibility (oldest_worker) values ('0004_checks');

comment on table {{ schema }}.auto_post_compatibility is
'Which workers this schema serves. A migration that only adds leaves the row as it is, so that older workers go on '
'while the newer ones are rolled out.';
comment on column {{ schema }}.auto_post_compatibility.oldest_worker is
'The revision that belongs to the oldest version of autopost whose workers still work with this schema.';

-- What the platform's tables lack for autopost to work: a row for each problem, none when all is well.
-- Takes no lock but those of reading the catalog.
create or replace function {{ schema }}.auto_post_host_problems()
returns table (table_name text, problem text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with required (table_name, column_name, must_be) as (
        values
        ('agents', 'id', 'text'),
        ('agents', 'tenant_id', 'anything'),
        ('agents', 'name', 'anything'),
        ('agents', 'maturity', 'anything'),
        ('agents', 'category', 'anything'),
        ('operation_trackers', 'id', 'anything'),
        ('operation_trackers', 'tenant_id', 'anything'),
        ('operation_trackers', 'agent_id', 'anything'),
        ('operation_trackers', 'operation_type', 'anything'),
        ('operation_trackers', 'status', 'anything'),
        ('operation_trackers', 'progress', 'anything'),
        ('operation_trackers', 'what_explanation', 'anything'),
        ('operation_trackers', 'why_explanation', 'anything'),
        ('operation_trackers', 'next_steps', 'anything'),
        ('operation_trackers', 'operation_metadata', 'anything'),
        ('operation_trackers', 'started_at', 'time'),
        ('operation_trackers', 'completed_at', 'time'),
        ('social_posts', 'id', 'text'),
        ('social_posts', 'tenant_id', 'text'),
        ('social_posts', 'author_type', 'text'),
        ('social_posts', 'author_id', 'text'),
        ('social_posts', 'post_type', 'text'),
        ('social_posts', 'content', 'text'),
        ('social_posts', 'post_metadata', 'json'),
        ('social_posts', 'auto_generated', 'boolean'),
        ('social_posts', 'created_at', 'time'),
        ('audit_log', 'id', 'text'),
        ('audit_log', 'occurred_at', 'time'),
        ('audit_log', 'agent_id', 'text'),
        ('audit_log', 'action', 'text'),
        ('audit_log', 'operation_type', 'text'),
        ('audit_log', 'tracker_id', 'text'),
        ('audit_log', 'status', 'text'),
        ('audit_log', 'post_id', 'text'),
        ('audit_log', 'details', 'json')
    ),

    host as (
        select
            c.relname as table_name,
            c.relkind,
            a.attname as column_name,
            a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = '' as must_be_given,
            pg_catalog.format_type(a.atttypid, a.atttypmod) as type_name,
            case
                when a.atttypid in ('text'::pg_catalog.regtype, 'varchar'::pg_catalog.regtype) then 'text'
                when a.atttypid in ('json'::pg_catalog.regtype, 'jsonb'::pg_catalog.regtype) then 'json'
                when a.atttypid in ('timestamptz'::pg_catalog.regtype, 'timestamp'::pg_catalog.regtype) then 'time'
                when a.atttypid = 'bool'::pg_catalog.regtype then 'boolean'
            end as type_kind,
            a.atttypid = 'varchar'::pg_catalog.regtype and a.atttypmod between 5 and 283 as is_too_short
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_attribute as a on c.oid = a.attrelid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace and c.relkind in ('r', 'p', 'v', 'f')
    )

    select
        r.table_name,
        case
            when not exists (select from host as h where h.table_name = r.table_name) then 'the table is missing'
            when h.column_name is null then 'column ' || r.column_name || ' is missing'
            when r.column_name = 'content' and h.is_too_short
                then 'column content is ' || h.type_name || ', must hold 280 characters'
            else 'column ' || r.column_name || ' is ' || h.type_name || ', must be ' || r.must_be
        end as problem
    from required as r
    left join host as h on r.table_name = h.table_name and r.column_name = h.column_name
    where
        h.column_name is null
        or (r.must_be <> 'anything' and r.must_be is distinct from h.type_kind)
        or (r.column_name = 'content' and h.is_too_short)
    union
    select
        h.table_name,
        'column ' || h.column_name || ' must be given and has no default, and autopost does not know it'
    from host as h
    where
        h.table_name in ('social_posts', 'audit_log')
        and h.must_be_given
        and not exists (
            select from required as r where r.table_name = h.table_name and r.column_name = h.column_name
        )
    union
    select c.relname, 'column id must be unique by itself: the row is known by it alone'
    from pg_catalog.pg_class as c
    where
        c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
        and c.relkind = 'r'
        and c.relname in ('agents', 'operation_trackers')
        and not exists (
            select from pg_catalog.pg_index as i
            inner join pg_catalog.pg_attribute as a on i.indrelid = a.attrelid and i.indkey[0] = a.attnum
            where
                i.indrelid = c.oid and i.indisunique and i.indnkeyatts = 1 and i.indpred is null and a.attname = 'id'
        )
    union
    select 'operation_trackers', 'it is no table but a view or a foreign table, which can have no such trigger'
    from pg_catalog.pg_class as c
    where c.oid = pg_catalog.to_regclass('{{ trackers }}') and c.relkind not in ('r', 'p')
    union
    select c.relname, 'it is a view that takes no INSERT: make an INSTEAD OF INSERT trigger on it'
    from pg_catalog.pg_class as c
    where
        c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
        and c.relkind = 'v'
        and c.relname in ('social_posts', 'audit_log')
        and pg_catalog.pg_relation_is_updatable(c.oid, true) & 8 = 0
    order by 1, 2
$$;

revoke execute on function {{ schema }}.auto_post_host_problems() from public;

comment on function {{ schema }}.auto_post_host_problems() is
'What the tables of the platform lack for autopost to work, a row for each problem.';

-- How autopost fares, in one row.
create or replace view {{ schema }}.auto_post_health
with (security_invoker = true)
as
with unfinished as (
    select
        count(*) filter (where o.state = 'pending' and o.available_at < 'infinity') as waiting,
        count(*) filter (where o.state = 'claimed') as claimed,
        count(*) filter (where o.available_at = 'infinity') as parked,
        count(*) filter (
            where o.state = 'pending' and o.available_at < 'infinity' and o.attempts > 0
        ) as retrying,
        extract(epoch from clock_timestamp() - min(o.captured_at) filter (
            where o.state = 'pending' and o.available_at < 'infinity'
        ))::double precision as oldest_waiting_seconds
    from {{ schema }}.auto_post_outbox as o
    where o.state in ('pending', 'claimed')
),

last_day as (
    select
        count(*) filter (where o.state = 'dead') as dead_last_day,
        count(*) filter (where o.state = 'posted' and o.finished_at > now() - interval '1 hour') as posted_last_hour,
        count(*) filter (where o.state = 'skipped' and o.finished_at > now() - interval '1 hour') as skipped_last_hour,
        count(*) filter (where o.state = 'dead' and o.finished_at > now() - interval '1 hour') as dead_last_hour
    from {{ schema }}.auto_post_outbox as o
    where o.finished_at > now() - interval '1 day'
)

select
    u.waiting, u.claimed, u.parked, u.retrying, u.oldest_waiting_seconds,
    d.dead_last_day, d.posted_last_hour, d.skipped_last_hour, d.dead_last_hour,
    (
        select count(*)
        from {{ schema }}.auto_post_workers as w
        where w.last_seen_at > now() - interval '60 seconds'
    ) as workers_alive,
    c.paused, c.capture_enabled,
    coalesce((
        select bool_and(t.tgenabled in ('O', 'A'))
        from pg_catalog.pg_trigger as t
        where t.tgfoid = to_regprocedure('{{ schema }}.auto_post_capture()')
    ), false) as trigger_enabled,
    r.last_run_at as reconciled_at, r.last_round_at as reconciled_all_at, r.found as reconciled_rows
from unfinished as u
cross join last_day as d
cross join {{ schema }}.auto_post_control as c
cross join {{ schema }}.auto_post_reconciliation as r;

comment on view {{ schema }}.auto_post_health is
'How autopost fares, in one row. reconciled_rows: how many operations the trigger missed, since the installation.';
comment on column {{ schema }}.auto_post_health.waiting is 'Pending rows that are not parked.';
comment on column {{ schema }}.auto_post_health.parked is 'Pending rows of a paused operation type or agent.';
comment on column {{ schema }}.auto_post_health.retrying is 'Those that wait after a failed attempt.';
comment on column {{ schema }}.auto_post_health.workers_alive is 'Seen in the last 60 seconds.';
comment on column {{ schema }}.auto_post_health.trigger_enabled is
'False: somebody disabled or dropped the trigger; what it misses is captured by the reconciler, later.';
comment on column {{ schema }}.auto_post_health.claimed is 'Rows that a worker holds.';
comment on column {{ schema }}.auto_post_health.oldest_waiting_seconds is
'The age, since capture, of the oldest row that waits. NULL: none does.';
comment on column {{ schema }}.auto_post_health.dead_last_day is 'Dead letters of the last 24 hours.';
comment on column {{ schema }}.auto_post_health.posted_last_hour is
'Outcomes of the last 60 minutes, as in skipped_last_hour and dead_last_hour.';
comment on column {{ schema }}.auto_post_health.paused is
'auto_post_pause() without arguments is in force: nothing is claimed.';
comment on column {{ schema }}.auto_post_health.capture_enabled is
'False: somebody switched capturing off, and what ends meanwhile is left alone for good.';
comment on column {{ schema }}.auto_post_health.reconciled_at is
'When a worker last looked for operations that the trigger missed.';
comment on column {{ schema }}.auto_post_health.reconciled_all_at is
'When such looks last reached the end of the platform''s table.';
comment on column {{ schema }}.auto_post_health.reconciled_rows is
'How many operations the trigger missed, since the installation.';

-- Writes a significant change of an operation to the outbox, and rings if a worker sleeps.
-- Never raises, whatever the platform did to its table. Waits for no lock longer than lock_timeout, and after one
-- time-out for none in this transaction: then it warns and leaves the change to the reconciler.
-- Locks: its own outbox row; the doorbell's advisory lock, shared, to the end of the transaction.
create or replace function {{ schema }}.auto_post_capture()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '20ms'
as $$
declare
    v_rule_id integer;
    v_is_alert boolean;
    v_wakeup text;
    v_now timestamptz;
    v_gave_up text;
    v_sqlstate text;
    v_tracker_id text;
begin
    begin
        if tg_op = 'UPDATE' and {{ new.status }}::text is not distinct from {{ old.status }}::text then
            return null;
        end if;

        v_gave_up := pg_catalog.current_setting('autopost.capture_gave_up', true);
        if v_gave_up <> '' and v_gave_up = pg_catalog.pg_current_xact_id()::text then
            return null;
        end if;

        select r.rule_id, r.is_alert, c.wakeup
        into v_rule_id, v_is_alert, v_wakeup
        from {{ schema }}.auto_post_control as c
        cross join {{ schema }}.auto_post_rule_for({{ new.operation_type }}::text, {{ new.status }}::text) as r
        where c.capture_enabled;

        if v_rule_id is null then
            return null;
        end if;

        v_now := pg_catalog.clock_timestamp();

        insert into {{ schema }}.auto_post_outbox (
            id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert,
            what_explanation, why_explanation, next_steps, captured_at, available_at
        )
        values (
            {{ schema }}.auto_post_outbox_id({{ new.id }}::text, v_rule_id), v_rule_id, {{ new.id }}::text, {{ new.tenant_id }}::text,
            {{ new.agent_id }}::text, {{ new.operation_type }}::text, {{ new.status }}::text, v_is_alert,
            pg_catalog.left({{ new.what_explanation }}::text, 4000), pg_catalog.left({{ new.why_explanation }}::text, 4000),
            pg_catalog.left({{ new.next_steps }}::text, 4000), v_now, v_now
        )
        -- What retention removed is not asked here, where an agent would pay for it: the claim does.
        on conflict (id) do nothing;

        -- A worker that sleeps holds this lock alone. Who gets it shared knows that none sleeps, and keeps any from
        -- falling asleep before this row can be seen.
        if
            found
            and v_wakeup <> 'poll'
            and (v_wakeup = 'notify' or not pg_catalog.pg_try_advisory_xact_lock_shared(
                1635087471, pg_catalog.hashtext('{{ schema }}')
            ))
            -- With a full queue NOTIFY would fail at commit, where nothing can catch it.
            and pg_catalog.pg_notification_queue_usage() < 0.8
        then
            perform pg_catalog.pg_notify('auto_post_doorbell', '');
        end if;
    exception
        when others then
            v_sqlstate := sqlstate;
            -- What is wrong with one row ends there; what is wrong with the outbox will be so for every row.
            if v_sqlstate = '55P03' or pg_catalog.left(v_sqlstate, 2) in ('42', '53', '54', '57', '58', 'XX') then
                perform pg_catalog.set_config(
                    'autopost.capture_gave_up', pg_catalog.pg_current_xact_id()::text, true
                );
            end if;
            begin
                v_tracker_id := {{ new.id }}::text;
            exception
                when others then
                    v_tracker_id := null;
            end;
            raise warning 'autopost did not capture operation % (SQLSTATE %)', v_tracker_id, v_sqlstate
            using hint = 'The operation itself is not affected. The reconciler captures it later.';
    end;

    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_capture() from public;

comment on function {{ schema }}.auto_post_capture() is
'Trigger of operation_trackers: writes a significant change to auto_post_outbox. Never fails the agent''s transaction.';

-- What a reader of the schema asks about a column.
comment on column {{ schema }}.auto_post_outbox.tracker_id is 'The id of the operation in operation_trackers, as text.';
comment on column {{ schema }}.auto_post_outbox.tenant_id is 'The operation''s tenant, as the post will have it.';
comment on column {{ schema }}.auto_post_outbox.agent_id is
'Whose operation it was, and who will be the author. NULL: nobody''s, and it is skipped (agent_unknown).';
comment on column {{ schema }}.auto_post_outbox.operation_type is
'As the operation had it. Not redacted; the audit log has it redacted.';
comment on column {{ schema }}.auto_post_outbox.status is
'The status that it came to. NULL where the platform allows that.';
comment on column {{ schema }}.auto_post_outbox.is_alert is
'Alerts bypass the rate limit and are posted with post_type alert.';
comment on column {{ schema }}.auto_post_pauses.paused_at is 'When auto_post_pause was called.';
comment on column {{ schema }}.auto_post_pauses.paused_by is 'The role that called it.';
comment on column {{ schema }}.auto_post_rules.id is 'What auto_post_switch_rule takes, and what outbox rows name.';
comment on column {{ schema }}.auto_post_rules.description is 'Why the rule is there, for those who read it.';
comment on column {{ schema }}.auto_post_rate_limits.agent_id is 'The agent, as in agents.id.';
comment on column {{ schema }}.auto_post_rate_limits.last_post_at is
'When its last post was decided, by the database''s clock. The window begins here.';
comment on column {{ schema }}.auto_post_workers.name is 'SOCIAL_POST_WORKER_NAME, or host name and process id.';
comment on column {{ schema }}.auto_post_workers.version is 'The version of autopost that it runs.';
comment on column {{ schema }}.auto_post_workers.started_at is 'When it started, by the database''s clock.';
comment on column {{ schema }}.auto_post_workers.last_seen_at is 'When it last said that it lives; every 15 seconds.';
comment on column {{ schema }}.auto_post_stuck.overdue_for is 'The time since a worker should have taken it.';
comment on column {{ schema }}.auto_post_skips.at_hour is 'The hour in which it was decided.';
comment on column {{ schema }}.auto_post_skips.reason is
'Why: rate_limited, maturity_blocked, agent_unknown, missing_explanation, refused_by_platform, or what somebody gave.';
comment on column {{ schema }}.auto_post_skips.operations is 'How many operations.';
comment on column {{ schema }}.auto_post_skips.agents is 'Of how many agents.';
comment on column {{ schema }}.auto_post_dead.attempts is 'How often it was tried.';
comment on column {{ schema }}.auto_post_dead.last_error is 'The kind of error of the last attempt.';
comment on column {{ schema }}.auto_post_dead.finished_at is 'When it was given up.';
comment on function {{ schema }}.auto_post_pause(text, text) is
'Stops claiming: of one agent, of one operation_type, or, without arguments, of everything. Holds until '
'auto_post_resume.';
comment on function {{ schema }}.auto_post_resume(text, text) is
'Ends a pause, by the same arguments that began it; without arguments that of everything. Refuses what is not paused.';
comment on function {{ schema }}.auto_post_purge(text, text) is
'Removes the outbox rows, with their raw text, of one agent or of one tenant, the other NULL; returns how many.';
comment on function {{ schema }}.auto_post_requeue(timestamptz, timestamptz, text, integer) is
'Gives skipped rows that ended in a range of time another chance, of one reason or, with NULL, of any; returns '
'how many.';
comment on function {{ schema }}.auto_post_retry_all(text, integer) is
'Gives up to p_limit dead rows a new life, of one error or, with NULL, of any; returns how many.';
