-- The platform's tables, made where they are missing and checked where they are not, and autopost's own schema: rules,
-- outbox, trigger, controls, the self-check and the event log. One error names every problem of the
-- platform's tables, and then nothing has changed.

comment on table {{ schema }}.auto_post_schema_version is 'The revision of this schema. Kept by Alembic.';
comment on column {{ schema }}.auto_post_schema_version.version_num is 'The revision''s name.';

do $migration$
declare
    v_other text;
begin
    if pg_catalog.current_setting('server_encoding') <> 'UTF8' then
        raise exception
            'database % has the encoding %, which cannot hold every character of a post: autopost needs UTF8',
            pg_catalog.current_database(), pg_catalog.current_setting('server_encoding')
        using hint = 'Nothing was changed. The encoding of a database cannot be changed: dump it, and restore it into '
        'one that is made with: create database ... encoding ''UTF8'' template template0;';
    end if;

    select t.tgfoid::pg_catalog.regprocedure::text into v_other
    from pg_catalog.pg_trigger as t
    where t.tgrelid = pg_catalog.to_regclass('{{ trackers }}') and t.tgname = 'auto_post_capture';

    if v_other is not null then
        raise exception 'autopost is installed already beside {{ trackers }}: its trigger calls %', v_other
        using hint = 'Nothing was changed. If it is this installation, whose schema was renamed, set SOCIAL_POST_SCHEMA '
        'to the name that it has now, and then give it its old name back. If it is another one, remove it first: '
        'docs/how-to/upgrade.md';
    end if;
end
$migration$;

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
        where c.relnamespace = '{{ platform }}'::pg_catalog.regnamespace and c.relkind in ('r', 'p', 'v', 'f')
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
        c.relnamespace = '{{ platform }}'::pg_catalog.regnamespace
        and c.relkind = 'r'
        and c.relname in ('agents', 'operation_trackers')
        and not exists (
            select from pg_catalog.pg_index as i
            inner join pg_catalog.pg_attribute as a on i.indrelid = a.attrelid and i.indkey[0] = a.attnum
            where
                i.indrelid = c.oid and i.indisunique and i.indnkeyatts = 1 and i.indpred is null and a.attname = 'id'
        )
    union
    select 'operation_trackers', o.qualified || ' is not a table but a view or a foreign table, which can have no such trigger'
    from (values {{ operations }}) as o (qualified, view_name, status_columns, capture)
    inner join pg_catalog.pg_class as c on c.oid = pg_catalog.to_regclass(o.qualified) and c.relkind not in ('r', 'p')
    union
    select c.relname, 'it is a view that takes no INSERT: make an INSTEAD OF INSERT trigger on it'
    from pg_catalog.pg_class as c
    where
        c.relnamespace = '{{ platform }}'::pg_catalog.regnamespace
        and c.relkind = 'v'
        and c.relname in ('social_posts', 'audit_log')
        and pg_catalog.pg_relation_is_updatable(c.oid, true) & 8 = 0
    order by 1, 2
$$;

revoke execute on function {{ schema }}.auto_post_host_problems() from public;

comment on function {{ schema }}.auto_post_host_problems() is
'What the tables of the platform lack for autopost to work, a row for each problem.';

do $migration$
begin
    if pg_catalog.to_regclass('{{ platform }}.agents') is null then
        create table {{ platform }}.agents (
            id text not null,
            tenant_id text,
            name text,
            maturity text,
            category text,
            constraint agents_pkey primary key (id)
        );

        comment on table {{ platform }}.agents is 'The agents of the platform. Created by autopost.';
        comment on column {{ platform }}.agents.maturity is
        'STUDENT, INTERN, SUPERVISED or AUTONOMOUS, in any letter case. STUDENT, NULL or anything else may not post.';
    end if;
end
$migration$;

do $migration$
begin
    if pg_catalog.to_regclass('{{ platform }}.operation_trackers') is null then
        create table {{ platform }}.operation_trackers (
            id text not null,
            tenant_id text,
            agent_id text,
            operation_type text not null,
            status text not null default 'pending',
            progress integer not null default 0,
            what_explanation text,
            why_explanation text,
            next_steps text,
            operation_metadata jsonb,
            started_at timestamptz not null default now(),
            completed_at timestamptz,
            constraint operation_trackers_pkey primary key (id)
        );

        comment on table {{ platform }}.operation_trackers is
        'The work of the agents, a row for each operation. Created by autopost.';
    end if;
end
$migration$;

do $migration$
begin
    if pg_catalog.to_regclass('{{ platform }}.social_posts') is null then
        create table {{ platform }}.social_posts (
            id text not null,
            tenant_id text,
            author_type text not null,
            author_id text,
            post_type text not null,
            content text not null,
            post_metadata jsonb,
            auto_generated boolean not null default false,
            created_at timestamptz not null default now(),
            constraint social_posts_pkey primary key (id)
        );

        create index social_posts_created_at_idx on {{ platform }}.social_posts (created_at desc);

        comment on index {{ platform }}.social_posts_created_at_idx is 'For the newest posts.';
        comment on table {{ platform }}.social_posts is 'The posts of the feed. Created by autopost.';
    end if;
end
$migration$;

do $migration$
begin
    if pg_catalog.to_regclass('{{ platform }}.audit_log') is null then
        create table {{ platform }}.audit_log (
            id text not null,
            occurred_at timestamptz not null default now(),
            agent_id text,
            action text not null,
            operation_type text,
            tracker_id text,
            status text,
            post_id text,
            details jsonb,
            constraint audit_log_pkey primary key (id)
        );

        create index audit_log_occurred_at_idx on {{ platform }}.audit_log (occurred_at desc);

        create index audit_log_tracker_id_idx on {{ platform }}.audit_log (tracker_id);

        comment on index {{ platform }}.audit_log_occurred_at_idx is 'For feeds of outcomes, newest first.';
        comment on index {{ platform }}.audit_log_tracker_id_idx is 'For the history of one operation.';
        comment on table {{ platform }}.audit_log is 'What was decided about each operation, and why. Created by autopost.';
    end if;
end
$migration$;

do $migration$
declare
    v_problems text;
begin
    select pg_catalog.string_agg('  ' || p.table_name || ': ' || p.problem, E'\n' order by p.table_name, p.problem)
    into v_problems
    from {{ schema }}.auto_post_host_problems() as p;

    if v_problems is not null then
        raise exception E'the platform''s tables in schema {{ platform }} do not fit:\n%', v_problems
        using hint = 'Nothing was changed.';
    end if;
end
$migration$;

-- The whitelist of significance: which operations are worth a post. A DBA adds, changes and switches off rows.
create table {{ schema }}.auto_post_rules (
    id integer generated always as identity,
    operation_type text not null,
    match text not null default 'exact',
    status text,
    is_alert boolean not null default false,
    enabled boolean not null default true,
    title text,
    description text,
    since timestamptz not null default now(),
    since_xid xid8 not null default pg_current_xact_id(),
    constraint auto_post_rules_pkey primary key (id),
    constraint auto_post_rules_once_key unique nulls not distinct (operation_type, match, status),
    -- The trigger marks alerts with a minus.
    constraint auto_post_rules_id_check check (id > 0),
    constraint auto_post_rules_match_check check (match in ('exact', 'like')),
    constraint auto_post_rules_operation_type_check check (operation_type <> '' and length(operation_type) <= 200),
    -- LIKE fails on a pattern that ends with an escape character, for every change that it is compared with.
    constraint auto_post_rules_pattern_check check (match <> 'like' or operation_type !~ '(^|[^\\])(\\\\)*\\$'),
    constraint auto_post_rules_status_check check (length(status) <= 200),
    constraint auto_post_rules_title_check check (
        title <> ''
        and length(title) <= 60
        and title = btrim(title)
        and title !~ '[\u0001-\u001F\u007F-\u009F\u00AD\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]'
    ),
    constraint auto_post_rules_description_check check (length(description) <= 1000)
);

comment on table {{ schema }}.auto_post_rules is
'Which operations are significant. A rule can be switched off, but not deleted. An operation is posted at most once '
'for each rule that it meets. If several rules match a change, an exact rule takes precedence over a pattern, and a '
'rule with a status over one without.';
comment on column {{ schema }}.auto_post_rules.operation_type is
'An operation type; if match is like, a LIKE pattern that is compared without regard to the case of ASCII letters.';
comment on column {{ schema }}.auto_post_rules.match is 'exact or like.';
comment on column {{ schema }}.auto_post_rules.status is
'The status that the operation must change to. NULL: any status, so the operation counts at first sight.';
comment on column {{ schema }}.auto_post_rules.is_alert is
'Alerts bypass the rate limit and are posted with post_type alert. Failed operations are always alerts.';
comment on column {{ schema }}.auto_post_rules.enabled is 'False: the rule is switched off.';
comment on column {{ schema }}.auto_post_rules.since is
'When the rule was created or changed, or capturing last switched on. Operations that ended before are not captured. '
'Set by triggers.';
comment on column {{ schema }}.auto_post_rules.since_xid is
'The transaction at since. Rows of the platform that were written later, but ended before since by their own times, '
'are only recorded.';
comment on column {{ schema }}.auto_post_rules.id is
'The number of the rule, as auto_post_switch_rule takes it and outbox rows have it.';
comment on column {{ schema }}.auto_post_rules.title is
'What posts call such an operation, as in the middle of a sentence (a workflow). At most 60 visible characters on one '
'line. Published as it is, without redaction. NULL: posts show the operation_type.';
comment on column {{ schema }}.auto_post_rules.description is 'A comment: why the rule exists.';

-- One row for each significant change of an operation, written by the trigger in the agent's own transaction.
-- An insert touches two indexes, no CHECK and no foreign key: the agents pay for each. The third index is the workers'
-- to pay. Texts are cut to length where they are captured (auto_post_capture, auto_post_reconcile_rows).
create table {{ schema }}.auto_post_outbox (
    id uuid not null,
    rule_id integer not null,
    tracker_id text not null,
    tenant_id text,
    agent_id text,
    operation_type text not null,
    status text,
    is_alert boolean not null,
    what_explanation text,
    why_explanation text,
    next_steps text,
    state text not null default 'pending',
    captured_at timestamptz not null,
    available_at timestamptz not null,
    attempts smallint not null default 0,
    crashes smallint,
    epoch integer not null default 0,
    worker text,
    claimed_at timestamptz,
    draft jsonb,
    reason text,
    last_error text,
    post_id text,
    finished_at timestamptz,
    summary jsonb,
    constraint auto_post_outbox_pkey primary key (id)
)
with (
    fillfactor = 85,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.05
);

create index auto_post_outbox_claim_idx on {{ schema }}.auto_post_outbox (available_at)
where state in ('pending', 'claimed');

create index auto_post_outbox_finished_idx on {{ schema }}.auto_post_outbox (finished_at)
where finished_at is not null;

comment on table {{ schema }}.auto_post_outbox is
'Significant operations until they are posted or skipped. Finished rows stay until retention removes them.';
comment on column {{ schema }}.auto_post_outbox.id is
'auto_post_outbox_id(tracker_id, rule_id): the same operation and rule always have the same id, which is what makes '
'an operation count at most once per rule. The post of the row has the same id.';
comment on column {{ schema }}.auto_post_outbox.rule_id is 'The row of auto_post_rules that the operation met.';
comment on column {{ schema }}.auto_post_outbox.captured_at is
'When the trigger wrote it, a moment before the agent''s commit.';
comment on column {{ schema }}.auto_post_outbox.what_explanation is
'As the operation had it at the last claim, or at the capture if no claim could read it. At most 4,000 characters, '
'not redacted.';
comment on column {{ schema }}.auto_post_outbox.why_explanation is
'As the operation had it at the last claim, or at the capture if no claim could read it. At most 4,000 characters, '
'not redacted.';
comment on column {{ schema }}.auto_post_outbox.next_steps is
'As the operation had it at the last claim, or at the capture if no claim could read it. At most 4,000 characters, '
'not redacted.';
comment on column {{ schema }}.auto_post_outbox.state is
'pending: waits for a worker. claimed: a worker holds it. posted, skipped (see reason), dead (see last_error): done.';
comment on column {{ schema }}.auto_post_outbox.available_at is
'When a worker may claim the row. Of a claimed row: when its lease expires.';
comment on column {{ schema }}.auto_post_outbox.attempts is
'How often it was claimed. An attempt that ended with a crash of the worker counts only if the row was claimed alone.';
comment on column {{ schema }}.auto_post_outbox.crashes is
'How many times its worker crashed or its lease expired while the row was claimed; NULL for never. After the first it '
'is claimed with at most four others of its kind, after the second alone.';
comment on column {{ schema }}.auto_post_outbox.epoch is
'Raised by every claim. A worker that names an older epoch changes nothing.';
comment on column {{ schema }}.auto_post_outbox.worker is 'The worker that holds the row. NULL: none.';
comment on column {{ schema }}.auto_post_outbox.claimed_at is 'When it was last claimed.';
comment on column {{ schema }}.auto_post_outbox.post_id is 'The post, in social_posts.';
comment on column {{ schema }}.auto_post_outbox.finished_at is 'When it was posted, skipped or dead-lettered.';
comment on column {{ schema }}.auto_post_outbox.draft is
'The text that was written and redacted for this row, saved so that a retry does not pay for the LLM again.';
comment on column {{ schema }}.auto_post_outbox.reason is 'Why it was skipped.';
comment on column {{ schema }}.auto_post_outbox.last_error is
'The kind of error that the last failed attempt ended with; never text of the operation.';

comment on index {{ schema }}.auto_post_outbox_claim_idx is
'What is claimable, oldest first. It stays small whatever the number of finished rows.';
comment on index {{ schema }}.auto_post_outbox_finished_idx is
'For retention and for questions about the last hours. A pending row is not in it.';
comment on column {{ schema }}.auto_post_outbox.tracker_id is 'The id of the operation in operation_trackers, as text.';
comment on column {{ schema }}.auto_post_outbox.tenant_id is 'The operation''s tenant, as the post will have it.';
comment on column {{ schema }}.auto_post_outbox.agent_id is
'The agent of the operation, and the author of the post. NULL: none, and the operation is skipped (agent_unknown).';
comment on column {{ schema }}.auto_post_outbox.operation_type is
'As the operation had it. Not redacted; the audit log has it redacted.';
comment on column {{ schema }}.auto_post_outbox.status is
'The status that the operation changed to. NULL if the platform''s column was NULL.';
comment on column {{ schema }}.auto_post_outbox.is_alert is
'Alerts bypass the rate limit and are posted with post_type alert.';
comment on column {{ schema }}.auto_post_outbox.summary is
'Of a summary: the window of auto_post_alert_windows that it sums up; the other columns are a copy of the first alert '
'that was skipped as alert_storm. Of kind digest: the row sums up rate-limited operations. NULL: the row is an '
'operation.';

-- When each agent posted last. A narrow table of its own, so that the platform's agents are never locked.
create table {{ schema }}.auto_post_rate_limits (
    agent_id text collate "C" not null,
    last_post_at timestamptz,
    constraint auto_post_rate_limits_pkey primary key (agent_id)
)
with (fillfactor = 60);

comment on table {{ schema }}.auto_post_rate_limits is
'When each agent last posted, alerts included. A publishing transaction locks the agent''s row and takes its advisory '
'lock.';
comment on column {{ schema }}.auto_post_rate_limits.agent_id is 'The agent, as in agents.id.';
comment on column {{ schema }}.auto_post_rate_limits.last_post_at is
'When its last post was decided, by the database''s clock. The window begins here. NULL: it has not posted yet.';

-- The operations that were skipped as rate_limited and that no post has carried yet. Workers append to it, and the
-- transaction that publishes an agent's next post removes what that post carries: no row is updated, and nobody waits.
create table {{ schema }}.auto_post_rate_limited (
    id bigint generated always as identity,
    agent_id text collate "C" not null,
    skipped_at timestamptz not null,
    tenant_id text,
    rule_id integer not null,
    operation_type text,
    status text,
    operations integer not null,
    constraint auto_post_rate_limited_pkey primary key (agent_id, skipped_at, id)
)
with (autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_threshold = 500);

comment on table {{ schema }}.auto_post_rate_limited is
'The operations of each agent that were skipped as rate_limited and that no post has carried yet, a row for each group '
'of equal ones. Retention sums up the rows of an agent that has many.';
comment on column {{ schema }}.auto_post_rate_limited.id is 'Makes the key unique.';
comment on column {{ schema }}.auto_post_rate_limited.agent_id is 'The agent, as in agents.id.';
comment on column {{ schema }}.auto_post_rate_limited.skipped_at is
'When the last of them was skipped, by the database''s clock.';
comment on column {{ schema }}.auto_post_rate_limited.tenant_id is
'The tenant of the operations: only its posts carry them.';
comment on column {{ schema }}.auto_post_rate_limited.rule_id is 'The row of auto_post_rules that the operations met.';
comment on column {{ schema }}.auto_post_rate_limited.operation_type is
'The operation type. NULL: it is not one word, and could be text of an operation.';
comment on column {{ schema }}.auto_post_rate_limited.status is 'The status. NULL: it is not one word.';
comment on column {{ schema }}.auto_post_rate_limited.operations is 'How many operations.';

-- How many alerts of each agent and operation type were posted and suppressed in a window, so that a storm of alerts is
-- limited exactly across workers and restarts. A table of its own: it is written for alerts only, and by workers only.
create table {{ schema }}.auto_post_alert_windows (
    agent_id text collate "C" not null,
    operation_type text collate "C" not null,
    began_at timestamptz not null,
    ends_at timestamptz not null,
    posted integer not null,
    suppressed integer not null default 0,
    first_suppressed_at timestamptz,
    last_suppressed_at timestamptz,
    summary_id uuid,
    constraint auto_post_alert_windows_pkey primary key (agent_id, operation_type, began_at)
)
with (fillfactor = 60);

comment on table {{ schema }}.auto_post_alert_windows is
'The alerts of each agent and operation type in a window. Retention removes a window that ended and whose summary, if '
'it has one, is no longer in the outbox.';
comment on column {{ schema }}.auto_post_alert_windows.agent_id is 'The agent, as in agents.id.';
comment on column {{ schema }}.auto_post_alert_windows.operation_type is
'The operation type, redacted, at most 200 characters. Empty: all further types of an agent with many.';
comment on column {{ schema }}.auto_post_alert_windows.began_at is
'When the first alert of the window was posted, by the database''s clock.';
comment on column {{ schema }}.auto_post_alert_windows.ends_at is
'When the window ends: the next alert begins a new one.';
comment on column {{ schema }}.auto_post_alert_windows.posted is 'How many alerts were posted one by one.';
comment on column {{ schema }}.auto_post_alert_windows.suppressed is 'How many were skipped as alert_storm.';
comment on column {{ schema }}.auto_post_alert_windows.first_suppressed_at is 'When the first of them was skipped.';
comment on column {{ schema }}.auto_post_alert_windows.last_suppressed_at is 'When the last of them was skipped.';
comment on column {{ schema }}.auto_post_alert_windows.summary_id is
'The outbox row that sums up what was skipped. NULL: nothing was.';

-- What the LLM has cost on each day on which it had a budget, so that the budget holds across workers and restarts. A
-- row is written twice for each request to the LLM, by workers only.
create table {{ schema }}.auto_post_llm_days (
    day date not null,
    spent_usd double precision not null,
    limit_usd double precision not null,
    is_exhausted boolean not null,
    constraint auto_post_llm_days_pkey primary key (day)
)
with (fillfactor = 20);

comment on table {{ schema }}.auto_post_llm_days is
'What the LLM has cost on each day on which it had a budget (SOCIAL_POST_LLM_DAILY_USD). One row a day, which stays.';
comment on column {{ schema }}.auto_post_llm_days.day is 'The day in UTC, by the database''s clock.';
comment on column {{ schema }}.auto_post_llm_days.spent_usd is
'US dollars: what answers have cost, and at most what requests without an answer yet will cost.';
comment on column {{ schema }}.auto_post_llm_days.limit_usd is
'The budget in US dollars, as the worker had it that wrote last.';
comment on column {{ schema }}.auto_post_llm_days.is_exhausted is
'Whether the budget had no room for the last request: posts are written from templates.';

-- Sessions of the dashboard that were signed out before their time, so that every process refuses them.
create table {{ schema }}.auto_post_ended_sessions (
    digest text not null,
    ends_at timestamptz not null,
    constraint auto_post_ended_sessions_pkey primary key (digest),
    constraint auto_post_ended_sessions_digest_check check (length(digest) <= 64 and digest ~ '^[0-9a-f]{64}$')
);

comment on table {{ schema }}.auto_post_ended_sessions is
'Sessions of the dashboard that were signed out. A row is deleted after the session would have ended by itself.';
comment on column {{ schema }}.auto_post_ended_sessions.digest is 'The SHA-256 of the session, in hexadecimal digits.';
comment on column {{ schema }}.auto_post_ended_sessions.ends_at is 'When the session would have ended by itself.';

-- The switches that a DBA turns at run time. Exactly one row.
create table {{ schema }}.auto_post_control (
    only_row boolean not null default true,
    capture_enabled boolean not null default true,
    paused boolean not null default false,
    wakeup text not null default 'doorbell',
    lock_salt text not null default gen_random_uuid()::text,
    constraint auto_post_control_pkey primary key (only_row),
    constraint auto_post_control_only_row_check check (only_row),
    constraint auto_post_control_wakeup_check check (wakeup in ('doorbell', 'notify', 'poll'))
);

comment on table {{ schema }}.auto_post_control is 'The switches of autopost, one row. A change takes effect at once.';
comment on column {{ schema }}.auto_post_control.capture_enabled is 'False: the trigger writes nothing to the outbox.';
comment on column {{ schema }}.auto_post_control.paused is 'True: workers claim nothing; what they hold is finished.';
comment on column {{ schema }}.auto_post_control.wakeup is
'doorbell: NOTIFY only when a worker sleeps. notify: NOTIFY in every capturing transaction. poll: never NOTIFY, for '
'platforms that use two-phase commit; the default of a new installation if max_prepared_transactions is above 0.';
comment on column {{ schema }}.auto_post_control.lock_salt is
'A part of the keys of the agents'' advisory locks, random for each install, so that other roles cannot compute them.';
comment on column {{ schema }}.auto_post_control.only_row is 'Always true: keeps it to one row.';

-- The workers that are, or lately were, alive.
create table {{ schema }}.auto_post_workers (
    name text not null,
    version text not null,
    started_at timestamptz not null,
    last_seen_at timestamptz not null,
    in_flight integer not null,
    lock_key bigint,
    problems jsonb,
    constraint auto_post_workers_pkey primary key (name)
);

comment on table {{ schema }}.auto_post_workers is
'A row for each running worker, updated every 15 seconds (heartbeat).';
comment on column {{ schema }}.auto_post_workers.in_flight is 'How many outbox rows it held at the last heartbeat.';
comment on column {{ schema }}.auto_post_workers.problems is
'Its problems at the last heartbeat: subject, finding and seconds of each. NULL: none.';
comment on column {{ schema }}.auto_post_workers.name is 'SOCIAL_POST_WORKER_NAME, or host name and process id.';
comment on column {{ schema }}.auto_post_workers.version is 'The version of autopost that it runs.';
comment on column {{ schema }}.auto_post_workers.started_at is 'When it started, by the database''s clock.';
comment on column {{ schema }}.auto_post_workers.last_seen_at is
'The time of its last heartbeat; one every 15 seconds.';
comment on column {{ schema }}.auto_post_workers.lock_key is
'The key of the advisory lock that a session of the worker holds while the worker runs. If the lock is free, other '
'workers rescue its rows at once. NULL: it has no session of its own, and its rows wait until their leases expire.';

-- The ids of outbox rows that retention took away, so that their operations never count again.
-- 16 bytes a row and no personal data.
create table {{ schema }}.auto_post_tombstones (
    id uuid not null,
    constraint auto_post_tombstones_pkey primary key (id)
);

comment on table {{ schema }}.auto_post_tombstones is
'The ids of removed outbox rows. If such an operation is captured again, the claim skips it (already_processed).';
comment on column {{ schema }}.auto_post_tombstones.id is 'The id that the outbox row had.';

-- What is paused beside the switch for all: kinds of operations, and agents.
create table {{ schema }}.auto_post_pauses (
    kind text not null,
    value text not null,
    paused_at timestamptz not null default now(),
    paused_by text not null default session_user,
    constraint auto_post_pauses_pkey primary key (kind, value),
    constraint auto_post_pauses_kind_check check (kind in ('operation_type', 'agent')),
    -- As long as an agent's id and an operation type of the outbox can be.
    constraint auto_post_pauses_value_check check (length(value) <= 200),
    constraint auto_post_pauses_paused_by_check check (length(paused_by) <= 100)
);

comment on table {{ schema }}.auto_post_pauses is
'Operation types and agents whose rows are not claimed. Their pending rows are parked: available_at is infinity. '
'Changed by auto_post_pause and auto_post_resume.';
comment on column {{ schema }}.auto_post_pauses.kind is 'operation_type or agent.';
comment on column {{ schema }}.auto_post_pauses.value is 'The operation_type itself, or the agent''s id.';
comment on column {{ schema }}.auto_post_pauses.paused_at is 'When auto_post_pause was called.';
comment on column {{ schema }}.auto_post_pauses.paused_by is 'The role that called it.';

-- How far the reconciler has come in the platform's table. Exactly one row.
create table {{ schema }}.auto_post_reconciliation (
    only_row boolean not null default true,
    since timestamptz not null default now(),
    since_xid xid8 not null default pg_current_xact_id(),
    next_block bigint not null default 0,
    last_run_at timestamptz,
    last_round_at timestamptz,
    found bigint not null default 0,
    hour_began_at timestamptz not null default now(),
    found_in_hour bigint not null default 0,
    constraint auto_post_reconciliation_pkey primary key (only_row),
    constraint auto_post_reconciliation_only_row_check check (only_row),
    constraint auto_post_reconciliation_next_block_check check (next_block >= 0)
);

comment on table {{ schema }}.auto_post_reconciliation is
'How far the reconciler has come in operation_trackers, which it reads in windows of blocks, round after round.';
comment on column {{ schema }}.auto_post_reconciliation.since is
'When autopost was installed or capture last switched on. Operations that ended before are not captured.';
comment on column {{ schema }}.auto_post_reconciliation.since_xid is 'The transaction at since.';
comment on column {{ schema }}.auto_post_reconciliation.last_run_at is 'When a window was last read.';
comment on column {{ schema }}.auto_post_reconciliation.next_block is 'Where the next window begins.';
comment on column {{ schema }}.auto_post_reconciliation.last_round_at is 'When the end of the table was last reached.';
comment on column {{ schema }}.auto_post_reconciliation.found is 'How many missed operations were captured so far.';
comment on column {{ schema }}.auto_post_reconciliation.hour_began_at is 'Since when found_in_hour counts.';
comment on column {{ schema }}.auto_post_reconciliation.found_in_hour is
'How many missed operations were captured since hour_began_at. Many: the trigger misses them.';
comment on column {{ schema }}.auto_post_reconciliation.only_row is 'Always true: keeps it to one row.';

-- Operations that the reconciler met in the platform's table and did not capture though they meet a rule, and why: at
-- most some 100 for each reason. What a whole round does not meet again is removed.
create table {{ schema }}.auto_post_not_captured (
    reason text not null,
    tracker_id text not null,
    detail text,
    first_seen_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    constraint auto_post_not_captured_pkey primary key (reason, tracker_id),
    constraint auto_post_not_captured_reason_check check (
        reason in ('unreadable', 'unreadable_table', 'id_too_long', 'other_agent', 'old_by_its_times')
    ),
    constraint auto_post_not_captured_tracker_id_check check (length(tracker_id) <= 200),
    constraint auto_post_not_captured_detail_check check (length(detail) <= 200)
);

comment on table {{ schema }}.auto_post_not_captured is
'Operations that meet a rule and that the reconciler did not capture, and why: at most some 100 for each reason.';
comment on column {{ schema }}.auto_post_not_captured.reason is
'unreadable: reading the row failed. unreadable_table: reading one of several tables failed. id_too_long: an id of '
'more than 1,000 characters. other_agent: another agent has used the id. old_by_its_times: it ended before since '
'by its own times, or has none, but its row was written later: it was changed since, or it was hidden from the '
'feed.';
comment on column {{ schema }}.auto_post_not_captured.tracker_id is
'The first 200 characters of its id; where that cannot be read, table and ctid of the row; unreadable_table: its name.';
comment on column {{ schema }}.auto_post_not_captured.detail is
'unreadable, unreadable_table: the SQLSTATE. other_agent: the agent whose operation was captured. Never text of the '
'operation.';
comment on column {{ schema }}.auto_post_not_captured.first_seen_at is 'When the reconciler first found it.';
comment on column {{ schema }}.auto_post_not_captured.last_seen_at is 'When the reconciler last found it.';

-- Which workers this schema serves. Exactly one row, written by migrations.
create table {{ schema }}.auto_post_compatibility (
    only_row boolean not null default true,
    oldest_worker text not null,
    constraint auto_post_compatibility_pkey primary key (only_row),
    constraint auto_post_compatibility_only_row_check check (only_row),
    constraint auto_post_compatibility_oldest_worker_check check (length(oldest_worker) <= 100)
);

insert into {{ schema }}.auto_post_compatibility (oldest_worker) values ('0001_outbox');

comment on table {{ schema }}.auto_post_compatibility is
'Which workers this schema serves. A migration that only adds leaves the row as it is, so that older workers go on '
'while the newer ones are rolled out.';
comment on column {{ schema }}.auto_post_compatibility.oldest_worker is
'The revision that belongs to the oldest version of autopost whose workers still work with this schema.';
comment on column {{ schema }}.auto_post_compatibility.only_row is 'Always true: keeps it to one row.';

-- Published posts as events, written with each post in its transaction: the log that the transport and webhooks read.
-- Only where a worker broadcasts (SOCIAL_POST_BROADCAST) or has webhooks.
create table {{ schema }}.auto_post_events (
    seq bigint generated always as identity,
    position bigint,
    post_id text not null,
    tenant_id text,
    agent_id text,
    agent_name text,
    agent_maturity text,
    agent_category text,
    post_type text not null,
    content text not null,
    post_metadata jsonb,
    post_values jsonb,
    created_at timestamptz not null,
    constraint auto_post_events_pkey primary key (seq)
);

create index auto_post_events_unplaced_idx on {{ schema }}.auto_post_events (seq) where position is null;

create unique index auto_post_events_position_idx on {{ schema }}.auto_post_events (position)
where position is not null;

comment on table {{ schema }}.auto_post_events is
'Published posts to deliver, and those of the last day that were delivered: the log that consumers read.';
comment on column {{ schema }}.auto_post_events.seq is
'In the order of writing. An agent''s posts are written one after another, so theirs is the order of publishing.';
comment on column {{ schema }}.auto_post_events.position is
'The position in the log, assigned after the commit and never changed. A consumer that has read up to it has missed '
'nothing before it. NULL: not assigned yet.';
comment on column {{ schema }}.auto_post_events.post_id is 'The post, in social_posts.';
comment on column {{ schema }}.auto_post_events.tenant_id is 'The post''s tenant.';
comment on column {{ schema }}.auto_post_events.agent_id is 'Who posted.';
comment on column {{ schema }}.auto_post_events.agent_name is 'The agent''s name at that time.';
comment on column {{ schema }}.auto_post_events.agent_maturity is 'The agent''s maturity at that time.';
comment on column {{ schema }}.auto_post_events.agent_category is 'The agent''s category at that time.';
comment on column {{ schema }}.auto_post_events.post_type is 'status or alert.';
comment on column {{ schema }}.auto_post_events.content is 'The post''s text, redacted as it is on the feed.';
comment on column {{ schema }}.auto_post_events.post_metadata is 'As the post has it.';
comment on column {{ schema }}.auto_post_events.post_values is
'What the mapping writes to columns of the platform''s own, [social_posts.values], for messages of transports.';
comment on column {{ schema }}.auto_post_events.created_at is 'When the post was published.';

comment on index {{ schema }}.auto_post_events_unplaced_idx is 'Events without a position. There are few.';
comment on index {{ schema }}.auto_post_events_position_idx is 'For consumers, which read the log from a position on.';

-- How far the log of events has been written and read: one row for the log, one for each of its consumers.
create table {{ schema }}.auto_post_consumers (
    name text not null,
    position bigint not null default 0,
    moved_at timestamptz not null default now(),
    ahead int8multirange not null default '{}',
    constraint auto_post_consumers_pkey primary key (name)
);

insert into {{ schema }}.auto_post_consumers (name) values ('log');

comment on table {{ schema }}.auto_post_consumers is
'The last position of the event log (row log), and the offset of each of its consumers (rows transport, '
'webhook:<name>).';
comment on column {{ schema }}.auto_post_consumers.name is 'log, transport, or webhook: and the name of a webhook.';
comment on column {{ schema }}.auto_post_consumers.position is
'log: the last position given. A consumer: all events up to this position are delivered, the next one is not.';
comment on column {{ schema }}.auto_post_consumers.moved_at is 'When it last delivered something.';
comment on column {{ schema }}.auto_post_consumers.ahead is
'Of a webhook: the delivered positions after its offset. Agents are served round robin.';

insert into {{ schema }}.auto_post_rules (operation_type, match, status, is_alert, description)
values
('workflow_execute', 'exact', 'completed', false, 'A workflow is done'),
('workflow_execute', 'exact', 'failed', true, 'A workflow failed'),
('integration_connect', 'exact', 'completed', false, 'An integration is connected'),
('integration_connect', 'exact', 'failed', true, 'An integration could not be connected'),
('browser_automate', 'exact', 'completed', false, 'Work in a browser is done'),
('browser_automate', 'exact', 'failed', true, 'Work in a browser failed'),
('report_generate', 'exact', 'completed', false, 'A report is ready'),
('report_generate', 'exact', 'failed', true, 'A report could not be made'),
('human_feedback_received', 'exact', 'completed', false, 'Feedback of a person was taken in'),
('human_feedback_received', 'exact', 'failed', true, 'Feedback of a person could not be taken in'),
('approval_requested', 'exact', null, true, 'A person is asked for approval'),
('agent_to_agent_call', 'exact', null, false, 'An agent calls another'),
('%security%', 'like', 'completed', true, 'Security work is done'),
('%security%', 'like', 'failed', true, 'Security work failed');

-- A transaction that sent a NOTIFY cannot be prepared: where a platform may do that, nobody rings unasked.
insert into {{ schema }}.auto_post_control (wakeup)
values (case when current_setting('max_prepared_transactions') = '0' then 'doorbell' else 'poll' end);

insert into {{ schema }}.auto_post_reconciliation default values;

-- The first p_length characters of a value of the platform, as text. A type of PostgreSQL itself is cast; any other is
-- converted by its output function, because a cast is looked up, may be made by the type's owner, and would run with
-- the rights of our functions. The branches are statements, so that the cast of another type is not even planned.
create or replace function {{ schema }}.auto_post_text(p_value anyelement, p_length integer)
returns text
language plpgsql
stable
parallel safe
as $$
begin
    -- 16384 is the first id that PostgreSQL gives to an object of a user.
    if pg_catalog.pg_typeof(p_value)::pg_catalog.oid < 16384 then
        return pg_catalog.left(p_value::text, p_length);
    elsif p_value is null then
        return null;
    end if;
    return pg_catalog.left(pg_catalog.concat(p_value), p_length);
end
$$;

revoke execute on function {{ schema }}.auto_post_text(anyelement, integer) from public;

comment on function {{ schema }}.auto_post_text(anyelement, integer) is
'The beginning of a value of the platform as text, converted by the output function of its type and never by a '
'user-defined cast.';

-- A time of the platform. One without time zone is read in the time zone of the session, which for a worker is that of
-- the database: the check says where that may be wrong. Converted as in auto_post_text.
create or replace function {{ schema }}.auto_post_time(p_value anyelement)
returns timestamptz
language plpgsql
stable
parallel safe
as $$
begin
    if pg_catalog.pg_typeof(p_value)::pg_catalog.oid < 16384 then
        return p_value::timestamptz;
    end if;
    return {{ schema }}.auto_post_text(p_value, 100)::timestamptz;
end
$$;

revoke execute on function {{ schema }}.auto_post_time(anyelement) from public;

comment on function {{ schema }}.auto_post_time(anyelement) is
'A time of the platform; one without time zone is read in the time zone of the session.';

-- The id of the outbox row for an operation and the rule that it met: the same for the same two, always.
-- sha256 and not md5, which servers in FIPS mode refuse. NULL for NULL.
create or replace function {{ schema }}.auto_post_outbox_id(p_tracker_id text, p_rule_id integer)
returns uuid
language sql
stable
strict
parallel safe
return pg_catalog.encode(
    pg_catalog.substring(
        pg_catalog.sha256(pg_catalog.convert_to(p_rule_id::text || ':' || p_tracker_id, 'UTF8')), 1, 16
    ),
    'hex'
)::uuid;

revoke execute on function {{ schema }}.auto_post_outbox_id(text, integer) from public;

comment on function {{ schema }}.auto_post_outbox_id(text, integer) is
'The id of the outbox row for an operation (tracker_id) and a rule: always the same for the same two.';

-- The rules that a change to this status meets, unordered. is_most_specific: no other goes before it, being exact with
-- a status. Plain SQL without settings of its own, so that the trigger's plan takes it in. Compares as in the collation
-- "C", whatever that of the database or of the platform's columns: letters of ASCII alone have two cases.
create or replace function {{ schema }}.auto_post_matching_rules(p_operation_type text, p_status text)
returns table (
    rule_id integer, is_alert boolean, since timestamptz, since_xid xid8, is_exact boolean, has_status boolean,
    is_most_specific boolean
)
language sql
stable
as $$
    select
        r.id,
        r.is_alert or coalesce(p_status = 'failed' collate "C", false),
        r.since,
        r.since_xid,
        r.match = 'exact',
        r.status is not null,
        r.match = 'exact' and r.status is not null
    from {{ schema }}.auto_post_rules as r
    where
        r.enabled
        and (r.status is null or r.status = p_status collate "C")
        and case r.match
            when 'exact' then r.operation_type = p_operation_type collate "C"
            else pg_catalog.lower(p_operation_type collate "C") like pg_catalog.lower(r.operation_type collate "C")
        end
$$;

revoke execute on function {{ schema }}.auto_post_matching_rules(text, text) from public;

comment on function {{ schema }}.auto_post_matching_rules(text, text) is
'All rules that an operation of this type meets when it changes to this status; auto_post_best_rule returns the one '
'that applies.';

-- The one rule that a change to this status meets, or no row. Exact goes before pattern, a rule with a status before
-- one without, the older before the newer. Plain SQL without settings of its own, so that the plans of its callers take
-- it in.
create or replace function {{ schema }}.auto_post_best_rule(p_operation_type text, p_status text)
returns table (rule_id integer, is_alert boolean, since timestamptz, since_xid xid8)
language sql
stable
as $$
    select m.rule_id, m.is_alert, m.since, m.since_xid
    from {{ schema }}.auto_post_matching_rules(p_operation_type, p_status) as m
    order by m.is_exact desc, m.has_status desc, m.rule_id asc
    limit 1
$$;

revoke execute on function {{ schema }}.auto_post_best_rule(text, text) from public;

comment on function {{ schema }}.auto_post_best_rule(text, text) is
'The rule that an operation of this type meets when it changes to this status; no row: it is not significant.';

-- Whether a row of the outbox has what belongs to its state: see the trigger auto_post_outbox_state. NULL: not.
-- In plpgsql, because PostgreSQL would take a function in SQL into the trigger's condition, and read it again for each
-- statement; and without a SET clause, which costs as much as the rest: each name is qualified.
create or replace function {{ schema }}.auto_post_outbox_is_sound(
    p_state text, p_worker text, p_reason text, p_last_error text, p_post_id text, p_finished_at timestamptz
)
returns boolean
language plpgsql
immutable
as $$
begin
    return case
        when p_state operator(pg_catalog.=) 'claimed'
            then p_worker is not null and p_post_id is null and p_finished_at is null
        when p_worker is not null then false
        when p_state operator(pg_catalog.=) 'pending' then p_post_id is null and p_finished_at is null
        when p_finished_at is null then false
        when p_state operator(pg_catalog.=) 'posted' then p_post_id is not null
        when p_post_id is not null then false
        when p_state operator(pg_catalog.=) 'skipped' then p_reason is not null
        when p_state operator(pg_catalog.=) 'dead' then p_last_error is not null
        else false
    end;
end
$$;

revoke execute on function
{{ schema }}.auto_post_outbox_is_sound(text, text, text, text, text, timestamptz)
from public;

comment on function {{ schema }}.auto_post_outbox_is_sound(text, text, text, text, text, timestamptz) is
'Whether the columns of a row of auto_post_outbox fit its state.';

-- Refuses a change of an outbox row to a state without what belongs to it: see the trigger auto_post_outbox_state.
create or replace function {{ schema }}.auto_post_refuse_outbox_row()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'outbox row % cannot be % with what it has', new.id, new.state
    using
        errcode = 'check_violation', schema = tg_table_schema, table = tg_table_name, constraint = tg_name,
        detail = pg_catalog.format(
            'worker %L, reason %L, last_error %L, post_id %L, finished_at %L',
            new.worker, new.reason, new.last_error, new.post_id, new.finished_at
        );
end
$$;

revoke execute on function {{ schema }}.auto_post_refuse_outbox_row() from public;

comment on function {{ schema }}.auto_post_refuse_outbox_row() is
'Trigger of auto_post_outbox: refuses a row whose columns do not fit its state.';

-- Writes what somebody did from SQL to the audit log, and wakes the workers so that it takes effect at once.
create or replace function {{ schema }}.auto_post_log_operator_action(
    p_action text,
    p_details jsonb default null,
    p_tracker_id text default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into {{ platform }}.audit_log (id, occurred_at, action, tracker_id, details)
    values (
        pg_catalog.gen_random_uuid()::text, pg_catalog.clock_timestamp(), 'auto_post.' || p_action, p_tracker_id,
        coalesce(p_details, '{}') || pg_catalog.jsonb_build_object('by', session_user)
    );
    -- With a full queue NOTIFY would fail at commit. The workers then find out by polling.
    if pg_catalog.pg_notification_queue_usage() < 0.8 then
        perform pg_catalog.pg_notify('auto_post_doorbell', '');
    end if;
end
$$;

revoke execute on function {{ schema }}.auto_post_log_operator_action(text, jsonb, text) from public;

comment on function {{ schema }}.auto_post_log_operator_action(text, jsonb, text) is
'Used by the functions for operators: writes an audit row with the calling role, and wakes the workers.';

-- Lets two changes of rules wait for each other before either locks a rule: each moves the since of those it overlaps.
-- Refuses to delete a rule: its outbox rows are found by its id, and could not be retried, skipped or explained.
-- Waits 5 seconds, because any role can hold an advisory lock; then it names the session that does.
create or replace function {{ schema }}.auto_post_serialize_rule_changes()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
    v_holder text;
begin
    if tg_op in ('DELETE', 'TRUNCATE') then
        raise exception 'a rule cannot be deleted, because rows of the outbox name it'
        using
            errcode = 'object_not_in_prerequisite_state',
            hint = 'Switch it off: select {{ schema }}.auto_post_switch_rule(id, false);';
    end if;
    begin
        perform pg_catalog.pg_advisory_xact_lock({{ lock.rules }}, pg_catalog.hashtext('{{ schema }}'));
    exception
        when lock_not_available then
            select pg_catalog.format('process %s of role %s, application %L', l.pid, s.usename, s.application_name)
            into v_holder
            from pg_catalog.pg_locks as l
            left join pg_catalog.pg_stat_activity as s on l.pid = s.pid
            where
                l.locktype = 'advisory' and l.objsubid = 2 and l.granted and l.classid = {{ lock.rules }}
                and l.database = (select d.oid from pg_catalog.pg_database as d where d.datname = current_database())
            order by l.pid
            limit 1;
            raise exception 'another session has held the lock of rule changes for 5 seconds: %',
            coalesce(v_holder, 'it has just ended')
            using
                errcode = 'lock_not_available',
                hint = 'Try again when it has ended its transaction, or end it with pg_terminate_backend.';
    end;
    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_serialize_rule_changes() from public;

comment on function {{ schema }}.auto_post_serialize_rule_changes() is
'Trigger of auto_post_rules: one transaction at a time changes rules (advisory lock), and none deletes one.';

-- The rule that a change of an operation of this type to this status meets: its id, negative for an alert; NULL for
-- none, and while capturing is off. The part 'exact' knows the rules for exact types, and 'pattern' the others, which
-- count if there is no exact one. 'filter' returns 0 if there may be a rule, and is the cheapest. The plan of a caller
-- that names a part as a constant has nothing of the others.
-- Generated: auto_post_compile writes the rules into its body, and this is the body before the first time. Without
-- settings of its own, so that the plans of the trigger's functions take it in.
create or replace function {{ schema }}.auto_post_compiled_rule(p_part text, p_operation_type text, p_status text)
returns integer
language sql
immutable
as 'select null::integer';

revoke execute on function {{ schema }}.auto_post_compiled_rule(text, text, text) from public;

comment on function {{ schema }}.auto_post_compiled_rule(text, text, text) is
'Generated by auto_post_compile: the id of the rule that a change meets, negative for an alert.';

-- The column since of a rule of auto_post_rules; NULL for a rule that is not enabled. Generated, as
-- auto_post_compiled_rule is.
create or replace function {{ schema }}.auto_post_compiled_since(p_rule_id integer)
returns timestamptz
language sql
stable
as 'select null::timestamptz';

revoke execute on function {{ schema }}.auto_post_compiled_since(integer) from public;

comment on function {{ schema }}.auto_post_compiled_since(integer) is
'Generated by auto_post_compile: the column since of an enabled rule of auto_post_rules.';

-- The title of a rule of auto_post_rules, also of one that is not enabled; NULL for none. Claims and publications call
-- it: without titles the planner knows the answer. Generated, as auto_post_compiled_rule is.
create or replace function {{ schema }}.auto_post_compiled_title(p_rule_id integer)
returns text
language sql
immutable
as 'select null::text';

revoke execute on function {{ schema }}.auto_post_compiled_title(integer) from public;

comment on function {{ schema }}.auto_post_compiled_title(integer) is
'Generated by auto_post_compile: the title of a rule of auto_post_rules.';

-- The column wakeup of auto_post_control. Generated, as auto_post_compiled_rule is.
create or replace function {{ schema }}.auto_post_compiled_wakeup()
returns text
language sql
immutable
as 'select ''poll''::text';

revoke execute on function {{ schema }}.auto_post_compiled_wakeup() from public;

comment on function {{ schema }}.auto_post_compiled_wakeup() is
'Generated by auto_post_compile: the column wakeup of auto_post_control.';

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

-- Writes the rules and switches into the functions that the trigger calls, where they differ; returns how many did.
-- Part of the caller's transaction, which must own the functions. Agents go on with what was there until it commits.
-- Fails for a snapshot that does not see an earlier change (repeatable read). Locks: the advisory lock of rule changes.
create or replace function {{ schema }}.auto_post_compile()
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
    v_function record;
    v_changed integer := 0;
begin
    perform pg_catalog.pg_advisory_xact_lock({{ lock.rules }}, pg_catalog.hashtext('{{ schema }}'));
    for v_function in
        select b.name, b.signature, b.result, b.volatility, b.body, p.oid, p.prosrc as present
        from {{ schema }}.auto_post_compiled_bodies() as b
        left join pg_catalog.pg_proc as p
            on
                p.proname = b.name
                and p.pronamespace = (
                    select c.relnamespace from pg_catalog.pg_class as c
                    where c.oid = '{{ schema }}.auto_post_rules'::pg_catalog.regclass
                )
        order by b.name
    loop
        -- The catalog is read as it is now, and pg_proc by the snapshot.
        if pg_catalog.strpos(pg_catalog.pg_get_functiondef(v_function.oid), v_function.present) = 0 then
            raise exception 'another transaction has changed the rules since this one began'
            using errcode = 'serialization_failure', hint = 'Try again, in a new transaction.';
        end if;
        continue when v_function.present = v_function.body;
        execute pg_catalog.format(
            'create or replace function {{ schema }}.%I(%s) returns %s language sql %s as %L',
            v_function.name, v_function.signature, v_function.result, v_function.volatility, v_function.body
        );
        execute pg_catalog.format(
            'revoke execute on function {{ schema }}.%I(%s) from public', v_function.name, v_function.signature
        );
        v_changed := v_changed + 1;
    end loop;
    return v_changed;
end
$$;

revoke execute on function {{ schema }}.auto_post_compile() from public;

comment on function {{ schema }}.auto_post_compile() is
'Writes the rules and switches into the functions that the trigger calls, where they differ; returns how many did.';

-- Compiles the rules and switches after each change of them, in the transaction of who changed them: if that fails, so
-- does the change. Runs as the owner, because another role may have the right to change rules and owns no function.
create or replace function {{ schema }}.auto_post_compile_change()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform {{ schema }}.auto_post_compile();
    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_compile_change() from public;

comment on function {{ schema }}.auto_post_compile_change() is
'Trigger of auto_post_rules and auto_post_control: compiles the rules and switches after a change.';

-- Keeps the reconciler from posting the past when a rule is switched or changed: the rule starts again, and so does
-- every rule that what it named may meet instead.
create or replace function {{ schema }}.auto_post_rules_since()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if
        (new.operation_type, new.match, new.status, new.enabled)
        is not distinct from (old.operation_type, old.match, old.status, old.enabled)
    then
        return null;
    end if;
    update {{ schema }}.auto_post_rules as r
    set since = pg_catalog.clock_timestamp(), since_xid = pg_catalog.pg_current_xact_id()
    where
        r.id = old.id
        or (
            (r.match = 'like' or old.match = 'like' or r.operation_type = old.operation_type)
            and (r.status is null or old.status is null or r.status = old.status)
        );
    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_rules_since() from public;

comment on function {{ schema }}.auto_post_rules_since() is
'Trigger of auto_post_rules: when a rule is switched or changed, sets since of all rules that overlap it to now.';

-- Keeps trigger and reconciler from posting what ended while capturing was off, however it was switched. The rules
-- start again too, so that the trigger needs to look at nothing else.
create or replace function {{ schema }}.auto_post_capture_since()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.capture_enabled and not old.capture_enabled then
        update {{ schema }}.auto_post_reconciliation as r
        set since = pg_catalog.clock_timestamp(), since_xid = pg_catalog.pg_current_xact_id();
        update {{ schema }}.auto_post_rules as r
        set since = pg_catalog.clock_timestamp(), since_xid = pg_catalog.pg_current_xact_id();
    end if;
    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_capture_since() from public;

comment on function {{ schema }}.auto_post_capture_since() is
'Trigger of auto_post_control: sets since of the reconciler and of all rules to now when capturing is switched on.';

-- Writes a significant change of an operation to the outbox, and rings if a worker sleeps.
-- Never raises, whatever the platform did to its table. Waits for no lock longer than lock_timeout, and after one
-- time-out for none in this transaction: then it warns, once, and leaves the rest of the transaction's changes to the
-- reconciler. So it does when something is wrong with our tables, and after ten rows that each failed by themselves.
-- Does nothing with a value of the platform before it is text, and cuts each (see sql.py: cut.new).
-- Locks: its own outbox row; the doorbell's advisory lock, shared, to the end of the transaction.
create or replace function {{ schema }}.auto_post_capture{{ of }}()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '20ms'
as $$
declare
    v_tracker_id text;
    v_built_id text;
    v_agent_id text;
    v_operation_type text;
    v_status text;
    v_ended_at timestamptz;
    v_has_zone boolean;
    v_rule integer;
    v_rule_id integer;
    v_since timestamptz;
    v_sqlstate text;
    v_xact_id text;
    v_failures text;
    v_gives_up boolean;
begin
    begin
        v_status := {{ cut.new.status }};
        v_operation_type := {{ cut.new.operation_type }};

        -- Rules and switches are constants in the generated functions: to look them up in their tables would cost a
        -- quarter of the whole. In steps, because PostgreSQL sets up each expression again in each transaction, which
        -- is most of what it costs: what no rule can match ends here, and patterns are read last.
        if {{ schema }}.auto_post_compiled_rule('filter', v_operation_type, v_status) is null then
            return null;
        end if;
        if v_status is not distinct from {{ cut.old.status }} then
            if tg_op = 'UPDATE' then
                return null;
            end if;
        end if;
        v_rule := {{ schema }}.auto_post_compiled_rule('exact', v_operation_type, v_status);
        if v_rule is null then
            v_rule := {{ schema }}.auto_post_compiled_rule('pattern', v_operation_type, v_status);
            if v_rule is null then
                return null;
            end if;
        end if;
        v_rule_id := pg_catalog.abs(v_rule);

        {{ build.id }}
        v_tracker_id := {{ text.new.id }};

        -- One condition for the common case. The mark is empty after the transaction that set it.
        if
            tg_op = 'INSERT'
            or pg_catalog.current_setting('{{ session }}.capture_gave_up', true) <> ''
            or pg_catalog.octet_length(v_tracker_id) > 1000
        then
            if
                pg_catalog.current_setting('{{ session }}.capture_gave_up', true)
                = pg_catalog.pg_current_xact_id_if_assigned()::text
            then
                return null;
            end if;
            if pg_catalog.length(v_tracker_id) > 1000 then
                raise warning 'autopost does not capture an operation whose id is longer than 1,000 characters'
                using
                    detail = pg_catalog.format('The id begins with %s', pg_catalog.left(v_tracker_id, 100)),
                    hint = 'The operation itself is not affected.';
                return null;
            end if;

            -- An inserted row may be an old one that was moved from another partition or restored. It is ignored as
            -- the reconciler leaves it, with a day's tolerance where its times have no zone. What began with this
            -- transaction is new, even if a rule was changed meanwhile. A since in the future counts for nothing: the
            -- clock was set back.
            if tg_op = 'INSERT' then
                v_ended_at := greatest({{ time.new.completed_at }}, {{ time.new.started_at }});
                if v_ended_at < pg_catalog.now() then
                    v_since := {{ schema }}.auto_post_compiled_since(v_rule_id);
                    if v_ended_at < v_since and v_since <= pg_catalog.clock_timestamp() then
                        v_has_zone := 'timestamp'::pg_catalog.regtype not in (
                            pg_catalog.pg_typeof({{ new.completed_at }}), pg_catalog.pg_typeof({{ new.started_at }})
                        );
                        if v_has_zone or v_ended_at + interval '1 day' < v_since then
                            return null;
                        end if;
                    end if;
                end if;
            end if;
        end if;

        -- What retention removed is not asked here, where an agent would pay for it: the claim does. VALUES and not
        -- SELECT, which would be planned as a subquery, as it has volatile functions.
        insert into {{ schema }}.auto_post_outbox (
            id, rule_id, tracker_id, operation_type, status, is_alert, tenant_id, agent_id,
            what_explanation, why_explanation, next_steps, captured_at, available_at
        )
        values (
            {{ schema }}.auto_post_outbox_id(v_tracker_id, v_rule_id), v_rule_id, v_tracker_id, v_operation_type,
            v_status, v_rule < 0, {{ cut.new.tenant_id }}, {{ cut.new.agent_id }}, {{ cut.new.what_explanation }},
            {{ cut.new.why_explanation }}, {{ cut.new.next_steps }},
            pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp()
        )
        on conflict (id) do nothing;

        -- A worker that sleeps holds this lock alone. Who gets it shared knows that none sleeps, and keeps any from
        -- falling asleep before this row can be seen.
        if
            not found
            or (
                {{ schema }}.auto_post_compiled_wakeup() <> 'poll'
                and (
                    {{ schema }}.auto_post_compiled_wakeup() = 'notify'
                    or not pg_catalog.pg_try_advisory_xact_lock_shared(
                        {{ lock.doorbell }}, pg_catalog.hashtext('{{ schema }}')
                    )
                )
            )
        then
            if found then
                -- With a full queue NOTIFY would fail at commit, where nothing can catch it.
                if pg_catalog.pg_notification_queue_usage() < 0.8 then
                    perform pg_catalog.pg_notify('auto_post_doorbell', '');
                end if;
                return null;
            end if;
            -- It came to this status before, and counts once. But an id is of the agent that used it first.
            v_agent_id := {{ cut.new.agent_id }};
            if
                exists (
                    select from {{ schema }}.auto_post_outbox as o
                    where
                        o.id = {{ schema }}.auto_post_outbox_id(v_tracker_id, v_rule_id)
                        and o.agent_id is distinct from v_agent_id
                )
            then
                raise warning 'autopost does not capture operation %: another agent has used this id',
                pg_catalog.left(v_tracker_id, 200)
                using hint = 'The operation itself is not affected.';
            end if;
        end if;
    exception
        when others or assert_failure then
            v_sqlstate := sqlstate;
            v_xact_id := pg_catalog.pg_current_xact_id()::text;
            -- The rule is decided before the mark is read, which costs every change: what fails there is said once too.
            if pg_catalog.current_setting('{{ session }}.capture_gave_up', true) = v_xact_id then
                return null;
            end if;
            -- The transaction, and a dot for each failure in it.
            v_failures := pg_catalog.current_setting('{{ session }}.capture_failures', true);
            if v_failures is null or not pg_catalog.starts_with(v_failures, v_xact_id || '.') then
                v_failures := v_xact_id;
            end if;
            v_failures := v_failures || '.';
            perform pg_catalog.set_config('{{ session }}.capture_failures', v_failures, true);
            -- What is wrong with the outbox will be so for every row; what is wrong with one row ends there, unless
            -- row after row is.
            v_gives_up := pg_catalog.left(v_sqlstate, 2) in ('42', '53', '54', '55', '57', '58', 'XX')
            or v_sqlstate = 'P0002'
            or pg_catalog.length(v_failures) >= pg_catalog.length(v_xact_id) + 10;
            if v_gives_up then
                perform pg_catalog.set_config('{{ session }}.capture_gave_up', v_xact_id, true);
            end if;
            begin
                v_tracker_id := {{ schema }}.auto_post_text({{ new.id }}, 200);
            exception
                when others or assert_failure then
                    v_tracker_id := null;
            end;
            raise warning 'autopost did not capture operation % (SQLSTATE %)', v_tracker_id, v_sqlstate
            using
                detail = case
                    when v_gives_up then 'Nothing more of this transaction is captured.'
                    else 'What else this transaction changes is captured.'
                end,
                hint = 'The operation itself is not affected. The reconciler captures it later.';
    end;

    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_capture{{ of }}() from public;

comment on function {{ schema }}.auto_post_capture{{ of }}() is
'Trigger of operation_trackers: writes a significant change to auto_post_outbox. Never fails the agent''s transaction.';

-- Part of auto_post_reconcile: a policy of row-level security that concerns the current role when it reads a table, is
-- not its own, and could run code with its rights; NULL: none could. Safe are policies of columns, constants, operators
-- and casts of PostgreSQL itself, and current_setting(): functions such as query_to_xml run whatever they are given.
-- What PostgreSQL itself provides is in no dependency.
create or replace function {{ schema }}.auto_post_unsafe_policy(p_table regclass)
returns name
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select p.polname
    from pg_catalog.pg_policy as p
    inner join pg_catalog.pg_class as c on p.polrelid = c.oid
    where
        c.oid = p_table
        and pg_catalog.row_security_active(c.oid)
        and c.relowner <> (select r.oid from pg_catalog.pg_roles as r where r.rolname = current_user)
        and p.polcmd in ('*', 'r')
        and exists (
            select from pg_catalog.unnest(p.polroles) as m (oid)
            where case when m.oid = 0 then true else pg_catalog.pg_has_role(m.oid, 'USAGE') end
        )
        and (
            exists (
                select from pg_catalog.pg_depend as d
                where
                    d.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass and d.objid = p.oid
                    and case d.refclassid
                        when 'pg_catalog.pg_proc'::pg_catalog.regclass then true
                        when 'pg_catalog.pg_operator'::pg_catalog.regclass then true
                        when 'pg_catalog.pg_class'::pg_catalog.regclass then d.refobjid <> c.oid
                        when 'pg_catalog.pg_type'::pg_catalog.regclass
                            then (select t.typtype = 'd' from pg_catalog.pg_type as t where t.oid = d.refobjid)
                        else false
                    end
            )
            or pg_catalog.strpos(p.polqual::text, '{SUBLINK') > 0
            or exists (
                select
                from pg_catalog.regexp_matches(p.polqual::text, ':funcid (\d+)', 'g') as m (ids)
                inner join pg_catalog.pg_proc as f on m.ids[1]::oid = f.oid
                where
                    f.proname <> 'current_setting'
                    and not exists (select from pg_catalog.pg_cast as k where k.castfunc = f.oid and k.oid < 16384)
            )
        )
    limit 1
$$;

revoke execute on function {{ schema }}.auto_post_unsafe_policy(regclass) from public;

comment on function {{ schema }}.auto_post_unsafe_policy(regclass) is
'Part of auto_post_reconcile: a policy that would run code of the platform with the rights of the current role.';

-- Part of auto_post_reconcile: captures the missed operations among the rows from p_from to p_to of a table of
-- operations (p_operations: it or its view), of all partitions or of one (p_table); returns how many, at most p_limit.
-- Notes what meets a rule and is not captured. Fails when one of the rows cannot be read.
create or replace function {{ schema }}.auto_post_reconcile_rows(
    p_operations regclass, p_from tid, p_to tid, p_table oid, p_limit integer
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_since timestamptz;
    v_since_xid xid8;
    v_now constant timestamptz := pg_catalog.clock_timestamp();
    v_found integer;
begin
    select r.since, r.since_xid into v_since, v_since_xid from {{ schema }}.auto_post_reconciliation as r;

    -- Planned each time: for this table, and for the blocks that are read.
    execute pg_catalog.format(
        $statement$
    with significant as materialized (
        select
            o.tracker_id, o.agent_id, v.operation_type, v.status, r.rule_id, r.is_alert, o.outbox_id, x.reason,
            case x.reason when 'other_agent' then k.agent_id end as detail,
            {{ schema }}.auto_post_text(t.tenant_id, 200) as tenant_id,
            case x.reason when 'missed' then {{ schema }}.auto_post_text(t.what_explanation, 4000) end as what_explanation,
            case x.reason when 'missed' then {{ schema }}.auto_post_text(t.why_explanation, 4000) end as why_explanation,
            case x.reason when 'missed' then {{ schema }}.auto_post_text(t.next_steps, 4000) end as next_steps
        from %s as t
        -- OFFSET 0: each value is converted once, and not for each rule.
        cross join lateral (
            select
                {{ schema }}.auto_post_text(t.operation_type, 200) as operation_type,
                {{ schema }}.auto_post_text(t.status, 200) as status
            offset 0
        ) as v
        cross join lateral {{ schema }}.auto_post_best_rule(v.operation_type, v.status) as r
        cross join lateral (
            select
                i.tracker_id, {{ schema }}.auto_post_outbox_id(i.tracker_id, r.rule_id) as outbox_id,
                {{ schema }}.auto_post_text(t.agent_id, 200) as agent_id,
                -- The later of both: what started since cannot have ended before, whatever completed_at says.
                greatest({{ schema }}.auto_post_time(t.completed_at), {{ schema }}.auto_post_time(t.started_at))
                >= greatest($2, r.since) as is_recent,
                -- By the transaction that wrote the row, whatever its times say.
                pg_catalog.age(t.xmin) < pg_catalog.age(greatest($1, r.since_xid)::xid) as is_written_since
            from (select {{ schema }}.auto_post_text(t.id, 1001) as tracker_id) as i
            offset 0
        ) as o
        -- Lateral, so that each is a probe of an index, whatever the planner thinks of the sizes.
        left join lateral (
            select b.id, b.agent_id from {{ schema }}.auto_post_outbox as b
            where b.id = o.outbox_id
            limit 1
        ) as k on true
        cross join lateral (
            select case
                when o.is_recent and pg_catalog.length(o.tracker_id) > 1000 then 'id_too_long'
                when k.id is not null
                    then case when o.is_recent and k.agent_id is distinct from o.agent_id then 'other_agent' end
                when (select g.id from {{ schema }}.auto_post_tombstones as g where g.id = o.outbox_id) is not null
                    then null
                when o.is_recent then 'missed'
                else 'old_by_its_times'
            end as reason
            offset 0
        ) as x
        where
            t.ctid >= $4 and t.ctid <= $5
            and ($6 is null or t.tableoid = $6)
            and (o.is_recent or o.is_written_since)
            and x.reason is not null
    ),

    captured as (
        insert into {{ schema }}.auto_post_outbox (
            id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert,
            what_explanation, why_explanation, next_steps, captured_at, available_at
        )
        select
            s.outbox_id, s.rule_id, s.tracker_id, s.tenant_id, s.agent_id, s.operation_type, s.status, s.is_alert,
            s.what_explanation, s.why_explanation, s.next_steps, $3, $3
        from significant as s
        where s.reason = 'missed'
        limit $7
        on conflict (id) do nothing
        returning id
    ),

    noted as (
        insert into {{ schema }}.auto_post_not_captured as n (reason, tracker_id, detail, first_seen_at, last_seen_at)
        select distinct on (s.reason, pg_catalog.left(s.tracker_id, 200))
            s.reason, pg_catalog.left(s.tracker_id, 200), s.detail, $3, $3
        from significant as s
        where
            s.reason <> 'missed'
            and (
                select pg_catalog.count(*) from {{ schema }}.auto_post_not_captured as a where a.reason = s.reason
            ) < 100
        limit 100
        on conflict (reason, tracker_id) do update set detail = excluded.detail, last_seen_at = excluded.last_seen_at
    )

    select pg_catalog.count(*) from captured
        $statement$, p_operations
    ) into v_found using v_since_xid, v_since, v_now, p_from, p_to, p_table, p_limit;
    return v_found;
end
$$;

revoke execute on function {{ schema }}.auto_post_reconcile_rows(regclass, tid, tid, oid, integer) from public;

comment on function {{ schema }}.auto_post_reconcile_rows(regclass, tid, tid, oid, integer) is
'Part of auto_post_reconcile: captures the missed operations among some rows of a table of operations.';

-- Part of auto_post_reconcile: reads a block of a table of operations, of all partitions, row by row, captures what was
-- missed, notes each row that cannot be read, and returns how many there were of both.
create or replace function {{ schema }}.auto_post_reconcile_block(
    p_operations regclass, p_block bigint, out captured integer, out unreadable integer
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows tid[];
    v_tables oid[];
    v_id text;
    v_sqlstate text;
begin
    captured := 0;
    unreadable := 0;
    begin
        execute pg_catalog.format(
            'select pg_catalog.array_agg(t.ctid), pg_catalog.array_agg(t.tableoid) from %s as t '
            'where t.ctid >= $1 and t.ctid <= $2', p_operations
        )
        into v_rows, v_tables
        using pg_catalog.format('(%s,0)', p_block)::tid, pg_catalog.format('(%s,65535)', p_block)::tid;
    exception
        when data_corrupted or index_corrupted or internal_error then
            v_rows := array[null];
    end;
    for v_place in 1..coalesce(pg_catalog.cardinality(v_rows), 0) loop
        begin
            captured := captured + {{ schema }}.auto_post_reconcile_rows(
                p_operations, v_rows[v_place], v_rows[v_place], v_tables[v_place], 1
            );
            continue when v_rows[v_place] is not null;
            v_sqlstate := 'XX001';
        exception
            when others then
                v_sqlstate := sqlstate;
                if pg_catalog.left(v_sqlstate, 2) in ('25', '40', '42', '53', '55', '57', '58') then
                    raise;
                end if;
        end;
        begin
            execute pg_catalog.format(
                'select {{ schema }}.auto_post_text(t.id, 200) from %s as t where t.ctid = $1 and t.tableoid = $2',
                p_operations
            )
            into strict v_id
            using v_rows[v_place], v_tables[v_place];
        exception
            when others then
                v_id := pg_catalog.format(
                    '%s %s', coalesce(v_tables[v_place]::pg_catalog.regclass::text, 'block'),
                    coalesce(v_rows[v_place]::text, p_block::text)
                );
        end;
        unreadable := unreadable + 1;
        insert into {{ schema }}.auto_post_not_captured as n (reason, tracker_id, detail)
        select 'unreadable', pg_catalog.left(v_id, 200), v_sqlstate
        where (
            select pg_catalog.count(*) from {{ schema }}.auto_post_not_captured as a where a.reason = 'unreadable'
        ) < 100
        on conflict (reason, tracker_id) do update
        set detail = excluded.detail, last_seen_at = pg_catalog.clock_timestamp();
    end loop;
end
$$;

revoke execute on function {{ schema }}.auto_post_reconcile_block(regclass, bigint) from public;

comment on function {{ schema }}.auto_post_reconcile_block(regclass, bigint) is
'Part of auto_post_reconcile: reads a block row by row and notes the rows that cannot be read.';

-- Captures significant operations that have no outbox row: the trigger was disabled, capturing failed, a restore.
-- Reads the next p_blocks blocks of operation_trackers and captures up to p_limit operations; returns how many. Of
-- several tables of operations, of a partitioned table or of one with children, it reads as many blocks in all, the
-- same ones of each table.
-- Reads nothing while autopost is detached from the platform's tables.
-- What ended before autopost was installed, capture was switched on or the rule was made is ignored.
-- A row that cannot be read is passed over and noted in auto_post_not_captured: a window that fails is read in halves,
-- and a block that fails row by row. After a hundred such rows the next call continues.
-- Refuses to read under policies of the platform that could run functions with the rights of this function's owner. A
-- table of several that it cannot read does not keep it from the others, and is noted as well.
-- One runs at a time (it locks the row of auto_post_reconciliation); another returns 0. Commits with the caller. Locks
-- its new outbox rows.
create or replace function {{ schema }}.auto_post_reconcile(p_blocks integer default 1000, p_limit integer default 1000)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
set jit = off
as $$
declare
    v_from bigint;
    v_to bigint;
    v_reached bigint;
    v_size bigint;
    v_files bigint;
    v_found integer := 0;
    v_unreadable integer;
    v_lows bigint[];
    v_highs bigint[];
    v_low bigint;
    v_high bigint;
    v_policy text;
    v_table record;
    v_tables regclass[] := '{}';
    v_views regclass[] := '{}';
    v_number integer;
    v_failed text[] := '{}';
    v_sqlstates text[] := '{}';
begin
    if p_blocks is null or p_blocks < 1 or p_limit is null or p_limit < 1 then
        raise exception 'auto_post_reconcile: p_blocks and p_limit must be 1 or more'
        using errcode = 'invalid_parameter_value';
    end if;
    perform from {{ schema }}.auto_post_reconciliation for update skip locked;
    if
        not found
        or not (select c.capture_enabled from {{ schema }}.auto_post_control as c)
        or pg_catalog.to_regprocedure('{{ schema }}.auto_post_check_detached()') is not null
    then
        return 0;
    end if;

    select pg_catalog.count(*) into v_number
    from (values {{ operations }}) as o (qualified, view_name, status_columns, capture);
    for v_table in
        select o.qualified, o.view_name
        from (values {{ operations }}) as o (qualified, view_name, status_columns, capture)
    loop
        begin
            -- From here to the end of the transaction the table and its policies stay as they are.
            execute pg_catalog.format('lock table %s in access share mode', v_table.qualified);
            if
                (select c.relkind from pg_catalog.pg_class as c where c.oid = v_table.qualified::regclass)
                not in ('r', 'p')
            then
                raise exception 'auto_post_reconcile: % is not a table, and a view would run code of the platform',
                v_table.qualified
                using errcode = 'wrong_object_type';
            end if;
            v_policy := {{ schema }}.auto_post_unsafe_policy(v_table.qualified::regclass);
            if v_policy is not null then
                raise exception 'auto_post_reconcile: policy % of % calls code of the platform',
                v_policy, v_table.qualified
                using
                    errcode = 'insufficient_privilege',
                    detail = pg_catalog.format('It would run with the rights of %s.', current_user),
                    hint = pg_catalog.format('alter role %I bypassrls;', current_user);
            end if;
            v_views := v_views || v_table.view_name::regclass;
            v_tables := v_tables || v_table.qualified::regclass;
        exception
            when others then
                -- Raised where it concerns all, by its kind or because no table is left.
                if
                    pg_catalog.left(sqlstate, 2) not in ('42', '55')
                    or pg_catalog.cardinality(v_failed) + 1 = v_number
                then
                    raise;
                end if;
                v_failed := v_failed || v_table.qualified;
                v_sqlstates := v_sqlstates || sqlstate;
        end;
    end loop;

    -- The tables, their partitions and their children.
    with recursive tables as (
        select t.oid::pg_catalog.oid as oid
        from pg_catalog.unnest(v_tables) as t (oid)
        union
        select i.inhrelid
        from pg_catalog.pg_inherits as i
        inner join tables as t on i.inhparent = t.oid
    )

    select
        coalesce(pg_catalog.max(pg_catalog.pg_relation_size(t.oid)), 0)
        / pg_catalog.current_setting('block_size')::bigint,
        greatest(pg_catalog.count(*), 1)
    into v_size, v_files
    from tables as t
    inner join pg_catalog.pg_class as c on t.oid = c.oid and c.relkind = 'r';
    select case when r.next_block < v_size then r.next_block else 0 end
    into v_from
    from {{ schema }}.auto_post_reconciliation as r;
    v_to := least(v_from + greatest(p_blocks / v_files, 1), 4294967295);

    for v_place in 1..pg_catalog.cardinality(v_views) loop
        -- A window that held more than the limit is read again.
        if v_found >= p_limit then
            v_to := v_from;
            exit;
        end if;
        v_lows := array[v_from];
        v_highs := array[v_to];
        v_reached := v_from;
        v_unreadable := 0;
        while v_lows <> '{}' loop
            v_low := v_lows[1];
            v_high := v_highs[1];
            v_lows := v_lows[2:];
            v_highs := v_highs[2:];
            begin
                v_found := v_found + {{ schema }}.auto_post_reconcile_rows(
                    v_views[v_place], pg_catalog.format('(%s,0)', v_low)::tid,
                    pg_catalog.format('(%s,65535)', v_high - 1)::tid, null, p_limit - v_found
                );
                exit when v_found >= p_limit;
                v_reached := v_high;
            exception
                when others then
                    -- What is wrong with our tables, with the server or with a right is not caused by a row.
                    if
                        pg_catalog.left(sqlstate, 2) in ('25', '40', '53', '57', '58')
                        or (
                            pg_catalog.left(sqlstate, 2) in ('42', '55')
                            and pg_catalog.cardinality(v_failed) + 1 = v_number
                        )
                    then
                        raise;
                    elsif pg_catalog.left(sqlstate, 2) in ('42', '55') then
                        v_failed := v_failed || v_tables[v_place]::text;
                        v_sqlstates := v_sqlstates || sqlstate;
                        v_reached := v_to;
                        exit;
                    elsif v_high - v_low > 1 then
                        v_lows := array[v_low, (v_low + v_high) / 2] || v_lows;
                        v_highs := array[(v_low + v_high) / 2, v_high] || v_highs;
                    else
                        select v_found + b.captured, v_unreadable + b.unreadable into v_found, v_unreadable
                        from {{ schema }}.auto_post_reconcile_block(v_views[v_place], v_low) as b;
                        v_reached := v_high;
                        exit when v_unreadable >= 100 or v_found >= p_limit;
                    end if;
            end;
        end loop;
        -- The others are read as far as this one.
        v_to := v_reached;
    end loop;

    insert into {{ schema }}.auto_post_not_captured as n (reason, tracker_id, detail)
    select 'unreadable_table', pg_catalog.left(f.qualified, 200), f.state
    from unnest(v_failed, v_sqlstates) as f (qualified, state)
    on conflict (reason, tracker_id) do update
    set detail = excluded.detail, last_seen_at = pg_catalog.clock_timestamp();

    -- At the end of a round, what was noted before it and not met in it is gone.
    if v_to >= v_size then
        delete from {{ schema }}.auto_post_not_captured as n
        using {{ schema }}.auto_post_reconciliation as r
        where n.last_seen_at < r.last_round_at;
    end if;
    update {{ schema }}.auto_post_reconciliation as r
    set
        next_block = v_to,
        last_run_at = pg_catalog.clock_timestamp(),
        last_round_at = case when v_to >= v_size then pg_catalog.clock_timestamp() else r.last_round_at end,
        found = r.found + v_found,
        found_in_hour = v_found + case when r.hour_began_at > pg_catalog.now() - interval '1 hour' then r.found_in_hour else 0 end,
        hour_began_at = case
            when r.hour_began_at > pg_catalog.now() - interval '1 hour' then r.hour_began_at
            else pg_catalog.clock_timestamp()
        end;

    if v_found > 0 and pg_catalog.pg_notification_queue_usage() < 0.8 then
        perform pg_catalog.pg_notify('auto_post_doorbell', '');
    end if;
    return v_found;
end
$$;

revoke execute on function {{ schema }}.auto_post_reconcile(integer, integer) from public;

comment on function {{ schema }}.auto_post_reconcile(integer, integer) is
'Captures operations that the trigger missed, from the next window of operation_trackers; returns how many.';

-- The oid of the type of a value. Said to be immutable, so that the planner replaces a call on NULL by its result: a
-- plan that was kept is made again when the table is altered whose column it is about.
create or replace function {{ schema }}.auto_post_type_of(p_value anyelement)
returns oid
language sql
immutable
parallel safe
as $$
    select pg_catalog.pg_typeof(p_value)::pg_catalog.oid
$$;

revoke execute on function {{ schema }}.auto_post_type_of(anyelement) from public;

comment on function {{ schema }}.auto_post_type_of(anyelement) is
'Part of auto_post_committed_rows and auto_post_agents: the oid of the type of a value, which the planner evaluates.';

-- The agents of this id as claims and publications see them: none, one, or two when the id is not unique. One index
-- lookup each, whatever the planner expects of the table's size. Made from the type of the view's column
-- auto_post_id_key, so that an index of the platform on a uuid or a number serves; the id is compared as well, because
-- only one text of a value is the id. Plain SQL without settings of its own: the plan of its caller takes it in.
-- The platform's columns may have any type: one of PostgreSQL's own (an id below 16384) is cast, which the planner
-- decides, and again after the table was altered; any other is converted by its output function. A value of many
-- kilobytes, stored, counts as none: to read it costs every claim.
do $agents$
declare
    v_type name := (
        select y.typname
        from pg_catalog.pg_attribute as a
        inner join pg_catalog.pg_type as y on a.atttypid = y.oid
        where
            a.attrelid = pg_catalog.to_regclass('{{ platform }}.agents') and a.attname = 'auto_post_id_key'
            and a.attnum > 0 and not a.attisdropped
    );
    v_part constant text := $part${{ agents.key }}$part$;
    v_texts constant text := (
        select
            pg_catalog.string_agg(
                pg_catalog.replace(
                    'case when pg_catalog.pg_column_size(a.<c>) < 10000 then case '
                    'when {{ schema }}.auto_post_type_of((null::{{ platform }}.agents).<c>) < 16384 '
                    'then a.<c>::pg_catalog.varchar(200) else pg_catalog.left(pg_catalog.format(''%s'', a.<c>), 200) end end',
                    '<c>', c.name
                ),
                E',\n        ' order by c.place
            )
        from pg_catalog.unnest(array['name', 'maturity', 'category', 'tenant_id']) with ordinality as c (name, place)
    );
begin
    execute pg_catalog.replace(pg_catalog.replace(
        $function$
create or replace function {{ schema }}.auto_post_agents(p_id text)
returns table (name text, maturity text, category text, tenant_id text)
language sql
stable
rows 1
as $body$
    select
        <texts>
    from {{ platform }}.agents as a
    where <found>
    limit 2
$body$
$function$,
        '<texts>', v_texts),
        '<found>',
        case
            when v_type is null then 'a.id = p_id order by a.id'
            else pg_catalog.format(
                'a.auto_post_id_key = %s and a.id = p_id order by a.auto_post_id_key',
                pg_catalog.format(
                    case
                        when v_type = 'uuid' then
                            'case when %1$s ~ ''^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'' then (%1$s)::pg_catalog.uuid end'
                        when v_type ~ '^int' then
                            'case when %1$s ~ ''^-?[0-9]{1,18}$'' then (%1$s)::pg_catalog.int8 '
                            'when %1$s ~ ''^-?[0-9]{19}$'' and (%1$s)::pg_catalog.numeric between '
                            '-9223372036854775808 and 9223372036854775807 then (%1$s)::pg_catalog.int8 end'
                        else '(%1$s)::pg_catalog.%2$I'
                    end,
                    v_part, v_type
                )
            )
        end
    );
end
$agents$;

revoke execute on function {{ schema }}.auto_post_agents(text) from public;

comment on function {{ schema }}.auto_post_agents(text) is
'The agents of this id, at most two, as claims and publications see them. Made from the type of the platform''s id.';

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

-- The operations of these ids as they are committed, for the claim: ORMs write the status first, and the texts in a
-- later statement of the same transaction (ADR 31). Leaves out what is gone, what policies hide, and what no index
-- finds. Never fails and waits for no table of operations: an operation that cannot be read is a row with an error, a
-- SQLSTATE, or slow when it was not read within 250 milliseconds; then another row may have it after all.
-- Reads with the rights of its owner, and not under policies of the platform that could run functions with them.
create or replace function {{ schema }}.auto_post_committed(p_tracker_ids text[])
returns table (
    tracker_id text, tenant_id text, agent_id text, status text, what_explanation text, why_explanation text,
    next_steps text, error text
)
language plpgsql
security definer
rows 500
set search_path = pg_catalog, pg_temp
set lock_timeout = '20ms'
as $$
#variable_conflict use_column
declare
    v_until constant timestamptz := pg_catalog.clock_timestamp() + interval '250 milliseconds';
    v_ids constant integer := coalesce(pg_catalog.cardinality(p_tracker_ids), 0);
    v_table regclass;
    v_error text;
    v_done integer := 0;
begin
    if v_ids = 0 then
        return;
    end if;
    begin
        -- From here to the end of the transaction the tables and their policies stay as they are.
        lock table {{ lookup.tables }} in access share mode nowait;
        foreach v_table in array array[{{ lookup.oids }}] loop
            -- A view has no file, and the root of partitions none either.
            if
                (
                    pg_catalog.pg_relation_filenode(v_table) is null
                    and pg_catalog.pg_partition_root(v_table) is null
                )
                or (
                    pg_catalog.row_security_active(v_table)
                    and {{ schema }}.auto_post_unsafe_policy(v_table) is not null
                )
            then
                raise exception 'a view or a policy would run code of the platform'
                using errcode = 'insufficient_privilege';
            end if;
        end loop;
        return query
        select r.*, null::text from {{ schema }}.auto_post_committed_rows(p_tracker_ids, v_until) as r;
        if pg_catalog.clock_timestamp() < v_until then
            return;
        end if;
    exception
        -- A function of the platform may raise anything.
        when others or assert_failure or query_canceled then
            v_error := sqlstate;
    end;

    -- One by one, as an operation may be at fault.
    if v_ids > 1 then
        while v_done < v_ids and pg_catalog.clock_timestamp() < v_until loop
            v_done := v_done + 1;
            return query select r.* from {{ schema }}.auto_post_committed(p_tracker_ids[v_done:v_done]) as r;
        end loop;
    end if;
    if v_done < v_ids and pg_catalog.clock_timestamp() >= v_until then
        v_error := 'slow';
    end if;
    return query
    select u.id, null::text, null::text, null::text, null::text, null::text, null::text, v_error
    from pg_catalog.unnest(p_tracker_ids[v_done + 1:]) as u (id);
end
$$;

revoke execute on function {{ schema }}.auto_post_committed(text[]) from public;

comment on function {{ schema }}.auto_post_committed(text[]) is
'The operations of these ids as they are committed, for the claim; a row with an error for each that cannot be read.';

-- The approval requests posted since p_since, the newest p_limit of them at most, whose operation still has the status
-- with which it asked: it waits for an answer. One that cannot be read counts as open. Looks at the newest 100,000
-- finished rows. Reads with the rights of its owner, and returns nothing of the operation's texts.
create or replace function {{ schema }}.auto_post_open_approvals(p_since timestamptz, p_limit integer default 100)
returns setof uuid
language sql
stable
security definer
rows 20
set search_path = pg_catalog, pg_temp
as $$
    with asked as materialized (
        select n.id, n.tracker_id, n.status
        from (
            select o.id, o.tracker_id, o.status, o.operation_type, o.state, o.finished_at
            from {{ schema }}.auto_post_outbox as o
            where o.finished_at >= p_since
            order by o.finished_at desc
            limit 100000
        ) as n
        where n.state = 'posted' and lower(btrim(n.operation_type)) = 'approval_requested'
        order by n.finished_at desc
        limit p_limit
    ),

    found as materialized (
        select m.tracker_id, m.status, m.error
        from {{ schema }}.auto_post_committed(array(select a.tracker_id from asked as a)) as m
    )

    select a.id
    from asked as a
    inner join found as f on a.tracker_id = f.tracker_id
    where f.error is not null or f.status is not distinct from a.status
$$;

revoke execute on function {{ schema }}.auto_post_open_approvals(timestamptz, integer) from public;

comment on function {{ schema }}.auto_post_open_approvals(timestamptz, integer) is
'The outbox rows of approval requests posted since then whose operation still has the status with which it asked.';

-- The outbox for read-only users: without the operations' texts. A type or a status that is not one plain word could be
-- such a text, and is NULL. Read with the owner's rights, so that a reader needs none on these columns.
create or replace view {{ schema }}.auto_post_operations
as
select
    o.id, o.rule_id, o.tracker_id, o.tenant_id, o.agent_id,
    case
        when
            length(o.operation_type) <= {{ pattern.operation_type_length }}
            and o.operation_type ~ '^{{ pattern.operation_type }}$'
            then o.operation_type
    end
        as operation_type,
    case when length(o.status) <= {{ pattern.status_length }} and o.status ~ '^{{ pattern.status }}$' then o.status end
        as status,
    o.is_alert, o.state, o.captured_at, o.available_at, o.attempts, o.epoch, o.worker, o.claimed_at, o.reason,
    o.last_error, o.post_id, o.finished_at, o.crashes, o.summary
from {{ schema }}.auto_post_outbox as o;

comment on view {{ schema }}.auto_post_operations is
'The outbox without texts of operations: an operation_type or status that is not one plain word is NULL.';
comment on column {{ schema }}.auto_post_operations.operation_type is
'NULL: the type is not one plain word, and could be text of the operation.';
comment on column {{ schema }}.auto_post_operations.status is
'NULL: there is none, or it is not one plain word, and could be text of the operation.';

-- Brings to the present what the database's clock left in the future when it was set back: posts that would limit their
-- agents for as long as the clock was ahead, rows that would wait for as long, and since when the reconciler looks.
-- Returns how many rows it changed. Locks these, and skips rows that are locked.
create or replace function {{ schema }}.auto_post_correct_clock()
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_now constant timestamptz := pg_catalog.clock_timestamp();
    v_rows integer;
    v_changed integer;
begin
    -- Far ahead, the time does not say when the agent posted, and does not count; the longest window is a day.
    update {{ schema }}.auto_post_rate_limits as r
    set last_post_at = case
        when r.last_post_at < v_now + interval '5 minutes' then v_now else v_now - interval '1 day'
    end
    where
        r.agent_id = any(array(
            select l.agent_id
            from {{ schema }}.auto_post_rate_limits as l
            where l.last_post_at > v_now
            order by l.agent_id
            for update skip locked
        ));
    get diagnostics v_changed = row_count;

    -- A row that waits for a retry or for the end of a window was captured in the past.
    update {{ schema }}.auto_post_outbox as o
    set available_at = v_now
    where
        o.id = any(array(
            select w.id
            from {{ schema }}.auto_post_outbox as w
            where
                w.state = 'pending' and w.available_at > v_now and w.available_at < 'infinity'
                and w.captured_at > v_now
            order by w.id
            for update skip locked
        ));
    get diagnostics v_rows = row_count;
    v_changed := v_changed + v_rows;

    update {{ schema }}.auto_post_reconciliation as r
    set since = v_now
    where r.since > v_now;
    get diagnostics v_rows = row_count;
    return v_changed + v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_correct_clock() from public;

comment on function {{ schema }}.auto_post_correct_clock() is
'Sets times in the future to the present, after the database''s clock was set back; returns how many rows. Workers '
'call it with auto_post_expire.';

-- Refuses a time of the last post that is not now, except to those who have the rights of the table's owner: a worker
-- that is taken over can neither silence an agent for long nor free it from the rate limit.
create or replace function {{ schema }}.auto_post_keep_to_clock()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if (
        select pg_catalog.pg_has_role(current_user, c.relowner, 'USAGE')
        from pg_catalog.pg_class as c
        where c.oid = tg_relid
    ) then
        return new;
    end if;
    raise exception 'last_post_at must be the time by the database''s clock'
    using errcode = 'insufficient_privilege';
end
$$;

revoke execute on function {{ schema }}.auto_post_keep_to_clock() from public;

comment on function {{ schema }}.auto_post_keep_to_clock() is
'Trigger of auto_post_rate_limits: only the owner may set last_post_at to another time than now.';

-- Removes up to p_limit finished rows, and their raw text, that ended longer than p_keep ago; returns how many.
-- Their ids go to auto_post_tombstones, so that their operations never count again. Windows of alerts that ended go
-- too, and so does what waits for a post of an agent that posts no more. The rows of auto_post_rate_limited of an agent
-- that has many are summed up, while its row of auto_post_rate_limits is locked, as for a post. Any number may run at a
-- time: each locks the rows that it removes, and skips locked ones. Commits with the caller. A role without the owner's
-- rights removes nothing that ended less than an hour ago, whatever p_keep says.
create or replace function {{ schema }}.auto_post_expire(p_keep interval, p_limit integer default 1000)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_removed integer;
    v_keep interval := p_keep;
begin
    if p_keep is null or p_keep < interval '0' or p_limit is null or p_limit < 1 then
        raise exception 'auto_post_expire: p_keep must not be negative, and p_limit must be 1 or more'
        using errcode = 'invalid_parameter_value';
    end if;
    if not pg_catalog.pg_has_role(session_user, current_user, 'USAGE') then
        v_keep := greatest(p_keep, interval '1 hour');
    end if;
    perform {{ schema }}.auto_post_correct_clock();

    with old as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where o.finished_at < pg_catalog.now() - v_keep
        order by o.finished_at
        limit p_limit
        for update skip locked
    ),

    remembered as (
        insert into {{ schema }}.auto_post_tombstones (id)
        select old.id from old
        on conflict (id) do nothing
    )

    delete from {{ schema }}.auto_post_outbox as o
    using old
    where o.id = old.id;
    get diagnostics v_removed = row_count;

    delete from {{ schema }}.auto_post_alert_windows as w
    where (w.agent_id, w.operation_type, w.began_at) in (
        select e.agent_id, e.operation_type, e.began_at
        from {{ schema }}.auto_post_alert_windows as e
        where
            e.ends_at < pg_catalog.now() - interval '1 hour'
            and not exists (select from {{ schema }}.auto_post_outbox as o where o.id = e.summary_id)
        limit p_limit
        for update skip locked
    );

    delete from {{ schema }}.auto_post_rate_limited as k
    where (k.agent_id, k.skipped_at, k.id) in (
        select e.agent_id, e.skipped_at, e.id
        from {{ schema }}.auto_post_rate_limited as e
        where e.skipped_at < pg_catalog.now() - v_keep
        limit p_limit
        for update skip locked
    );

    with many as (
        select k.agent_id
        from {{ schema }}.auto_post_rate_limited as k
        group by k.agent_id
        having pg_catalog.count(*) > 100
    ),

    locked as (
        select l.agent_id
        from {{ schema }}.auto_post_rate_limits as l
        where l.agent_id in (select m.agent_id from many as m)
        for update skip locked
    ),

    gone as (
        delete from {{ schema }}.auto_post_rate_limited as k
        using locked
        -- Not what another session removes as old: it is locked.
        where k.agent_id = locked.agent_id and k.skipped_at >= pg_catalog.now() - v_keep
        returning k.*
    )

    insert into {{ schema }}.auto_post_rate_limited (
        agent_id, skipped_at, tenant_id, rule_id, operation_type, status, operations
    )
    select
        g.agent_id, pg_catalog.max(g.skipped_at), g.tenant_id, g.rule_id, g.operation_type, g.status,
        pg_catalog.sum(g.operations)
    from gone as g
    group by g.agent_id, g.tenant_id, g.rule_id, g.operation_type, g.status;
    return v_removed;
end
$$;

revoke execute on function {{ schema }}.auto_post_expire(interval, integer) from public;

comment on function {{ schema }}.auto_post_expire(interval, integer) is
'Removes finished rows that ended longer than p_keep ago, in one small batch; returns how many.';

-- Stores what a publishing transaction did in windows of alerts, as its last step. p_changes: an array of objects with
-- agent_id, operation_type and began_at of a window, and
-- - posted, ends_at: how many alerts of the window are posted by now, and its end; the agent is locked,
-- - suppressed, first: how many alerts this transaction suppresses, and the outbox row of the first of them,
-- - summary, count: the outbox row that sums up the window and is posted now, and the number of alerts in its text.
-- The first suppressed alert of a window adds one outbox row, which sums up all of them and is due at the window's end:
-- a copy of that alert with an id of its own. Returns the summaries whose number is wrong: their text must be written
-- again. Raises serialization_failure when a window ended and its summary is posted: no alert may be suppressed in it.
-- Locks the windows, in the order of their keys, and waits longer than others for them: a transaction that holds one
-- is about to commit. Commits with the caller.
create or replace function {{ schema }}.auto_post_count_alerts(p_changes jsonb, p_now timestamptz)
returns setof uuid
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
as $$
declare
    v_change record;
    v_window record;
    v_tracker_id text;
begin
    for v_change in
        select *
        from jsonb_to_recordset(p_changes) as c (
            agent_id text, operation_type text, began_at timestamptz, ends_at timestamptz, posted integer,
            suppressed integer, first uuid, summary uuid, count integer
        )
        order by c.agent_id collate "C", c.operation_type collate "C", c.began_at
    loop
        if v_change.posted is not null then
            insert into {{ schema }}.auto_post_alert_windows as w (
                agent_id, operation_type, began_at, ends_at, posted
            )
            values (
                v_change.agent_id, v_change.operation_type, v_change.began_at, v_change.ends_at, v_change.posted
            )
            on conflict (agent_id, operation_type, began_at) do update set posted = excluded.posted;
        end if;
        continue when coalesce(v_change.suppressed, 0) = 0 and v_change.summary is null;

        select w.ends_at, w.suppressed, w.summary_id into v_window
        from {{ schema }}.auto_post_alert_windows as w
        where
            w.agent_id = v_change.agent_id and w.operation_type = v_change.operation_type
            and w.began_at = v_change.began_at
        for update;
        continue when not found; -- purged meanwhile
        if v_change.summary is not null and v_window.suppressed <> v_change.count then
            return next v_change.summary;
        end if;
        continue when coalesce(v_change.suppressed, 0) = 0;

        if v_window.summary_id is null then
            v_tracker_id := 'alert_storm:' || gen_random_uuid();
            insert into {{ schema }}.auto_post_outbox as o (
                id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert, what_explanation,
                captured_at, available_at, summary
            )
            select
                {{ schema }}.auto_post_outbox_id(v_tracker_id, a.rule_id), a.rule_id, v_tracker_id, a.tenant_id,
                a.agent_id, a.operation_type, a.status, true, a.what_explanation, p_now, v_window.ends_at,
                jsonb_build_object(
                    'kind', 'alert_storm', 'operation_type', v_change.operation_type, 'began_at', v_change.began_at
                )
            from {{ schema }}.auto_post_outbox as a
            where a.id = v_change.first
            returning o.id into v_window.summary_id;
        elsif
            clock_timestamp() >= v_window.ends_at
            and not exists (
                select from {{ schema }}.auto_post_outbox as o
                where o.id = v_window.summary_id and o.state in ('pending', 'claimed')
            )
        then
            raise exception 'the window of these alerts is over, and its summary is posted'
                using errcode = 'serialization_failure';
        end if;

        update {{ schema }}.auto_post_alert_windows as w
        set
            suppressed = w.suppressed + v_change.suppressed,
            first_suppressed_at = coalesce(w.first_suppressed_at, p_now),
            last_suppressed_at = greatest(w.last_suppressed_at, p_now),
            summary_id = v_window.summary_id
        where
            w.agent_id = v_change.agent_id and w.operation_type = v_change.operation_type
            and w.began_at = v_change.began_at;
    end loop;
end
$$;

revoke execute on function {{ schema }}.auto_post_count_alerts(jsonb, timestamptz) from public;

comment on function {{ schema }}.auto_post_count_alerts(jsonb, timestamptz) is
'Counts the alerts of a publishing transaction in their windows; returns the summaries whose number of alerts is out '
'of date.';

-- Adds the outbox rows that become digest posts: one for each of these agents and tenants and window, due when the
-- window (p_window) since the agent's last post ends. One that exists stays as it is. For SOCIAL_POST_DIGEST=post.
-- The id follows from agent, tenant and window, so that any number of workers add one row. Commits with the caller.
create or replace function {{ schema }}.auto_post_add_digests(p_agents text[], p_tenants text[], p_window interval)
returns void
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into {{ schema }}.auto_post_outbox as o (
        id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert, what_explanation, captured_at,
        available_at, summary
    )
    select
        {{ schema }}.auto_post_outbox_id(d.tracker_id, 0), 0, d.tracker_id, d.tenant_id, d.agent_id, 'digest',
        'completed', false, 'digest', clock_timestamp(), d.last_post_at + p_window, jsonb_build_object('kind', 'digest')
    from (
        select distinct
            r.agent_id, u.tenant_id, r.last_post_at,
            'digest:' || encode(
                sha256(convert_to(jsonb_build_array(r.agent_id, u.tenant_id, r.last_post_at)::text, 'UTF8')), 'hex'
            ) as tracker_id
        from unnest(p_agents, p_tenants) as u (agent_id, tenant_id)
        inner join {{ schema }}.auto_post_rate_limits as r on u.agent_id = r.agent_id
        where r.last_post_at is not null
    ) as d
    order by d.tracker_id
    on conflict (id) do nothing
$$;

revoke execute on function {{ schema }}.auto_post_add_digests(text[], text[], interval) from public;

comment on function {{ schema }}.auto_post_add_digests(text[], text[], interval) is
'Adds the outbox rows that become digest posts at the end of the agents'' windows, each once.';

-- Removes what autopost holds of one agent or of one tenant: its outbox rows with their raw text, when it posted last,
-- and what of it was broadcast. A worker that holds one of the rows loses it. Of operation types and statuses the audit
-- rows have words only.
-- What still waits ends as skipped (purged), with its audit row. Posts and the audit log are the platform's and stay.
-- Returns how many outbox rows went. Their operations never count again. Locks them in the order of their ids.
-- Fails, and changes nothing, without p_confirm, and when the platform's audit log does not keep each of the rows.
create or replace function {{ schema }}.auto_post_purge(
    p_agent_id text default null,
    p_tenant_id text default null,
    p_confirm boolean default false
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows bigint;
    v_ended bigint;
    v_audited bigint;
begin
    if (p_agent_id is null) = (p_tenant_id is null) or coalesce(p_agent_id, p_tenant_id) = '' then
        raise exception 'give an agent or a tenant, and not both' using errcode = 'invalid_parameter_value';
    end if;
    if not coalesce(p_confirm, false) then
        select pg_catalog.count(*), pg_catalog.count(*) filter (where o.state in ('pending', 'claimed'))
        into v_rows, v_ended
        from {{ schema }}.auto_post_outbox as o
        where o.agent_id = p_agent_id or o.tenant_id = p_tenant_id;
        raise exception 'nothing was purged: % outbox rows would be removed, % of them not posted yet', v_rows, v_ended
        using errcode = 'object_not_in_prerequisite_state', hint = 'Repeat it with p_confirm => true.';
    end if;
    with held as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where o.agent_id = p_agent_id or o.tenant_id = p_tenant_id
        order by o.id
        for update
    ),

    gone as (
        delete from {{ schema }}.auto_post_outbox as o
        using held
        where o.id = held.id
        returning o.*
    ),

    remembered as (
        insert into {{ schema }}.auto_post_tombstones (id)
        select g.id from gone as g
        on conflict (id) do nothing
    ),

    ended as (
        insert into {{ platform }}.audit_log (
            id, occurred_at, agent_id, action, operation_type, tracker_id, status, details
        )
        select
            pg_catalog.gen_random_uuid()::text, pg_catalog.clock_timestamp(), g.agent_id, 'auto_post.skipped',
            case
                when length(g.operation_type) <= {{ pattern.operation_type_length }}
                and g.operation_type ~ '^{{ pattern.operation_type }}$' then g.operation_type
            end, g.tracker_id,
            case
                when length(g.status) <= {{ pattern.status_length }} and g.status ~ '^{{ pattern.status }}$' then g.status
            end,
            pg_catalog.jsonb_build_object(
                'outcome', 'skipped', 'reason', 'purged', 'outbox_id', g.id, 'attempts', g.attempts,
                'by', session_user
            )
        from gone as g
        where g.state in ('pending', 'claimed')
        returning true as is_kept
    )

    select
        pg_catalog.count(*), pg_catalog.count(*) filter (where g.state in ('pending', 'claimed')),
        (select pg_catalog.count(*) from ended)
    into v_rows, v_ended, v_audited
    from gone as g;
    if v_audited < v_ended then
        raise exception 'nothing was purged: the audit log kept % of % rows', v_audited, v_ended
        using
            errcode = 'object_not_in_prerequisite_state',
            hint = 'A trigger or a rule of the platform on its audit log keeps rows out.';
    end if;
    -- A statement of its own: it sees the windows of those for whom the first one waited.
    with windows as (
        select l.agent_id
        from {{ schema }}.auto_post_rate_limits as l
        where
            l.agent_id = p_agent_id
            or l.agent_id in (select a.id from {{ platform }}.agents as a where a.tenant_id::text = p_tenant_id)
        order by l.agent_id
        for update
    )

    delete from {{ schema }}.auto_post_rate_limits as l
    using windows
    where l.agent_id = windows.agent_id;
    with windows as (
        select w.agent_id, w.operation_type, w.began_at
        from {{ schema }}.auto_post_alert_windows as w
        where
            w.agent_id = p_agent_id
            or w.agent_id in (select a.id from {{ platform }}.agents as a where a.tenant_id::text = p_tenant_id)
        order by w.agent_id, w.operation_type, w.began_at
        for update
    )

    delete from {{ schema }}.auto_post_alert_windows as w
    using windows as o
    where w.agent_id = o.agent_id and w.operation_type = o.operation_type and w.began_at = o.began_at;
    delete from {{ schema }}.auto_post_rate_limited as k
    where
        k.agent_id = p_agent_id
        or k.tenant_id = p_tenant_id
        or k.agent_id in (select a.id from {{ platform }}.agents as a where a.tenant_id::text = p_tenant_id);
    -- What was broadcast; what was not yet keeps its position in the feed and will be.
    delete from {{ schema }}.auto_post_events as a
    where
        (a.agent_id = p_agent_id or a.tenant_id = p_tenant_id)
        and a.position <= (select pg_catalog.min(p.position) from {{ schema }}.auto_post_consumers as p);
    -- A later revision adds webhooks.
    if pg_catalog.to_regclass('{{ schema }}.auto_post_webhook_dead_letters') is not null then
        delete from {{ schema }}.auto_post_webhook_dead_letters as d
        where d.agent_id = p_agent_id or d.tenant_id = p_tenant_id;
    end if;
    perform {{ schema }}.auto_post_log_operator_action(
        'purge', pg_catalog.jsonb_build_object('rows', v_rows, 'agent', p_agent_id, 'tenant', p_tenant_id)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_purge(text, text, boolean) from public;

comment on function {{ schema }}.auto_post_purge(text, text, boolean) is
'Removes the outbox rows, with their raw text, of one agent or of one tenant, the other NULL; returns how many. '
'Without p_confirm it changes nothing and fails with the number.';

-- The history of an operation, the first step first: from the outbox, the audit log and the feed. No texts.
-- Finds the rows by their ids and does not read the outbox through.
create or replace function {{ schema }}.auto_post_history(p_tracker_id text)
returns table (happened_at timestamptz, step text, detail text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with ids as (
        select r.id as rule_id, {{ schema }}.auto_post_outbox_id(p_tracker_id, r.id) as id
        from {{ schema }}.auto_post_rules as r
    ),

    found as (
        select
            o.rule_id, o.operation_type, o.status, o.state, o.captured_at, o.available_at, o.claimed_at, o.attempts,
            o.worker, o.last_error
        from {{ schema }}.auto_post_operations as o
        where o.id = any(array(select i.id from ids as i))
    ),

    steps (happened_at, sorting, step, detail) as (
        select
            f.captured_at, 1, 'captured',
            pg_catalog.concat_ws(' ', f.operation_type, f.status, 'by rule', f.rule_id)
        from found as f
        union all
        select
            f.claimed_at, 2, 'claimed',
            pg_catalog.concat_ws(' ', 'attempt', f.attempts, case when f.worker is not null then 'by ' || f.worker end)
        from found as f
        where f.claimed_at is not null
        union all
        select
            null, 5, case when f.available_at = 'infinity' then 'parked' else 'waiting' end,
            case
                when f.available_at = 'infinity' then 'until its pause ends'
                else pg_catalog.concat_ws(' ', 'due', f.available_at, 'after ' || f.last_error)
            end
        from found as f
        where f.state = 'pending'
        union all
        select
            l.occurred_at, 3, pg_catalog.regexp_replace(l.action, '^auto_post\.', ''),
            pg_catalog.concat_ws(
                ' ', l.details ->> 'reason', l.details ->> 'error', l.details ->> 'generator',
                'by ' || coalesce(l.details ->> 'by', l.details ->> 'worker')
            )
        from {{ platform }}.audit_log as l
        where l.tracker_id = p_tracker_id and l.action collate "C" like 'auto\_post.%'
        union all
        select p.created_at, 4, 'in the feed', pg_catalog.concat_ws(' ', p.post_type, p.id)
        from {{ platform }}.social_posts as p
        where p.id = any(array(select i.id::text from ids as i))
        union all
        select null, 6, 'removed', 'its outbox row of rule ' || i.rule_id::text || ' is gone; it never counts again'
        from ids as i
        inner join {{ schema }}.auto_post_tombstones as s on i.id = s.id
    )

    select s.happened_at, s.step, s.detail
    from steps as s
    order by s.happened_at asc nulls last, s.sorting asc, s.step asc
$$;

revoke execute on function {{ schema }}.auto_post_history(text) from public;

comment on function {{ schema }}.auto_post_history(text) is
'The history of an operation (tracker_id): a row for each step with its time, its name, and why or by whom.';

-- Stops claiming: of everything, or of one operation type or agent. What is held is finished. Survives restarts.
-- What waits is parked at once, and what comes later by the claim that meets it. Locks the rows that it parks,
-- in the order of their ids.
create or replace function {{ schema }}.auto_post_pause(p_kind text default null, p_value text default null)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if (p_kind is null) <> (p_value is null) or coalesce(p_value, 'x') = '' then
        raise exception 'give both a kind and a value, or neither for all'
        using errcode = 'invalid_parameter_value';
    end if;
    if p_kind not in ('operation_type', 'agent') then
        raise exception 'the kind is %, and must be operation_type or agent', p_kind
        using errcode = 'invalid_parameter_value';
    end if;
    if p_kind is null then
        update {{ schema }}.auto_post_control as c set paused = true;
    else
        insert into {{ schema }}.auto_post_pauses (kind, value) values (p_kind, p_value)
        -- Locks a pause that is there already, so that it cannot end before this one is given.
        on conflict (kind, value) do update set paused_at = auto_post_pauses.paused_at;
        with waiting as (
            select o.id
            from {{ schema }}.auto_post_outbox as o
            where
                o.state = 'pending' and o.available_at < 'infinity'
                and case p_kind when 'agent' then o.agent_id else o.operation_type end = p_value
            order by o.id
            for update
        )

        update {{ schema }}.auto_post_outbox as o
        set available_at = 'infinity'
        from waiting
        where o.id = waiting.id;
        begin
            if p_kind = 'agent' and not exists (select from {{ schema }}.auto_post_agents(p_value)) then
                raise notice 'no agent has the id %: it is paused all the same', p_value;
            end if;
        exception when insufficient_privilege then
            null;  -- this role may not read the agents
        end;
    end if;
    perform {{ schema }}.auto_post_log_operator_action('pause', pg_catalog.jsonb_build_object('kind', p_kind, 'value', p_value));
end
$$;

revoke execute on function {{ schema }}.auto_post_pause(text, text) from public;

comment on function {{ schema }}.auto_post_pause(text, text) is
'Stops claiming: of one agent, of one operation_type, or, without arguments, of everything. Holds until '
'auto_post_resume.';

-- Ends a pause: the one for all, or that of one operation type or agent. Rows that it parked are due at once.
-- Waits for claims that are parking, so that none is parked without a pause. Locks the rows that it lets go, in the
-- order of their ids.
create or replace function {{ schema }}.auto_post_resume(p_kind text default null, p_value text default null)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if (p_kind is null) <> (p_value is null) or coalesce(p_value, 'x') = '' then
        raise exception 'give both a kind and a value, or neither for all'
        using errcode = 'invalid_parameter_value';
    end if;
    if p_kind not in ('operation_type', 'agent') then
        raise exception 'the kind is %, and must be operation_type or agent', p_kind
        using errcode = 'invalid_parameter_value';
    end if;
    if p_kind is null then
        update {{ schema }}.auto_post_control as c set paused = false where c.paused;
    else
        delete from {{ schema }}.auto_post_pauses as p where p.kind = p_kind and p.value = p_value;
    end if;
    if not found then
        raise exception '% is not paused', coalesce(p_kind || ' ' || p_value, 'claiming')
        using errcode = 'invalid_parameter_value';
    end if;
    -- In the order of capture. A row that another pause holds too is parked again by the claim that meets it.
    with parked as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where
            p_kind is not null and o.state = 'pending' and o.available_at = 'infinity'
            and case p_kind when 'agent' then o.agent_id else o.operation_type end = p_value
        order by o.id
        for update
    )

    update {{ schema }}.auto_post_outbox as o
    set available_at = o.captured_at
    from parked
    where o.id = parked.id;
    perform {{ schema }}.auto_post_log_operator_action('resume', pg_catalog.jsonb_build_object('kind', p_kind, 'value', p_value));
end
$$;

revoke execute on function {{ schema }}.auto_post_resume(text, text) from public;

comment on function {{ schema }}.auto_post_resume(text, text) is
'Ends a pause, by the same arguments that began it; without arguments that of everything. Refuses what is not paused.';

-- Retries the dead rows of one operation, with all their attempts again; returns how many.
create or replace function {{ schema }}.auto_post_retry(p_tracker_id text)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_ids uuid[] := array(
        select {{ schema }}.auto_post_outbox_id(p_tracker_id, r.id) from {{ schema }}.auto_post_rules as r
    );
    v_rows integer;
    v_states text;
begin
    with dead as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where o.id = any(v_ids) and o.state = 'dead'
        order by o.id
        for update
    )

    update {{ schema }}.auto_post_outbox as o
    set state = 'pending', attempts = 0, epoch = o.epoch + 1, available_at = pg_catalog.now(), finished_at = null
    from dead
    where o.id = dead.id;
    get diagnostics v_rows = row_count;
    if v_rows = 0 then
        select pg_catalog.string_agg(distinct o.state, ', ') into v_states
        from {{ schema }}.auto_post_outbox as o
        where o.id = any(v_ids);
        raise exception 'operation % has no dead row: %', p_tracker_id,
        coalesce('it is ' || v_states, 'it is not in the outbox')
        using errcode = 'invalid_parameter_value';
    end if;
    perform {{ schema }}.auto_post_log_operator_action('retry', pg_catalog.jsonb_build_object('rows', v_rows), p_tracker_id);
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_retry(text) from public;

comment on function {{ schema }}.auto_post_retry(text) is
'Retries the dead rows of one operation; returns how many. Fails for an operation without dead rows.';

-- Retries dead rows, the longest dead first; returns how many. p_error: only of this error; NULL: of any.
create or replace function {{ schema }}.auto_post_retry_all(p_error text default null, p_limit integer default 1000)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows integer;
begin
    if p_limit is null or p_limit < 1 then
        raise exception 'p_limit must be 1 or more' using errcode = 'invalid_parameter_value';
    end if;
    with dead as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where o.state = 'dead' and o.finished_at is not null and (p_error is null or o.last_error = p_error)
        order by o.finished_at
        limit p_limit
        for update skip locked
    )

    update {{ schema }}.auto_post_outbox as o
    set state = 'pending', attempts = 0, epoch = o.epoch + 1, available_at = pg_catalog.now(), finished_at = null
    from dead
    where o.id = dead.id;
    get diagnostics v_rows = row_count;
    perform {{ schema }}.auto_post_log_operator_action(
        'retry_all', pg_catalog.jsonb_build_object('rows', v_rows, 'error', p_error)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_retry_all(text, integer) from public;

comment on function {{ schema }}.auto_post_retry_all(text, integer) is
'Retries up to p_limit dead rows, of one error or, with NULL, of any; returns how many.';

-- Ends what waits of one operation as skipped, for a reason that somebody gives; returns how many rows. A worker that
-- holds one of them loses it: its epoch moves on. Also ends dead rows, which then count as skipped.
create or replace function {{ schema }}.auto_post_skip(p_tracker_id text, p_reason text)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_ids uuid[] := array(
        select {{ schema }}.auto_post_outbox_id(p_tracker_id, r.id) from {{ schema }}.auto_post_rules as r
    );
    v_rows integer;
    v_states text;
begin
    if p_reason is null or p_reason !~ '^[A-Za-z0-9_ -]{1,60}$' then
        raise exception 'the reason must be 1 to 60 letters, digits, spaces, _ or -'
        using errcode = 'invalid_parameter_value';
    end if;
    with waiting as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where o.id = any(v_ids) and o.state in ('pending', 'claimed', 'dead')
        order by o.id
        for update
    ),

    skipped as (
        update {{ schema }}.auto_post_outbox as o
        set
            state = 'skipped', reason = p_reason, epoch = o.epoch + 1, worker = null,
            finished_at = pg_catalog.clock_timestamp()
        from waiting
        where o.id = waiting.id
        returning o.*
    )

    insert into {{ platform }}.audit_log (
        id, occurred_at, agent_id, action, operation_type, tracker_id, status, details
    )
    select
        pg_catalog.gen_random_uuid()::text, s.finished_at, s.agent_id, 'auto_post.skipped',
        case
            when length(s.operation_type) <= {{ pattern.operation_type_length }}
            and s.operation_type ~ '^{{ pattern.operation_type }}$' then s.operation_type
        end,
        s.tracker_id,
        case
            when length(s.status) <= {{ pattern.status_length }} and s.status ~ '^{{ pattern.status }}$' then s.status
        end,
        pg_catalog.jsonb_build_object(
            'outcome', 'skipped', 'reason', p_reason, 'outbox_id', s.id, 'attempts', s.attempts, 'by', session_user
        )
    from skipped as s;
    get diagnostics v_rows = row_count;
    if v_rows = 0 then
        select pg_catalog.string_agg(distinct o.state, ', ') into v_states
        from {{ schema }}.auto_post_outbox as o
        where o.id = any(v_ids);
        raise exception 'operation % has nothing to skip: %', p_tracker_id,
        coalesce('it is ' || v_states, 'it is not in the outbox')
        using errcode = 'invalid_parameter_value';
    end if;
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_skip(text, text) from public;

comment on function {{ schema }}.auto_post_skip(text, text) is
'Ends the pending, claimed and dead rows of one operation as skipped, with this reason; returns how many rows.';

-- Makes skipped rows that ended from p_from to before p_to pending again, the oldest first; returns how many.
-- p_reason: only those skipped for it; NULL: for any. Posted rows stay posted. Without p_confirm it changes nothing and
-- fails with the number.
create or replace function {{ schema }}.auto_post_requeue(
    p_from timestamptz,
    p_to timestamptz,
    p_reason text default null,
    p_limit integer default 1000,
    p_confirm boolean default false
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows integer;
begin
    if p_from is null or p_to is null or p_from >= p_to or p_limit is null or p_limit < 1 then
        raise exception 'p_from must be before p_to, and p_limit 1 or more'
        using errcode = 'invalid_parameter_value';
    end if;
    if not coalesce(p_confirm, false) then
        select pg_catalog.count(*) into v_rows
        from {{ schema }}.auto_post_outbox as o
        where
            o.finished_at >= p_from and o.finished_at < p_to and o.state = 'skipped'
            and (p_reason is null or o.reason = p_reason);
        raise exception 'nothing was changed: % skipped rows would be pending again', least(v_rows, p_limit)
        using errcode = 'object_not_in_prerequisite_state', hint = 'Repeat it with p_confirm => true.';
    end if;
    with skipped as (
        select o.id
        from {{ schema }}.auto_post_outbox as o
        where
            o.finished_at >= p_from and o.finished_at < p_to and o.state = 'skipped'
            and (p_reason is null or o.reason = p_reason)
        order by o.finished_at
        limit p_limit
        for update skip locked
    )

    update {{ schema }}.auto_post_outbox as o
    set
        state = 'pending', reason = null, attempts = 0, epoch = o.epoch + 1, available_at = pg_catalog.now(),
        finished_at = null
    from skipped
    where o.id = skipped.id;
    get diagnostics v_rows = row_count;
    perform {{ schema }}.auto_post_log_operator_action(
        'requeue', pg_catalog.jsonb_build_object('rows', v_rows, 'from', p_from, 'to', p_to, 'reason', p_reason)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_requeue(timestamptz, timestamptz, text, integer, boolean) from public;

comment on function {{ schema }}.auto_post_requeue(timestamptz, timestamptz, text, integer, boolean) is
'Makes skipped rows that ended in a range of time pending again, of one reason or, with NULL, of any; returns how '
'many. Without p_confirm it changes nothing and fails with the number.';

-- Lets the trigger write to the outbox. Operations that ended meanwhile are never captured.
create or replace function {{ schema }}.auto_post_capture_on()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update {{ schema }}.auto_post_control as c set capture_enabled = true;
    perform {{ schema }}.auto_post_log_operator_action('capture_on');
end
$$;

revoke execute on function {{ schema }}.auto_post_capture_on() from public;

comment on function {{ schema }}.auto_post_capture_on() is
'Lets the trigger write to the outbox again. What ended meanwhile is not captured later.';

-- Keeps the trigger from writing to the outbox, and returns how many rows still wait there; workers go on with them.
-- What ends from now on is never captured.
create or replace function {{ schema }}.auto_post_capture_off()
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update {{ schema }}.auto_post_control as c set capture_enabled = false where c.capture_enabled;
    if found then
        perform {{ schema }}.auto_post_log_operator_action('capture_off');
    end if;
    raise notice 'capturing is off: what ends from now on is never captured'
    using hint = 'select {{ schema }}.auto_post_capture_on() switches it on again.';
    return (
        select pg_catalog.count(*) from {{ schema }}.auto_post_outbox as o where o.state in ('pending', 'claimed')
    );
end
$$;

revoke execute on function {{ schema }}.auto_post_capture_off() from public;

comment on function {{ schema }}.auto_post_capture_off() is
'Keeps the trigger from writing to the outbox: what ends from now on is never captured. Returns how many rows still '
'wait; repeat it until it returns 0, then the outbox is drained.';

-- Adds a rule, which applies from the next change on; returns its id. p_status NULL: any status, at first sight.
-- p_title NULL: posts show the operation type.
create or replace function {{ schema }}.auto_post_add_rule(
    p_operation_type text,
    p_status text default null,
    p_match text default 'exact',
    p_is_alert boolean default false,
    p_description text default null,
    p_title text default null
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
    v_id integer;
    v_other text;
begin
    if p_operation_type is null or pg_catalog.btrim(p_operation_type) = '' then
        raise exception 'the operation type must not be empty' using errcode = 'invalid_parameter_value';
    end if;
    if p_match is null or p_match not in ('exact', 'like') then
        raise exception 'p_match is %, and must be exact or like', p_match using errcode = 'invalid_parameter_value';
    end if;
    if p_match = 'exact' and pg_catalog.strpos(p_operation_type, '%') > 0 then
        raise exception '% looks like a pattern: say p_match => ''like''', p_operation_type
        using errcode = 'invalid_parameter_value';
    end if;
    if p_match = 'like' and p_operation_type ~ '(^|[^\\])(\\\\)*\\$' then
        raise exception '% ends with an escape character: write \\ for a backslash', p_operation_type
        using errcode = 'invalid_parameter_value';
    end if;
    if pg_catalog.length(p_operation_type) > 200 or pg_catalog.length(p_status) > 200 then
        raise exception 'an operation type and a status have at most 200 characters'
        using errcode = 'invalid_parameter_value';
    end if;
    if p_status = '' then
        raise exception 'p_status must be a status, or NULL for any' using errcode = 'invalid_parameter_value';
    end if;
    insert into {{ schema }}.auto_post_rules (operation_type, status, match, is_alert, description)
    values (p_operation_type, p_status, p_match, coalesce(p_is_alert, false), p_description)
    on conflict (operation_type, match, status) do nothing
    returning id into v_id;
    if v_id is null then
        raise exception 'there is a rule for % % already; auto_post_switch_rule switches it',
        p_operation_type, coalesce(p_status, 'in any status')
        using errcode = 'unique_violation';
    end if;
    perform {{ schema }}.auto_post_log_operator_action(
        'add_rule',
        pg_catalog.jsonb_build_object('rule', v_id, 'operation_type', p_operation_type, 'status', p_status)
    );
    if p_title is not null then
        perform {{ schema }}.auto_post_title_rule(v_id, p_title);
    end if;
    select r.status into v_other
    from {{ schema }}.auto_post_rules as r
    where pg_catalog.lower(r.status) = pg_catalog.lower(p_status) and r.status <> p_status
    limit 1;
    if found then
        raise notice 'statuses are case-sensitive: other rules have the status %', v_other;
    end if;
    return v_id;
end
$$;

revoke execute on function {{ schema }}.auto_post_add_rule(text, text, text, boolean, text, text) from public;

comment on function {{ schema }}.auto_post_add_rule(text, text, text, boolean, text, text) is
'Adds a rule, which applies from the next change on; returns its id.';

-- Gives a rule the title (p_title) that posts show instead of the operation type, from the next claim on. NULL or an
-- empty title: posts show the operation type again. What is captured, and since when, does not change.
create or replace function {{ schema }}.auto_post_title_rule(p_rule_id integer, p_title text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
    v_title text := nullif(pg_catalog.btrim(p_title), '');
begin
    if pg_catalog.length(v_title) > 60 then
        raise exception 'the title has % characters, and may have at most 60', pg_catalog.length(v_title)
        using errcode = 'invalid_parameter_value';
    end if;
    begin
        update {{ schema }}.auto_post_rules as r set title = v_title where r.id = p_rule_id;
    exception
        when check_violation then
            raise exception 'the title contains a line break, a tab or another character that cannot be seen'
            using errcode = 'invalid_parameter_value', hint = 'Give one line of visible characters.';
    end;
    if not found then
        raise exception 'there is no rule %', p_rule_id using errcode = 'invalid_parameter_value';
    end if;
    perform {{ schema }}.auto_post_log_operator_action(
        'title_rule', pg_catalog.jsonb_build_object('rule', p_rule_id, 'has_title', v_title is not null)
    );
end
$$;

revoke execute on function {{ schema }}.auto_post_title_rule(integer, text) from public;

comment on function {{ schema }}.auto_post_title_rule(integer, text) is
'Gives a rule the title that posts show instead of the operation type, from the next claim on; NULL removes it.';

-- Switches a rule on or off; it applies from the next change on.
create or replace function {{ schema }}.auto_post_switch_rule(p_rule_id integer, p_enabled boolean)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
begin
    if p_enabled is null then
        raise exception 'p_enabled must be true or false' using errcode = 'invalid_parameter_value';
    end if;
    update {{ schema }}.auto_post_rules as r set enabled = p_enabled where r.id = p_rule_id;
    if not found then
        raise exception 'there is no rule %', p_rule_id using errcode = 'invalid_parameter_value';
    end if;
    perform {{ schema }}.auto_post_log_operator_action(
        'switch_rule', pg_catalog.jsonb_build_object('rule', p_rule_id, 'enabled', p_enabled)
    );
end
$$;

revoke execute on function {{ schema }}.auto_post_switch_rule(integer, boolean) from public;

comment on function {{ schema }}.auto_post_switch_rule(integer, boolean) is
'Switches a rule on or off.';

-- Gives up to p_limit committed events their positions in the log, in the order of their times, as pages and documents
-- show them; returns how many. One session does so at a time, with the row of the log locked, and others wait a moment
-- for it. Transactions of one agent follow one another, so an agent's posts have positions in the order of publishing.
-- Of two agents whose transactions overlapped, the later post may get its position first. Commits with the caller.
create or replace function {{ schema }}.auto_post_sequence_events(p_limit integer default 1000)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_placed integer;
begin
    -- Before the snapshot of what follows, so that this sees what the one before has placed.
    perform from {{ schema }}.auto_post_consumers as p where p.name = 'log' for update;

    with log as (
        select p.position from {{ schema }}.auto_post_consumers as p where p.name = 'log'
    )

    update {{ schema }}.auto_post_events as a
    set position = log.position + u.nth
    from (
        select n.seq, pg_catalog.row_number() over (order by n.created_at, n.seq) as nth
        from (
            select w.seq, w.created_at
            from {{ schema }}.auto_post_events as w
            where w.position is null
            order by w.seq
            limit p_limit
        ) as n
    ) as u
    cross join log
    where a.seq = u.seq;
    get diagnostics v_placed = row_count;

    if v_placed > 0 then
        update {{ schema }}.auto_post_consumers as p
        set position = p.position + v_placed, moved_at = pg_catalog.clock_timestamp()
        where p.name = 'log';
    end if;
    return v_placed;
end
$$;

revoke execute on function {{ schema }}.auto_post_sequence_events(integer) from public;

comment on function {{ schema }}.auto_post_sequence_events(integer) is
'Gives committed events their positions in the log, in the order of their times; returns how many.';

-- Part of auto_post_check: who did something from SQL last, and at what time, as the audit log has it; NULL where that
-- is not known, may not be read, or would mean to read a large table through.
create or replace function {{ schema }}.auto_post_check_by(p_action text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_found text;
begin
    if not exists (
        select
        from pg_catalog.pg_class as c
        where
            c.oid = pg_catalog.to_regclass('{{ platform }}.audit_log') and c.relkind in ('r', 'p')
            and (
                c.relpages < 5000
                or exists (
                    select from pg_catalog.pg_index as i
                    inner join pg_catalog.pg_attribute as a on i.indrelid = a.attrelid and i.indkey[0] = a.attnum
                    where i.indrelid = c.oid and a.attname = 'occurred_at'
                )
            )
    ) then
        return null;
    end if;
    select pg_catalog.format(' by %s since %s', l.details ->> 'by', pg_catalog.date_trunc('second', l.occurred_at))
    into v_found
    from {{ platform }}.audit_log as l
    where l.action = 'auto_post.' || p_action and l.occurred_at > pg_catalog.now() - interval '30 days'
    order by l.occurred_at desc
    limit 1;
    return v_found;
exception
    when others then
        return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_check_by(text) from public;

comment on function {{ schema }}.auto_post_check_by(text) is
'Part of auto_post_check: who paused or switched last, and at what time.';

-- Part of auto_post_check: the server, and the settings that autopost lives on.
create or replace function {{ schema }}.auto_post_check_server()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        case when s.major between 15 and 18 then 'ok' when s.major > 18 then 'warning' else 'problem' end,
        'server version',
        'PostgreSQL ' || pg_catalog.current_setting('server_version')
        || case when s.major between 15 and 18 then '' else ', where autopost is made for 15 to 18' end,
        case when s.major > 18 then 'pip install --upgrade autopost' when s.major < 15 then 'pg_upgrade' end
    from (select pg_catalog.current_setting('server_version_num')::integer / 10000 as major) as s
    union all
    select
        case when e.encoding = 'UTF8' then 'ok' else 'problem' end,
        'encoding',
        e.encoding || case when e.encoding = 'UTF8' then '' else ': it cannot hold every character of a post' end,
        case
            when e.encoding <> 'UTF8' then
                'create database ... encoding ''UTF8'' template template0;  -- then dump this one and restore it there'
        end
    from (select pg_catalog.current_setting('server_encoding') as encoding) as e
    union all
    select
        case when r.in_recovery or r.read_only then 'problem' else 'ok' end,
        'writable',
        case
            when r.in_recovery then 'in recovery: this is a standby, on which nothing is captured or posted'
            when r.read_only then 'transactions are read-only here (default_transaction_read_only)'
            else 'the primary'
        end,
        case
            when r.in_recovery then
                'export DATABASE_URL=''postgresql://.../...?target_session_attrs=read-write''  # name all servers in it'
            when r.read_only then
                pg_catalog.format(
                    'alter database %I set default_transaction_read_only = off;', pg_catalog.current_database()
                )
        end
    from (
        select
            pg_catalog.pg_is_in_recovery() as in_recovery,
            pg_catalog.current_setting('default_transaction_read_only')::boolean as read_only
    ) as r
    union all
    select
        case when v.off is null then 'ok' else 'warning' end,
        'vacuum',
        case
            when v.off is null then 'autovacuum is on'
            else 'off, so that the outbox only grows: ' || v.off
        end,
        v.advice
    from (
        select
            pg_catalog.string_agg(o.what, ', ' order by o.what) as off,
            pg_catalog.string_agg(o.advice, ' ' order by o.what) as advice
        from (
            select g.name, pg_catalog.format('alter system set %s = on; select pg_reload_conf();', g.name)
            from (values ('autovacuum'), ('track_counts')) as g (name)
            where not pg_catalog.current_setting(g.name)::boolean
            union all
            select 'autovacuum_enabled of ' || c.relname,
                pg_catalog.format('alter table %s reset (autovacuum_enabled);', c.oid::pg_catalog.regclass)
            from pg_catalog.pg_class as c
            cross join pg_catalog.pg_options_to_table(c.reloptions) as p
            where
                c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
                and c.relname like 'auto\_post\_%'
                and p.option_name = 'autovacuum_enabled'
                and not p.option_value::boolean
        ) as o (what, advice)
    ) as v
    union all
    select
        case when q.usage >= 0.8 then 'problem' when q.usage >= 0.3 then 'warning' else 'ok' end,
        'notify queue',
        pg_catalog.format(
            '%s %% full%s', pg_catalog.round((100 * q.usage)::numeric, 1),
            case when q.usage >= 0.8 then ': nobody is woken any more, and workers only poll' else '' end
        ),
        case
            when q.usage >= 0.3 then
                'select pid, usename, application_name, xact_start from pg_stat_activity '
                'where xact_start is not null order by xact_start;  -- a listener in a long transaction: end it'
        end
    from (select pg_catalog.pg_notification_queue_usage() as usage) as q
$$;

revoke execute on function {{ schema }}.auto_post_check_server() from public;

comment on function {{ schema }}.auto_post_check_server() is
'Part of auto_post_check: the server, and the settings that autopost depends on.';

-- Part of auto_post_check: what keeps vacuum from removing dead rows of the outbox for longer than p_older. The time of
-- other roles' transactions is seen by those who may (pg_read_all_stats); for the rest their age in p_xids counts.
create or replace function {{ schema }}.auto_post_check_held_back(
    p_older interval default '1 hour',
    p_xids integer default 1000000
)
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with holders (finding, advice) as (
        select
            pg_catalog.format(
                'a transaction of %s (pid %s%s), %s', a.usename, a.pid, ', ' || nullif(a.application_name, ''),
                coalesce(
                    'open for ' || pg_catalog.date_trunc('second', pg_catalog.clock_timestamp() - a.xact_start)::text,
                    'open for ' || greatest(pg_catalog.age(a.backend_xmin), pg_catalog.age(a.backend_xid))::text
                    || ' transactions'
                )
            ),
            pg_catalog.format('select pg_terminate_backend(%s);', a.pid)
        from pg_catalog.pg_stat_activity as a
        where
            a.pid <> pg_catalog.pg_backend_pid()
            and (a.datname = pg_catalog.current_database() or a.backend_type = 'walsender')
            and (a.backend_xmin is not null or a.backend_xid is not null)
            and coalesce(
                pg_catalog.clock_timestamp() - a.xact_start > p_older,
                greatest(pg_catalog.age(a.backend_xmin), pg_catalog.age(a.backend_xid)) > p_xids
            )
        union all
        select
            pg_catalog.format(
                'a prepared transaction of %s, since %s', x.owner, pg_catalog.date_trunc('second', x.prepared)
            ),
            pg_catalog.format('rollback prepared %L;  -- or commit', x.gid)
        from pg_catalog.pg_prepared_xacts as x
        where
            x.database = pg_catalog.current_database()
            and pg_catalog.clock_timestamp() - x.prepared > p_older
        union all
        select
            pg_catalog.format(
                'replication slot %s, %s, %s transactions behind', s.slot_name,
                case when s.active then 'in use' else 'which nobody uses' end,
                greatest(pg_catalog.age(s.xmin), pg_catalog.age(s.catalog_xmin))
            ),
            pg_catalog.format('select pg_drop_replication_slot(%L);  -- unless its reader comes back', s.slot_name)
        from pg_catalog.pg_replication_slots as s
        where greatest(pg_catalog.age(s.xmin), pg_catalog.age(s.catalog_xmin)) > p_xids
    )

    select 'warning', 'held back', 'vacuum removes nothing that is younger than ' || h.finding, h.advice
    from holders as h
    union all
    select 'ok', 'held back', 'nothing keeps vacuum from its work for longer than ' || p_older::text, null
    where not exists (select from holders)
$$;

revoke execute on function {{ schema }}.auto_post_check_held_back(interval, integer) from public;

comment on function {{ schema }}.auto_post_check_held_back(interval, integer) is
'Part of auto_post_check: transactions and replication slots that keep vacuum from the outbox''s dead rows.';

-- Part of auto_post_check: the revision, and whether the platform's tables fit. The table of the revision is Alembic's.
create or replace function {{ schema }}.auto_post_check_schema()
returns table (level text, subject text, finding text, advice text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        case when pg_catalog.count(*) = 1 then 'ok' else 'problem' end,
        'revision',
        coalesce(pg_catalog.string_agg(v.version_num, ', '), 'auto_post_schema_version is empty'),
        case when pg_catalog.count(*) <> 1 then 'autopost migrate' end
    from {{ schema }}.auto_post_schema_version as v
    union all
    select
        'problem', 'platform''s tables', p.table_name || ': ' || p.problem,
        case
            when p.problem ~ '^column \w+ is missing$' then
                pg_catalog.format(
                    'alter table {{ platform }}.%I add column %s %s;',
                    p.table_name, pg_catalog.split_part(p.problem, ' ', 2),
                    case
                        when p.problem ~ '^column \w+_at ' then 'timestamptz'
                        when p.problem ~ '^column (\w+_metadata|details) ' then 'jsonb'
                        when p.problem ~ '^column progress ' then 'integer'
                        when p.problem ~ '^column auto_generated ' then 'boolean'
                        else 'text'
                    end
                )
            else 'SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate  # or change the table'
        end
    from {{ schema }}.auto_post_host_problems() as p
    union all
    select 'ok', 'platform''s tables', 'agents, operation_trackers, social_posts and audit_log fit', null
    where not exists (select from {{ schema }}.auto_post_host_problems());
end
$$;

revoke execute on function {{ schema }}.auto_post_check_schema() from public;

comment on function {{ schema }}.auto_post_check_schema() is
'Part of auto_post_check: the revision, and whether the platform''s tables fit.';

-- What has changed on the platform's tables since autopost was installed or migrated, and keeps operations from being
-- captured or posts from being written: a row for each change, none when all is well. Compares the columns that the
-- trigger's function names with those of its table, the table that each view reads with the one of the mapping, and the
-- rules and switches with what was compiled of them.
-- column_name is NULL where it concerns the table, and table_name where it concerns all. Takes no lock but those of
-- reading the catalog.
create or replace function {{ schema }}.auto_post_platform_changes()
returns table (table_name text, column_name text, problem text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with operations as (
        select
            o.qualified, coalesce(pg_catalog.to_regclass(o.qualified)::text, o.qualified) as shown, o.status_columns,
            o.capture, pg_catalog.to_regclass(o.qualified)::oid as relid,
            pg_catalog.to_regprocedure(o.capture)::oid as function
        from (values {{ operations }}) as o (qualified, view_name, status_columns, capture)
    ),

    views as (
        select
            v.view_name, v.qualified, coalesce(pg_catalog.to_regclass(v.qualified)::text, v.qualified) as shown,
            pg_catalog.to_regclass(v.view_name)::oid as relid
        from (values {{ views }}) as v (view_name, qualified)
        where v.view_name is not null
    ),

    renamed as (
        select 'SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate  # with the table''s new name' as remap
    ),

    detached as (
        select pg_catalog.to_regprocedure('{{ schema }}.auto_post_check_detached()') as function
    ),

    -- The columns that a trigger's function names, in new or old, without those in literals and comments.
    named as (
        select distinct t.tgrelid as relid, pg_catalog.btrim(m.found[1], '"') as name
        from pg_catalog.pg_trigger as t
        inner join pg_catalog.pg_proc as p on t.tgfoid = p.oid
        cross join pg_catalog.regexp_matches(
            pg_catalog.regexp_replace(p.prosrc, $re$'(?:[^']|'')*'|--[^\n]*$re$, ' ', 'g'),
            '\m(?:new|old)\.("[^"]+"|[a-z_][a-z0-9_$]*)', 'g'
        ) as m (found)
        where t.tgfoid in {{ captures }} and t.tgparentid = 0
    ),

    -- The values that it compares a column of an enum with: `=`, `in` and `case new.state when`.
    enums as (
        select
            t.tgrelid as relid, a.attname as name, a.atttypid as type, p.prosrc as body,
            pg_catalog.format($re$\m(?:new|old)\.(?:%1$s|"%1$s")$re$, a.attname) as pattern
        from pg_catalog.pg_trigger as t
        inner join pg_catalog.pg_proc as p on t.tgfoid = p.oid
        inner join pg_catalog.pg_attribute as a on t.tgrelid = a.attrelid and a.attnum > 0 and not a.attisdropped
        inner join pg_catalog.pg_type as y on a.atttypid = y.oid and y.typtype = 'e'
        where t.tgfoid in {{ captures }} and t.tgparentid = 0 and a.attname ~ '^\w+$'
    ),

    compared as (
        select e.relid, e.name, e.type, v.found[1] as label
        from enums as e
        cross join pg_catalog.regexp_matches(
            e.body,
            e.pattern || $re$\s*(?:=|<>|!=|(?:not\s+)?in\M|is\s+(?:not\s+)?distinct\s+from)\s*$re$
            || $re$(\(?\s*'(?:[^']|'')*'(?:\s*,\s*'(?:[^']|'')*')*)$re$, 'gi'
        ) as l (found)
        cross join pg_catalog.regexp_matches(l.found[1], $re$'((?:[^']|'')*)'$re$, 'g') as v (found)
        union
        select e.relid, e.name, e.type, v.found[1]
        from enums as e
        cross join pg_catalog.regexp_matches(
            e.body, '\mcase\s+' || e.pattern || $re$((?:\s+when\s+'(?:[^']|'')*'\s+then\s+'(?:[^']|'')*')+)$re$, 'gi'
        ) as l (found)
        cross join pg_catalog.regexp_matches(l.found[1], $re$\mwhen\s+'((?:[^']|'')*)'$re$, 'gi') as v (found)
    )

    select null, null, 'autopost is detached from the platform''s tables: nothing is captured', 'autopost migrate'
    from detached as d
    where d.function is not null
    union all
    select
        null, null,
        'the trigger goes by other rules or switches than auto_post_rules and auto_post_control have: '
        || pg_catalog.string_agg(b.name, ', ' order by b.name),
        'select {{ schema }}.auto_post_compile();'
    from {{ schema }}.auto_post_compiled_bodies() as b
    left join pg_catalog.pg_proc as p
        on
            p.proname = b.name
            and p.pronamespace = (
                select c.relnamespace from pg_catalog.pg_class as c
                where c.oid = pg_catalog.to_regclass('{{ schema }}.auto_post_rules')
            )
    where b.body is distinct from p.prosrc
    having pg_catalog.count(*) > 0
    union all
    select o.shown, null, 'there is no such table: it was renamed, moved or dropped', r.remap
    from operations as o
    cross join renamed as r
    where o.relid is null
    union all
    select
        o.shown, null, 'has no trigger: changes are not captured as they happen',
        pg_catalog.format(
            'create or replace trigger auto_post_capture after insert or update of %s on %s '
            'for each row execute function %s;  -- or: autopost migrate', o.status_columns, o.qualified, o.capture
        )
    from operations as o
    cross join detached as d
    where
        d.function is null
        and o.relid is not null
        and not exists (
            select from pg_catalog.pg_trigger as t where t.tgrelid = o.relid and t.tgfoid = o.function
        )
    union all
    select
        n.relid::pg_catalog.regclass::text, n.name,
        pg_catalog.format('the trigger reads column %I, which is not there: nothing is captured as it happens', n.name),
        case
            when exists (select from views) then
                'SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate  # with the column''s new name'
            else
                pg_catalog.format(
                    'alter table %s add column %I text;  -- or rename it back', n.relid::pg_catalog.regclass, n.name
                )
        end
    from named as n
    where not exists (
        select from pg_catalog.pg_attribute as a
        where a.attrelid = n.relid and a.attname = n.name and a.attnum > 0 and not a.attisdropped
    )
    union all
    select
        c.relid::pg_catalog.regclass::text, c.name,
        pg_catalog.format(
            'the trigger compares column %I with %L, which its type does not have: nothing is captured as it happens',
            c.name, pg_catalog.replace(c.label, $q$''$q$, $q$'$q$)
        ),
        'SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate  # with the value''s new name'
    from compared as c
    where not exists (
        select from pg_catalog.pg_enum as e
        where c.type = e.enumtypid and e.enumlabel = pg_catalog.replace(c.label, $q$''$q$, $q$'$q$)
    )
    union all
    select
        v.shown, null,
        case
            when v.relid is null then pg_catalog.format('the view %s is missing', v.view_name)
            else
                pg_catalog.format(
                    'the view %s does not read it, but %s', v.view_name,
                    coalesce(
                        (
                            select pg_catalog.string_agg(distinct x.refobjid::pg_catalog.regclass::text, ', ')
                            from pg_catalog.pg_rewrite as w
                            inner join pg_catalog.pg_depend as x
                                on
                                    x.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and x.objid = w.oid
                                    and x.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                                    and x.refobjid <> v.relid
                            where w.ev_class = v.relid
                        ), 'nothing'
                    )
                )
        end,
        'autopost migrate'
    from views as v
    cross join detached as d
    where
        d.function is null
        and pg_catalog.to_regclass(v.qualified) is not null
        and not exists (
            select
            from pg_catalog.pg_rewrite as w
            inner join pg_catalog.pg_depend as x
                on
                    x.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and x.objid = w.oid
                    and x.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                    and x.refobjid = pg_catalog.to_regclass(v.qualified)
            where w.ev_class = v.relid
        )
    union all
    select v.shown, null, 'there is no such table: it was renamed, moved or dropped', r.remap
    from views as v
    cross join renamed as r
    where
        pg_catalog.to_regclass(v.qualified) is null
        and not exists (select from operations as o where o.qualified = v.qualified)
$$;

revoke execute on function {{ schema }}.auto_post_platform_changes() from public;

comment on function {{ schema }}.auto_post_platform_changes() is
'Changes of the platform''s tables since the migration that stop capturing or publishing, a row for each.';

-- Part of auto_post_check: the trigger on each of the platform's tables of operations, and what has changed on the
-- platform's tables. The trigger is known by its function, as a table may be the platform's own under another name. Of
-- a partitioned table each partition has a copy of it; a child of the table by INHERITS needs one of its own.
create or replace function {{ schema }}.auto_post_check_trigger()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with recursive triggers as (
        select
            t.tgname, t.tgenabled, t.tgparentid = 0 as is_own, t.tgrelid, t.tgfoid,
            t.tgrelid::pg_catalog.regclass::text as table_name,
            t.tgtype::integer as kind,
            t.tgqual is not null as has_condition,
            array(
                select pg_catalog.quote_ident(a.attname)
                from pg_catalog.pg_attribute as a
                where a.attrelid = t.tgrelid and a.attnum = any(t.tgattr::smallint[])
            ) as columns
        from pg_catalog.pg_trigger as t
        where t.tgfoid in {{ captures }}
    ),

    expected as (
        select
            pg_catalog.to_regclass(o.qualified)::oid as relid,
            o.qualified,
            coalesce(pg_catalog.to_regclass(o.qualified)::text, o.qualified) as shown,
            pg_catalog.to_regprocedure(o.capture)::oid as function,
            array(
                select pg_catalog.quote_ident(pg_catalog.btrim(c.name, ' "'))
                from pg_catalog.string_to_table(o.status_columns, ',') as c (name)
            ) as columns,
            pg_catalog.format(
                'create or replace trigger auto_post_capture after insert or update of %s on %s '
                'for each row execute function %s;', o.status_columns, o.qualified, o.capture
            ) as remedy
        from (values {{ operations }}) as o (qualified, view_name, status_columns, capture)
    ),

    children as (
        select i.inhrelid as relid, e.relid as parent
        from pg_catalog.pg_inherits as i
        inner join expected as e on i.inhparent = e.relid
        union
        select i.inhrelid, p.parent
        from pg_catalog.pg_inherits as i
        inner join children as p on i.inhparent = p.relid
    ),

    wrong (finding, advice) as (
        select
            pg_catalog.concat_ws(case when p.problem like 'has %' then ' ' else ': ' end, p.table_name, p.problem),
            p.advice
        from {{ schema }}.auto_post_platform_changes() as p
        union all
        select
            case
                when exists (select from expected as e where e.function = t.tgfoid) then pg_catalog.format(
                    'it is on %s instead of %s', t.table_name,
                    (select e.shown from expected as e where e.function = t.tgfoid limit 1)
                )
                else pg_catalog.format('it is on %s, which the mapping does not name', t.table_name)
            end,
            pg_catalog.format('drop trigger %I on %s;', t.tgname, t.table_name)
        from triggers as t
        where
            t.is_own
            and not exists (select from expected as e where e.relid = t.tgrelid and e.function = t.tgfoid)
            and not exists (select from children as k where k.relid = t.tgrelid)
        union all
        select
            case t.tgenabled
                when 'R' then 'on ' || t.table_name || ' it fires for replicated changes alone'
                else 'it is disabled on ' || t.table_name
            end,
            pg_catalog.format('alter table %s enable trigger %I;', t.table_name, t.tgname)
        from triggers as t
        where t.tgenabled in ('D', 'R')
        union all
        -- 1 for each row, 4 insert, 16 update; 2 would be before, 8 delete, 32 truncate, 64 instead of.
        select
            'on ' || t.table_name || ' it does not fire as it should: '
            || pg_catalog.concat_ws(
                ', ', case when t.kind <> 21 then 'other events' end, case when t.has_condition then 'a condition' end,
                case
                    when not t.columns @> e.columns and t.columns <> '{}' then 'not for every column of the status'
                end
            ),
            e.remedy
        from triggers as t
        inner join expected as e on t.tgfoid = e.function
        where t.is_own and (t.kind <> 21 or t.has_condition or not (t.columns @> e.columns or t.columns = '{}'))
    )

    select 'problem', 'trigger', w.finding, w.advice
    from wrong as w
    union all
    select
        case when t.columns = '{}' then 'warning' else 'ok' end, 'trigger',
        'on ' || t.table_name
        || case when t.columns = '{}' then ', and fires for any column, which costs the agents' else ', enabled' end,
        case when t.columns = '{}' then e.remedy end
    from triggers as t
    inner join expected as e on t.tgfoid = e.function
    where t.is_own and not exists (select from wrong)
    union all
    select
        'warning', 'trigger',
        pg_catalog.format(
            '%s inherits from %s and has no trigger: only the reconciler finds its changes',
            c.oid::pg_catalog.regclass, e.shown
        ),
        pg_catalog.replace(e.remedy, pg_catalog.format('on %s ', e.qualified), pg_catalog.format('on %s ', c.oid::pg_catalog.regclass))
    from children as k
    inner join pg_catalog.pg_class as c on k.relid = c.oid and c.relkind = 'r' and not c.relispartition
    inner join expected as e on k.parent = e.relid
    where not exists (select from triggers as t where t.tgrelid = c.oid)
    union all
    select
        case when n.columns is null or n.is_utc then 'ok' else 'warning' end, 'time zone',
        case
            when n.columns is null then 'every time in operation_trackers has one'
            when n.is_utc then pg_catalog.format('%s without one, read as UTC', n.columns)
            else pg_catalog.format(
                '%s without one, read in that of the database, %s: where the platform writes another, the reconciler '
                'takes operations for older or newer than they are', n.columns,
                pg_catalog.current_setting('TimeZone')
            )
        end,
        case
            when n.columns is not null and not n.is_utc then pg_catalog.format(
                'alter table {{ platform }}.operation_trackers %s;  -- rewrites the table', n.changes
            )
        end
    from (
        select
            pg_catalog.string_agg(a.attname, ', ' order by a.attnum) as columns,
            pg_catalog.string_agg(
                pg_catalog.format('alter column %1$I type timestamptz using %1$I at time zone ''UTC''', a.attname), ', '
                order by a.attnum
            ) as changes,
            pg_catalog.current_setting('TimeZone') in ('UTC', 'Etc/UTC', 'GMT', 'Etc/GMT', 'Zulu', 'Etc/Zulu') as is_utc
        from pg_catalog.pg_attribute as a
        where
            a.attrelid = pg_catalog.to_regclass('{{ platform }}.operation_trackers')
            and a.attname in ('started_at', 'completed_at') and not a.attisdropped
            and a.atttypid = 'pg_catalog.timestamp'::pg_catalog.regtype
    ) as n
    union all
    select
        case when s.advice is null then 'ok' else 'warning' end, 'replication role',
        case
            when s.advice is null then 'no role and no database is set to pass by the trigger'
            else 'session_replication_role is set, and these pass by the trigger: ' || s.who
        end,
        s.advice
    from (
        select pg_catalog.string_agg(o.who, ', ') as who, pg_catalog.string_agg(o.advice, ' ') as advice
        from (
            select 'the present session', 'set session_replication_role = origin;'
            where pg_catalog.current_setting('session_replication_role') <> 'origin'
            union all
            select
                pg_catalog.concat_ws(' in ', 'role ' || r.rolname, 'database ' || d.datname),
                'alter ' || case
                    when r.rolname is null then pg_catalog.format('database %I', d.datname)
                    when d.datname is null then pg_catalog.format('role %I', r.rolname)
                    else pg_catalog.format('role %I in database %I', r.rolname, d.datname)
                end || ' reset session_replication_role;'
            from pg_catalog.pg_db_role_setting as x
            left join pg_catalog.pg_roles as r on x.setrole = r.oid
            left join pg_catalog.pg_database as d on x.setdatabase = d.oid
            where
                (d.oid is null or d.datname = pg_catalog.current_database())
                and exists (
                    select from pg_catalog.unnest(x.setconfig) as c (setting)
                    where c.setting like 'session\_replication\_role=%' and c.setting not like '%=origin'
                )
        ) as o (who, advice)
    ) as s
$$;

revoke execute on function {{ schema }}.auto_post_check_trigger() from public;

comment on function {{ schema }}.auto_post_check_trigger() is
'Part of auto_post_check: the trigger on the platform''s table of operations.';

-- Part of auto_post_check: the functions that run with their owner's rights, and whether these are enough and not too
-- many.
create or replace function {{ schema }}.auto_post_check_functions()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with definers as (
        select
            n.signature, p.oid, p.prosecdef, r.oid as owner, r.rolname as owner_name, r.rolsuper,
            coalesce('search_path=pg_catalog, pg_temp' = any(p.proconfig), false) as is_pinned
        from (
            values
            ('{{ schema }}.auto_post_committed(text[])'),
            ('{{ schema }}.auto_post_compile_change()'),
            ('{{ schema }}.auto_post_reconcile(integer, integer)'),
            ('{{ schema }}.auto_post_expire(interval, integer)')
            union all
            select o.capture
            from (values {{ operations }}) as o (qualified, view_name, status_columns, capture)
        ) as n (signature)
        left join pg_catalog.pg_proc as p on p.oid = pg_catalog.to_regprocedure(n.signature)
        left join pg_catalog.pg_roles as r on p.proowner = r.oid
    ),

    needed (object, privilege) as (
        values
        ('{{ schema }}.auto_post_outbox', 'SELECT'),
        ('{{ schema }}.auto_post_outbox', 'INSERT'),
        ('{{ schema }}.auto_post_outbox', 'DELETE'),
        ('{{ schema }}.auto_post_tombstones', 'SELECT'),
        ('{{ schema }}.auto_post_tombstones', 'INSERT'),
        ('{{ schema }}.auto_post_rules', 'SELECT'),
        ('{{ schema }}.auto_post_control', 'SELECT'),
        ('{{ schema }}.auto_post_reconciliation', 'SELECT'),
        ('{{ schema }}.auto_post_reconciliation', 'UPDATE'),
        ('{{ schema }}.auto_post_not_captured', 'SELECT'),
        ('{{ schema }}.auto_post_not_captured', 'INSERT'),
        ('{{ schema }}.auto_post_not_captured', 'UPDATE'),
        ('{{ schema }}.auto_post_not_captured', 'DELETE'),
        ('{{ platform }}.operation_trackers', 'SELECT')
    ),

    owners as (
        select distinct d.owner, d.owner_name
        from definers as d
        where d.owner is not null
    ),

    lacking as (
        select
            o.owner_name,
            n.privilege || ' on ' || c.relname as lacks,
            pg_catalog.format('grant %s on %s to %I;', pg_catalog.lower(n.privilege), n.object, o.owner_name) as remedy
        from owners as o
        cross join needed as n
        inner join pg_catalog.pg_class as c on c.oid = pg_catalog.to_regclass(n.object)
        where not pg_catalog.has_table_privilege(o.owner, c.oid, n.privilege)
        union
        select
            o.owner_name,
            'USAGE on schema ' || n.schema_name,
            pg_catalog.format('grant usage on schema %s to %I;', n.schema_name, o.owner_name)
        from owners as o
        cross join (values ('{{ schema }}'), ('{{ platform }}')) as n (schema_name)
        where not pg_catalog.has_schema_privilege(o.owner, n.schema_name::pg_catalog.regnamespace, 'USAGE')
    ),

    -- The owner of the trackers' table decides on its policies, types and triggers, and so on what the functions call.
    higher as (
        select distinct
            d.owner_name, d.rolsuper, pg_catalog.pg_get_userbyid(c.relowner) as table_owner,
            c.oid::pg_catalog.regclass as trackers
        from definers as d
        left join pg_catalog.pg_trigger as t
            on t.tgfoid in {{ captures }} and t.tgparentid = 0
        left join pg_catalog.pg_class as c on t.tgrelid = c.oid
        where
            d.rolsuper
            or (c.relowner <> d.owner and not pg_catalog.pg_has_role(c.relowner, d.owner, 'MEMBER'))
    ),

    wrong (level, finding, advice) as (
        select
            'problem', d.signature || ' is missing',
            'autopost sql ' || pg_catalog.substring(d.signature, 'auto_post_\w+') || ' | psql "$DATABASE_URL"'
        from definers as d
        where d.oid is null
        union all
        select
            'problem', d.signature || ' does not run with its owner''s rights and a search_path of its own',
            'alter function ' || d.signature || ' security definer set search_path = pg_catalog, pg_temp;'
        from definers as d
        where not (d.prosecdef and d.is_pinned)
        union all
        select
            'problem',
            pg_catalog.format(
                '%s, who owns the functions, lacks %s', l.owner_name,
                pg_catalog.string_agg(l.lacks, ', ' order by l.lacks)
            ),
            pg_catalog.string_agg(l.remedy, ' ' order by l.remedy)
        from lacking as l
        group by l.owner_name
        union all
        select distinct
            'problem',
            case
                when h.rolsuper then pg_catalog.format('%s, who owns the functions, is a superuser', h.owner_name)
                else
                    pg_catalog.format(
                        'the functions run with rights of %s which %s, who owns %s, does not have',
                        h.owner_name, h.table_owner, h.trackers
                    )
            end,
            pg_catalog.format(
                'select format(''alter %%s owner to %s'', o.name) from '
                '(select ''table '' || oid::regclass from pg_class where relkind in (''r'', ''v'') '
                'and relnamespace = ''{{ schema }}''::regnamespace and relname like ''auto\_post\_%%'' '
                'union all select ''function '' || oid::regprocedure from pg_proc '
                'where pronamespace = ''{{ schema }}''::regnamespace and proname like ''auto\_post\_%%'') '
                'as o (name) \gexec', case when h.rolsuper then 'THE_OWNER_OF_YOUR_TABLES' else h.table_owner end
            )
        from higher as h
    )

    select w.level, 'functions', w.finding, w.advice
    from wrong as w
    union all
    select
        'ok', 'functions',
        'the trigger''s, the reconciler''s and retention''s run as '
        || (select pg_catalog.string_agg(distinct d.owner_name, ', ') from definers as d), null
    where not exists (select from wrong)
$$;

revoke execute on function {{ schema }}.auto_post_check_functions() from public;

comment on function {{ schema }}.auto_post_check_functions() is
'Part of auto_post_check: the functions that run with their owner''s rights, and these rights.';

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

-- Ends a session of the dashboard in every process. A definer function, so that a role that only reads can sign out.
-- Deletes sessions that have ended by themselves; of more than 10,000 those that end first.
create or replace function {{ schema }}.auto_post_end_session(p_digest text, p_ends_at timestamptz)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_ends_at > pg_catalog.now() + interval '1 day' then
        raise exception 'a session lasts less than a day' using errcode = 'invalid_parameter_value';
    end if;
    insert into {{ schema }}.auto_post_ended_sessions as e (digest, ends_at)
    values (p_digest, p_ends_at)
    on conflict (digest) do nothing;
    delete from {{ schema }}.auto_post_ended_sessions as e
    where
        e.ends_at < pg_catalog.now()
        or e.digest in (
            select s.digest
            from {{ schema }}.auto_post_ended_sessions as s
            order by s.ends_at desc
            offset 10000
        );
end
$$;

revoke execute on function {{ schema }}.auto_post_end_session(text, timestamptz) from public;

comment on function {{ schema }}.auto_post_end_session(text, timestamptz) is
'Ends a session of the dashboard, given by the SHA-256 of its cookie, in every process.';

-- The columns that the two groups may read or write of tables of which they may not read or write all. A row for each
-- right. In the outbox a worker changes the outcome of an operation and what was committed of it, and nothing else; a
-- reader sees neither texts, which are not redacted, nor posts that the platform's own policies may hide.
create or replace function {{ schema }}.auto_post_column_rights()
returns table (group_name text, privilege text, relation regclass, column_name text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with lists (group_name, privilege, relation, columns, are_granted) as (
        values
        ('auto_post_worker', 'UPDATE', '{{ schema }}.auto_post_outbox', '{{ columns.operation }}', false),
        ('auto_post_worker', 'UPDATE', '{{ schema }}.auto_post_workers', 'name', false),
        ('auto_post_worker', 'UPDATE', '{{ schema }}.auto_post_consumers', 'name', false),
        ('auto_post_worker', 'UPDATE', '{{ schema }}.auto_post_rate_limits', 'last_post_at', true),
        ('auto_post_worker', 'UPDATE', '{{ schema }}.auto_post_llm_days', 'day', false),
        -- A claim locks what it reads there, for which a right to change one column is enough.
        ('auto_post_worker', 'UPDATE', '{{ schema }}.auto_post_pauses', 'paused_at', true),
        ('auto_post_worker', 'UPDATE', '{{ schema }}.auto_post_events', 'position', true),
        ('auto_post_worker', 'UPDATE', '{{ schema }}.auto_post_webhook_dead_letters', 'error retry', true),
        ('auto_post_worker', 'UPDATE', '{{ schema }}.auto_post_webhook_summaries', 'hook due_at', false),
        (
            'auto_post_worker', 'INSERT', '{{ platform }}.social_posts',
            'id tenant_id author_type author_id post_type content post_metadata auto_generated created_at', true
        ),
        (
            'auto_post_worker', 'INSERT', '{{ platform }}.audit_log',
            'id occurred_at agent_id action operation_type tracker_id status post_id details', true
        ),
        (
            'auto_post_reader', 'SELECT', '{{ schema }}.auto_post_outbox',
            'operation_type status what_explanation why_explanation next_steps draft', false
        ),
        ('auto_post_reader', 'SELECT', '{{ schema }}.auto_post_events', 'content post_metadata post_values', false),
        ('auto_post_reader', 'SELECT', '{{ schema }}.auto_post_webhook_dead_letters', 'message', false),
        ('auto_post_reader', 'SELECT', '{{ schema }}.auto_post_webhook_summaries', 'message', false)
    )

    select l.group_name, l.privilege, a.attrelid::regclass, a.attname::text
    from lists as l
    inner join pg_catalog.pg_attribute as a on a.attrelid = pg_catalog.to_regclass(l.relation)
    where
        a.attnum > 0
        and not a.attisdropped
        and (a.attname = any(pg_catalog.string_to_array(l.columns, ' '))) = l.are_granted
$$;

revoke execute on function {{ schema }}.auto_post_column_rights() from public;

comment on function {{ schema }}.auto_post_column_rights() is
'The columns that auto_post_worker and auto_post_reader may read or write, of tables where they have rights on single '
'columns. autopost grant grants these rights, and auto_post_check compares them.';

-- Part of auto_post_check: what PUBLIC and the two groups may do here, held against sql/roles/grants.sql.
create or replace function {{ schema }}.auto_post_check_rights()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with intended (group_name, privilege, objects) as (
        values
        (
            'auto_post_worker', 'SELECT',
            'agents auto_post_schema_version auto_post_compatibility auto_post_control auto_post_tombstones auto_post_pauses '
            'auto_post_outbox auto_post_operations auto_post_rate_limits auto_post_alert_windows auto_post_llm_days auto_post_workers '
            'auto_post_rules auto_post_reconciliation auto_post_not_captured auto_post_events auto_post_consumers '
            'auto_post_webhook_dead_letters auto_post_webhook_summaries auto_post_rate_limited auto_post_ended_sessions'
        ),
        (
            'auto_post_worker', 'INSERT',
            'auto_post_rate_limits auto_post_llm_days auto_post_workers auto_post_events auto_post_consumers '
            'auto_post_webhook_dead_letters auto_post_webhook_summaries auto_post_rate_limited'
        ),
        (
            'auto_post_worker', 'DELETE',
            'auto_post_workers auto_post_events auto_post_webhook_dead_letters auto_post_webhook_summaries '
            'auto_post_rate_limited'
        ),
        (
            'auto_post_worker', 'EXECUTE',
            'auto_post_host_problems auto_post_committed auto_post_reconcile auto_post_expire auto_post_count_alerts '
            'auto_post_sequence_events auto_post_column_rights auto_post_platform_changes auto_post_json '
            'auto_post_outbox_is_sound auto_post_add_digests auto_post_open_approvals auto_post_end_session '
            'auto_post_compiled_bodies auto_post_agents auto_post_type_of auto_post_compiled_title'
        ),
        (
            'auto_post_reader', 'SELECT',
            'agents social_posts audit_log auto_post_schema_version auto_post_compatibility auto_post_rules '
            'auto_post_control auto_post_pauses auto_post_workers auto_post_rate_limits auto_post_reconciliation '
            'auto_post_alert_windows auto_post_rate_limited auto_post_llm_days auto_post_not_captured auto_post_tombstones '
            'auto_post_health auto_post_dead '
            'auto_post_stuck auto_post_skips auto_post_mapping auto_post_operations auto_post_consumers '
            'auto_post_ended_sessions'
        ),
        (
            'auto_post_reader', 'EXECUTE',
            'auto_post_host_problems auto_post_outbox_id auto_post_history auto_post_column_rights '
            'auto_post_platform_changes auto_post_json auto_post_open_approvals auto_post_end_session '
            'auto_post_compiled_bodies auto_post_agents auto_post_type_of'
        )
    ),

    columns as (
        select r.oid as grantee, c.group_name, c.privilege, c.relation, c.column_name
        from {{ schema }}.auto_post_column_rights() as c
        inner join pg_catalog.pg_roles as r on c.group_name = r.rolname
    ),

    groups as (
        select r.oid, r.rolname as name
        from pg_catalog.pg_roles as r
        where r.rolname in ('auto_post_worker', 'auto_post_reader')
    ),

    objects as (
        select
            c.relname as name, c.relacl as acl, c.oid::pg_catalog.regclass::text as shown, '' as kind
        from pg_catalog.pg_class as c
        where
            c.relkind in ('r', 'p', 'v', 'S', 'f')
            and (
                (c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace and c.relname like 'auto\_post\_%')
                or (
                    c.relnamespace = '{{ platform }}'::pg_catalog.regnamespace
                    and c.relname in ('agents', 'operation_trackers', 'social_posts', 'audit_log')
                )
            )
        union all
        select
            p.proname, coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner)),
            p.oid::pg_catalog.regprocedure::text, 'function '
        from pg_catalog.pg_proc as p
        where p.pronamespace = '{{ schema }}'::pg_catalog.regnamespace and p.proname like 'auto\_post\_%'
    ),

    given as (
        select o.name, o.shown, o.kind, a.grantee, a.privilege_type as privilege
        from objects as o
        cross join pg_catalog.aclexplode(o.acl) as a
        where a.grantee = 0 or a.grantee in (select g.oid from groups as g)
        union all
        select c.relname, c.oid::pg_catalog.regclass::text, '', a.grantee, a.privilege_type || ' (' || t.attname || ')'
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_attribute as t on c.oid = t.attrelid and t.attacl is not null
        cross join pg_catalog.aclexplode(t.attacl) as a
        where
            c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
            and c.relname like 'auto\_post\_%'
            and (a.grantee = 0 or a.grantee in (select g.oid from groups as g))
            and not exists (
                select from columns as g
                where
                    g.grantee = a.grantee and g.privilege = a.privilege_type
                    and g.relation = c.oid and g.column_name = t.attname
            )
    ),

    public as (
        select
            g.privilege || ' on ' || g.shown as what,
            pg_catalog.format('revoke %s on %s%s from public;', g.privilege, g.kind, g.shown) as remedy
        from given as g
        where g.grantee = 0 and g.name like 'auto\_post\_%'
    ),

    beyond as (
        select
            r.name as group_name, g.privilege || ' on ' || g.shown as what,
            pg_catalog.format('revoke %s on %s%s from %s;', g.privilege, g.kind, g.shown, r.name)
            -- That takes the right on single columns away too.
            || coalesce((
                select
                    pg_catalog.format(
                        ' grant %s (%s) on %s to %s;', c.privilege,
                        pg_catalog.string_agg(pg_catalog.quote_ident(c.column_name), ', '), g.shown, r.name
                    )
                from columns as c
                where c.grantee = r.oid and c.privilege = g.privilege and c.relation::text = g.shown
                group by c.privilege
            ), '') as remedy
        from given as g
        inner join groups as r on g.grantee = r.oid
        where
            g.name not like 'auto\_post\_check%'
            and not exists (
                select from intended as i
                where
                    i.group_name = r.name and i.privilege = g.privilege
                    and g.name = any(pg_catalog.string_to_array(i.objects, ' '))
            )
    ),

    below as (
        select i.group_name, i.privilege || ' on ' || n.name as what
        from intended as i
        cross join pg_catalog.string_to_table(i.objects, ' ') as n (name)
        inner join groups as r on i.group_name = r.name
        inner join objects as o on n.name = o.name
        where not exists (
            select from given as g where g.grantee = r.oid and g.privilege = i.privilege and g.shown = o.shown
        )
        union all
        select r.name, 'EXECUTE on ' || o.name
        from groups as r
        cross join objects as o
        where
            o.name like 'auto\_post\_check%'
            and not exists (select from given as g where g.grantee = r.oid and g.shown = o.shown)
        union all
        select c.group_name, pg_catalog.format('%s (%s) on %s', c.privilege, c.column_name, t.relname)
        from columns as c
        inner join pg_catalog.pg_class as t on c.relation = t.oid
        where not pg_catalog.has_column_privilege(c.grantee, c.relation, c.column_name, c.privilege)
        union
        select r.name, 'USAGE on schema ' || n.schema_name
        from groups as r
        cross join (values ('{{ schema }}'), ('{{ platform }}')) as n (schema_name)
        where not pg_catalog.has_schema_privilege(r.oid, n.schema_name::pg_catalog.regnamespace, 'USAGE')
    )

    select
        case when pg_catalog.count(*) = 0 then 'ok' else 'problem' end, 'rights of PUBLIC',
        coalesce(pg_catalog.string_agg(p.what, ', ' order by p.what), 'none on what is autopost''s'),
        pg_catalog.string_agg(p.remedy, ' ' order by p.what)
    from public as p
    union all
    select
        case
            when not coalesce(g.has_any, false) then case n.name when 'auto_post_worker' then 'warning' else 'ok' end
            when m.what is null and b.what is null then 'ok'
            when b.what is not null then 'problem'
            else 'warning'
        end,
        'rights of ' || n.name,
        case
            when not coalesce(g.has_any, false) then
                case when g.has_any is null then 'there is no such role' else 'none in this schema' end
                || case n.name when 'auto_post_worker' then ': workers run with the rights of others' else '' end
            when m.what is null and b.what is null then 'as autopost grant gives them'
            else pg_catalog.concat_ws('; ', 'lacks ' || b.what, 'has beyond what it needs ' || m.what)
        end,
        case
            when not coalesce(g.has_any, false) and n.name = 'auto_post_reader' then null
            when not coalesce(g.has_any, false) or b.what is not null then
                pg_catalog.concat_ws(' ', 'autopost grant', '# and: ' || m.remedy)
            else m.remedy
        end
    from (values ('auto_post_worker'), ('auto_post_reader')) as n (name)
    left join (
        select r.name, exists (select from given as h where h.grantee = r.oid) as has_any
        from groups as r
    ) as g on n.name = g.name
    left join (
        select
            e.group_name, pg_catalog.string_agg(e.what, ', ' order by e.what) as what,
            pg_catalog.string_agg(e.remedy, ' ' order by e.what) as remedy
        from beyond as e
        group by e.group_name
    ) as m on n.name = m.group_name
    left join (
        select e.group_name, pg_catalog.string_agg(e.what, ', ' order by e.what) as what
        from below as e
        group by e.group_name
    ) as b on n.name = b.group_name
$$;

revoke execute on function {{ schema }}.auto_post_check_rights() from public;

comment on function {{ schema }}.auto_post_check_rights() is
'Part of auto_post_check: the rights of PUBLIC and of the groups auto_post_worker and auto_post_reader.';

-- Part of auto_post_check: row-level security, which hides rows without an error. It concerns who reads or writes the
-- platform's tables for autopost: the reconciler's owner reads operations; the workers' roles read agents and insert
-- posts and audit rows; where a mapping made views of them, the views' owner does. The trigger itself reads none.
create or replace function {{ schema }}.auto_post_check_row_security()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with recursive workers as (
        select r.oid
        from pg_catalog.pg_roles as r
        inner join pg_catalog.pg_roles as g on g.rolname = 'auto_post_worker'
        where
            r.rolcanlogin
            and case -- a superuser has every role
                when r.rolsuper then exists (
                    select from pg_catalog.pg_auth_members as m where m.roleid = g.oid and m.member = r.oid
                )
                else pg_catalog.pg_has_role(r.oid, g.oid, 'USAGE')
            end
            and pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CONNECT')
        union
        select a.usesysid
        from pg_catalog.pg_stat_activity as a
        where a.application_name = 'autopost worker' and a.datname = pg_catalog.current_database()
    ),

    uses (name, command, role, effect) as (
        select 'operation_trackers', 'select', p.proowner, 'what the trigger misses is never found'
        from pg_catalog.pg_proc as p
        where p.oid = pg_catalog.to_regprocedure('{{ schema }}.auto_post_reconcile(integer, integer)')
        union all
        select u.name, u.command, w.role, u.effect
        from (
            values
            ('agents', 'select', 'every agent is unknown and nothing is posted'),
            ('social_posts', 'insert', 'posts are refused'),
            ('audit_log', 'insert', 'outcomes are refused, rows tried again for ever')
        ) as u (name, command, effect)
        cross join (
            select w.oid as role from workers as w
            union all
            select coalesce(
                (select g.oid from pg_catalog.pg_roles as g where g.rolname = 'auto_post_worker'),
                (select p.proowner from pg_catalog.pg_proc as p
                where p.oid = pg_catalog.to_regprocedure('{{ schema }}.auto_post_reconcile(integer, integer)'))
            )
            where not exists (select from workers)
        ) as w
    ),

    -- Through views to the tables, with the role as which they are reached.
    reached (name, command, role, effect, relid) as (
        select u.name, u.command, u.role, u.effect, pg_catalog.to_regclass('{{ platform }}.' || u.name)::oid
        from uses as u
        union
        select
            r.name, r.command,
            coalesce(
                (
                    select f.proowner
                    from pg_catalog.pg_trigger as t
                    inner join pg_catalog.pg_proc as f on t.tgfoid = f.oid and f.prosecdef
                    where r.command = 'insert' and t.tgrelid = v.oid and t.tgtype & 68 = 68 -- instead of insert
                    limit 1
                ),
                case
                    when exists (
                        select from pg_catalog.pg_options_to_table(v.reloptions) as x
                        where x.option_name = 'security_invoker' and x.option_value::boolean
                    ) then r.role
                    else v.relowner
                end
            ),
            r.effect, d.refobjid
        from reached as r
        inner join pg_catalog.pg_class as v on r.relid = v.oid and v.relkind = 'v'
        inner join pg_catalog.pg_rewrite as w on v.oid = w.ev_class
        inner join pg_catalog.pg_depend as d
            on
                d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and w.oid = d.objid
                and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid <> v.oid
    ),

    tables as (
        select distinct
            r.name, r.command, r.effect, c.oid as relid, c.oid::pg_catalog.regclass::text as table_name,
            o.oid as role, o.rolname as role_name,
            c.relrowsecurity and not o.rolsuper and not o.rolbypassrls
            and (c.relforcerowsecurity or not pg_catalog.pg_has_role(o.oid, c.relowner, 'USAGE')) as is_subject
        from reached as r
        inner join pg_catalog.pg_class as c on r.relid = c.oid and c.relkind in ('r', 'p')
        inner join pg_catalog.pg_roles as o on r.role = o.oid
    ),

    policies as (
        select
            t.relid, t.role, t.command, p.polname as name, p.polpermissive as is_permissive,
            p.polroles <> '{0}' as is_for_somebody,
            pg_catalog.pg_get_expr(
                case t.command when 'insert' then coalesce(p.polwithcheck, p.polqual) else p.polqual end, p.polrelid
            ) = 'true' as is_open
        from tables as t
        inner join pg_catalog.pg_policy as p
            on t.relid = p.polrelid and p.polcmd in ('*', case t.command when 'insert' then 'a' else 'r' end)
        where
            t.is_subject
            and exists (
                select from pg_catalog.unnest(p.polroles) as m (oid)
                where case when m.oid = 0 then true else pg_catalog.pg_has_role(t.role, m.oid, 'USAGE') end
            )
    ),

    judged as (
        select
            t.name, t.command, t.effect, t.table_name, t.role_name, t.is_subject,
            -- Whom a policy may be for: the group, if the role is in it.
            coalesce(
                (
                    select g.rolname from pg_catalog.pg_roles as g
                    where g.rolname = 'auto_post_worker' and pg_catalog.pg_has_role(t.role, g.oid, 'USAGE')
                ),
                t.role_name
            ) as grantee,
            coalesce(pg_catalog.bool_or(p.is_permissive), false) as has_way,
            coalesce(pg_catalog.bool_or(p.is_permissive and p.is_open), false) as has_open_way,
            coalesce(pg_catalog.bool_or(not p.is_permissive and not p.is_open), false) as is_restricted,
            coalesce(pg_catalog.bool_and(p.is_for_somebody) filter (where not p.is_open), true) as is_meant,
            pg_catalog.string_agg(p.name, ', ' order by p.name) filter (where not p.is_open) as conditions
        from tables as t
        left join policies as p on t.relid = p.relid and t.role = p.role and t.command = p.command
        group by t.name, t.command, t.effect, t.table_name, t.role, t.role_name, t.is_subject
    )

    -- A table that is read for several reasons, such as agents whose names the texts hold, has one line.
    select distinct
        case
            when not j.is_subject or (j.has_open_way and not j.is_restricted) then 'ok'
            when j.has_way and j.is_meant then 'warning'
            else 'problem'
        end,
        'row security',
        case
            when not j.is_subject then pg_catalog.format('%s: none for %s', j.table_name, j.role_name)
            when j.has_open_way and not j.is_restricted then
                pg_catalog.format('%s: a policy lets %s %s', j.table_name, j.role_name, j.command)
            when not j.has_way then
                pg_catalog.format(
                    '%s: no policy lets %s %s: %s', j.table_name, j.role_name, j.command, j.effect
                )
            else
                pg_catalog.format(
                    '%s: %s may %s what the condition of %s lets pass; for the rest %s',
                    j.table_name, j.role_name, j.command, j.conditions, j.effect
                )
        end,
        case
            when not j.is_subject or (j.has_open_way and not j.is_restricted) then null
            -- A permissive policy lifts no restrictive one.
            when j.is_restricted then pg_catalog.format('alter role %I bypassrls;', j.role_name)
            else
                pg_catalog.format(
                    'create policy autopost_%s on %s for %s to %I %s (true);',
                    j.command, j.table_name, j.command, j.grantee,
                    case j.command when 'insert' then 'with check' else 'using' end
                )
        end
    from judged as j
    union all
    select
        'problem', 'row security', c.oid::pg_catalog.regclass::text || ' is autopost''s own and has row-level security',
        pg_catalog.format('alter table %s disable row level security;', c.oid::pg_catalog.regclass)
    from pg_catalog.pg_class as c
    where
        c.relnamespace = '{{ schema }}'::pg_catalog.regnamespace
        and c.relname like 'auto\_post\_%'
        and c.relrowsecurity
$$;

revoke execute on function {{ schema }}.auto_post_check_row_security() from public;

comment on function {{ schema }}.auto_post_check_row_security() is
'Part of auto_post_check: row-level security on the platform''s tables, and the roles of autopost that it affects.';

-- What is right and what is wrong with this installation: a row for each thing that was looked at.
-- Changes nothing, and does not fail: what is missing, locked for more than a second or not allowed is a row too.
-- p_keep is what the workers' SOCIAL_POST_RETENTION_DAYS says. Locks: those of reading, one part after the other.
create or replace function {{ schema }}.auto_post_check(p_keep interval default '7 days')
returns table (level text, subject text, finding text, advice text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set lock_timeout = '1s'
set jit = off
as $$
declare
    v_part text;
begin
    foreach v_part in array array[
        'server', 'held_back', 'schema', 'trigger', 'functions', 'switches', 'outbox', 'webhooks', 'workers', 'rights',
        'row_security'
    ] loop
        -- A later revision adds webhooks.
        continue when v_part = 'webhooks'
        and pg_catalog.to_regprocedure('{{ schema }}.auto_post_check_webhooks()') is null;
        begin
            return query execute pg_catalog.format(
                'select c.level, c.subject, c.finding, c.advice from {{ schema }}.auto_post_check_%s(%s) as c',
                v_part, case v_part when 'outbox' then '$1' end
            ) using p_keep;
        exception
            when insufficient_privilege then
                return query select
                    'warning', pg_catalog.replace(v_part, '_', ' '),
                    'not looked at, which this role may not: ' || sqlerrm,
                    pg_catalog.format('grant auto_post_reader to %I;', session_user);
            when lock_not_available then
                return query select
                    'problem', pg_catalog.replace(v_part, '_', ' '),
                    'not looked at, as somebody holds a lock on it for more than a second',
                    'select l.pid, l.mode, l.relation::regclass from pg_locks as l '
                    'where l.mode = ''AccessExclusiveLock'' and l.granted;';
            when others then
                return query select
                    'problem', pg_catalog.replace(v_part, '_', ' '), 'not looked at: ' || sqlerrm,
                    'autopost check  # says what is missing, and how to make it';
        end;
    end loop;
end
$$;

revoke execute on function {{ schema }}.auto_post_check(interval) from public;

comment on function {{ schema }}.auto_post_check(interval) is
'What is right (ok) and what is wrong (warning, problem) with this installation, and what to do about it.';

-- The status of autopost, in one row.
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
            where
            o.state = 'pending' and o.available_at < 'infinity'
            and (o.summary is null or o.available_at <= now())  -- a summary of alerts waits for its time
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
        where t.tgfoid in {{ captures }}
    ), false) as trigger_enabled,
    r.last_run_at as reconciled_at, r.last_round_at as reconciled_all_at, r.found as reconciled_rows
from unfinished as u
cross join last_day as d
cross join {{ schema }}.auto_post_control as c
cross join {{ schema }}.auto_post_reconciliation as r;

comment on view {{ schema }}.auto_post_health is
'The status of autopost, in one row. reconciled_rows: how many operations the trigger missed, since the installation.';
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
'True: claiming is paused for everything (auto_post_pause() without arguments).';
comment on column {{ schema }}.auto_post_health.capture_enabled is
'False: somebody switched capturing off, and what ends meanwhile is never captured.';
comment on column {{ schema }}.auto_post_health.reconciled_at is
'When a worker last looked for operations that the trigger missed.';
comment on column {{ schema }}.auto_post_health.reconciled_all_at is
'When the reconciler last reached the end of the platform''s table.';
comment on column {{ schema }}.auto_post_health.reconciled_rows is
'How many operations the trigger missed, since the installation.';

-- Dead letters, the latest first; no texts. auto_post_retry retries a row.
create or replace view {{ schema }}.auto_post_dead
with (security_invoker = true)
as
select o.tracker_id, o.agent_id, o.operation_type, o.status, o.attempts, o.last_error, o.captured_at, o.finished_at
from {{ schema }}.auto_post_operations as o
where o.state = 'dead' and o.finished_at is not null
order by o.finished_at desc;

comment on view {{ schema }}.auto_post_dead is
'Dead letters, the latest first. auto_post_retry(tracker_id) or auto_post_retry_all() retries them.';
comment on column {{ schema }}.auto_post_dead.attempts is 'How often it was tried.';
comment on column {{ schema }}.auto_post_dead.last_error is 'The kind of error of the last attempt.';
comment on column {{ schema }}.auto_post_dead.finished_at is 'When it was dead-lettered.';

-- What has been due for more than a minute and was not taken: no worker is alive, it is overloaded, or claiming is
-- paused.
create or replace view {{ schema }}.auto_post_stuck
with (security_invoker = true)
as
select
    o.tracker_id, o.agent_id, o.operation_type, o.state, o.worker, o.attempts, o.last_error, o.captured_at,
    now() - o.available_at as overdue_for
from {{ schema }}.auto_post_operations as o
where o.state in ('pending', 'claimed') and o.available_at < now() - interval '1 minute'
order by o.available_at;

comment on view {{ schema }}.auto_post_stuck is
'Rows that have been due for more than a minute: pending ones that nobody claimed, claimed ones that nobody rescued.';
comment on column {{ schema }}.auto_post_stuck.worker is 'The worker that held the row when its lease expired.';
comment on column {{ schema }}.auto_post_stuck.overdue_for is 'The time since a worker should have taken it.';

-- Why operations of the last day were not posted, hour by hour.
create or replace view {{ schema }}.auto_post_skips
with (security_invoker = true)
as
select
    date_trunc('hour', o.finished_at) as at_hour,
    o.reason,
    count(*) as operations,
    count(distinct o.agent_id) as agents
from {{ schema }}.auto_post_outbox as o
where o.state = 'skipped' and o.finished_at > now() - interval '1 day'
group by at_hour, o.reason
order by at_hour desc, operations desc, o.reason asc;

comment on view {{ schema }}.auto_post_skips is
'Why operations of the last day were not posted: how many for each reason, hour by hour.';
comment on column {{ schema }}.auto_post_skips.at_hour is 'The hour in which it was decided.';
comment on column {{ schema }}.auto_post_skips.reason is
'Why: rate_limited, alert_storm, digest_empty, maturity_blocked, tenant_mismatch, agent_unknown, agent_ambiguous, '
'missing_explanation, refused_by_platform, or the reason that auto_post_skip was given.';
comment on column {{ schema }}.auto_post_skips.operations is 'How many operations.';
comment on column {{ schema }}.auto_post_skips.agents is 'Of how many agents.';

-- What belongs to each state of an outbox row, and that there is no other state. A trigger and no CHECK, because agents
-- only insert rows, in the first state, and would pay for a CHECK (ADR 14). The condition is short: PostgreSQL reads it
-- again for each statement.
create trigger auto_post_outbox_state
before update of state, worker, reason, last_error, post_id, finished_at on {{ schema }}.auto_post_outbox
for each row
when (
    {{ schema }}.auto_post_outbox_is_sound(
        new.state, new.worker, new.reason, new.last_error, new.post_id, new.finished_at
    ) is not true
)
execute function {{ schema }}.auto_post_refuse_outbox_row();

comment on trigger auto_post_outbox_state on {{ schema }}.auto_post_outbox is
'Refuses a row whose columns do not fit its state, or with an unknown state.';

-- Those who change rules go one after another; nobody deletes them.
create trigger auto_post_serialize_rule_changes
before insert or update or delete or truncate on {{ schema }}.auto_post_rules
for each statement execute function {{ schema }}.auto_post_serialize_rule_changes();

comment on trigger auto_post_serialize_rule_changes on {{ schema }}.auto_post_rules is
'Runs changes of rules one after another, so that they do not deadlock, and keeps rules from being deleted.';

-- Before a row is locked, as with changes of rules: both compile the same functions.
create trigger auto_post_serialize_switch_changes
before insert or update of capture_enabled, wakeup on {{ schema }}.auto_post_control
for each statement execute function {{ schema }}.auto_post_serialize_rule_changes();

comment on trigger auto_post_serialize_switch_changes on {{ schema }}.auto_post_control is
'Runs changes of switches and of rules one after another, so that they do not deadlock.';

-- Only for a time that is not the last minute's: the function is not called for an ordinary post.
create trigger auto_post_keep_to_clock
before insert or update of last_post_at on {{ schema }}.auto_post_rate_limits
for each row
when (
    new.last_post_at > pg_catalog.clock_timestamp()
    or new.last_post_at < pg_catalog.clock_timestamp() - interval '1 minute'
)
execute function {{ schema }}.auto_post_keep_to_clock();

comment on trigger auto_post_keep_to_clock on {{ schema }}.auto_post_rate_limits is
'Keeps workers from setting last_post_at to another time than now.';

-- A rule that is switched or changed starts again.
create trigger auto_post_rules_since
after update of operation_type, match, status, enabled on {{ schema }}.auto_post_rules
for each row execute function {{ schema }}.auto_post_rules_since();

comment on trigger auto_post_rules_since on {{ schema }}.auto_post_rules is
'Sets since to now when a rule is switched or changed.';

-- What ended while capturing was off is never captured.
create trigger auto_post_capture_since
after update of capture_enabled on {{ schema }}.auto_post_control
for each row execute function {{ schema }}.auto_post_capture_since();

comment on trigger auto_post_capture_since on {{ schema }}.auto_post_control is
'Sets since of the reconciler and of all rules to now when capturing is switched on.';

-- After auto_post_rules_since, which is for each row.
create trigger auto_post_compile_rules
after insert or update on {{ schema }}.auto_post_rules
for each statement execute function {{ schema }}.auto_post_compile_change();

comment on trigger auto_post_compile_rules on {{ schema }}.auto_post_rules is
'Writes changed rules into the functions that the trigger calls.';

-- A row that is deleted changes nothing: the trigger goes on as before.
create trigger auto_post_compile_switches
after insert or update of capture_enabled, wakeup on {{ schema }}.auto_post_control
for each statement execute function {{ schema }}.auto_post_compile_change();

comment on trigger auto_post_compile_switches on {{ schema }}.auto_post_control is
'Writes changed switches into the functions that the trigger calls.';

select {{ schema }}.auto_post_compile();

-- No WHEN clause: its expression is set up again in every statement, also in those that never fire it.
create or replace trigger auto_post_capture
after insert or update of {{ status_columns }} on {{ trackers }}
for each row execute function {{ schema }}.auto_post_capture{{ of }}();

comment on trigger auto_post_capture on {{ trackers }} is
'Writes significant changes to auto_post_outbox, in the transaction of the agent.';
