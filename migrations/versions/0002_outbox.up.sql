-- Rules, outbox, rate limits, control, workers, and the trigger that fills the outbox.

-- The whitelist of significance: which operations are worth a post. A DBA adds, changes and switches off rows.
create table {{ schema }}.auto_post_rules (
    id integer generated always as identity,
    operation_type text not null,
    match text not null default 'exact',
    status text,
    is_alert boolean not null default false,
    enabled boolean not null default true,
    description text,
    constraint auto_post_rules_pkey primary key (id),
    constraint auto_post_rules_once_key unique nulls not distinct (operation_type, match, status),
    constraint auto_post_rules_match_check check (match in ('exact', 'like')),
    constraint auto_post_rules_operation_type_check check (operation_type <> '')
);

comment on table {{ schema }}.auto_post_rules is
'Which operations are significant. One operation is posted at most once for each rule that it meets. Where several '
'rules meet one change, an exact one goes before a pattern and one with a status before one without.';
comment on column {{ schema }}.auto_post_rules.operation_type is
'The operation_type itself, or, where match is like, a LIKE pattern that is compared without regard to case.';
comment on column {{ schema }}.auto_post_rules.match is 'exact or like.';
comment on column {{ schema }}.auto_post_rules.status is
'The status that the operation must change to. NULL: any status, so the operation counts at first sight.';
comment on column {{ schema }}.auto_post_rules.is_alert is
'Alerts bypass the rate limit and are posted with post_type alert. Failed operations are alerts whatever stands here.';
comment on column {{ schema }}.auto_post_rules.enabled is 'False: this rule is not looked at.';

-- One row for each significant change of an operation, written by the trigger in the agent's own transaction.
-- Two indexes and no foreign key: the agents pay for each.
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
    epoch integer not null default 0,
    worker text,
    claimed_at timestamptz,
    kept jsonb,
    reason text,
    last_error text,
    post_id text,
    finished_at timestamptz,
    constraint auto_post_outbox_pkey primary key (id),
    constraint auto_post_outbox_state_check check (state in ('pending', 'claimed', 'posted', 'skipped', 'dead')),
    constraint auto_post_outbox_posted_check check ((state = 'posted') = (post_id is not null)),
    constraint auto_post_outbox_skipped_check check (state <> 'skipped' or reason is not null),
    constraint auto_post_outbox_dead_check check (state <> 'dead' or last_error is not null),
    constraint auto_post_outbox_claimed_check check ((state = 'claimed') = (worker is not null)),
    constraint auto_post_outbox_finished_check check (
        (state in ('posted', 'skipped', 'dead')) = (finished_at is not null)
    )
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

comment on table {{ schema }}.auto_post_outbox is
'Significant operations on their way to the feed. A finished row stays for the DBA to look at.';
comment on column {{ schema }}.auto_post_outbox.id is
'auto_post_outbox_id(tracker_id, rule_id): the same operation and rule always have the same id, which is what makes an '
'operation count at most once per rule. The post that comes of the row has this id too.';
comment on column {{ schema }}.auto_post_outbox.rule_id is 'The row of auto_post_rules that the operation met.';
comment on column {{ schema }}.auto_post_outbox.captured_at is
'When the trigger wrote it, a moment before the agent''s commit.';
comment on column {{ schema }}.auto_post_outbox.what_explanation is
'As the operation had it, at most 4,000 characters, as in why_explanation and next_steps. Not redacted.';
comment on column {{ schema }}.auto_post_outbox.state is
'pending: waits for a worker. claimed: a worker holds it. posted, skipped (see reason), dead (see last_error): done.';
comment on column {{ schema }}.auto_post_outbox.available_at is
'When a worker may claim the row: of a pending row when its time has come, of a claimed row when its lease runs out.';
comment on column {{ schema }}.auto_post_outbox.attempts is 'How often it was claimed; a crash counts as an attempt.';
comment on column {{ schema }}.auto_post_outbox.epoch is
'Raised by every claim. A worker that names an older epoch changes nothing.';
comment on column {{ schema }}.auto_post_outbox.worker is 'Who holds the row; NULL when nobody does.';
comment on column {{ schema }}.auto_post_outbox.claimed_at is 'When it was last claimed.';
comment on column {{ schema }}.auto_post_outbox.post_id is 'The post that came of it, in social_posts.';
comment on column {{ schema }}.auto_post_outbox.finished_at is 'When it was posted, skipped or declared dead.';
comment on column {{ schema }}.auto_post_outbox.kept is
'The text that was written and redacted for this row, kept so that a retry does not pay for the LLM again.';
comment on column {{ schema }}.auto_post_outbox.reason is 'Why it was skipped.';
comment on column {{ schema }}.auto_post_outbox.last_error is
'The kind of error that the last failed attempt ended with; never text of the operation.';

comment on index {{ schema }}.auto_post_outbox_claim_idx is
'What is claimable, oldest first. It stays small whatever the number of finished rows.';

-- When each agent posted last. A narrow table of its own, so that the platform's agents are never locked.
create table {{ schema }}.auto_post_rate_limits (
    agent_id text collate "C" not null,
    last_post_at timestamptz not null,
    constraint auto_post_rate_limits_pkey primary key (agent_id)
)
with (fillfactor = 60);

comment on table {{ schema }}.auto_post_rate_limits is
'When each agent posted last, alerts included. Read and written under the advisory lock of the agent.';

-- The switches that a DBA turns at run time. Exactly one row.
create table {{ schema }}.auto_post_control (
    only_row boolean not null default true,
    capture_enabled boolean not null default true,
    paused boolean not null default false,
    wakeup text not null default 'doorbell',
    constraint auto_post_control_pkey primary key (only_row),
    constraint auto_post_control_only_row_check check (only_row),
    constraint auto_post_control_wakeup_check check (wakeup in ('doorbell', 'notify', 'poll'))
);

comment on table {{ schema }}.auto_post_control is 'The switches of autopost, one row. A change counts at once.';
comment on column {{ schema }}.auto_post_control.capture_enabled is 'False: the trigger writes nothing to the outbox.';
comment on column {{ schema }}.auto_post_control.paused is 'True: workers claim nothing; what they hold is finished.';
comment on column {{ schema }}.auto_post_control.wakeup is
'doorbell: NOTIFY only when a worker sleeps. notify: NOTIFY in every capturing transaction. poll: never NOTIFY, for '
'platforms that use two-phase commit, and what a new install has where max_prepared_transactions is above 0.';

-- The workers that are, or lately were, alive.
create table {{ schema }}.auto_post_workers (
    name text not null,
    version text not null,
    started_at timestamptz not null,
    last_seen_at timestamptz not null,
    in_flight integer not null,
    constraint auto_post_workers_pkey primary key (name)
);

comment on table {{ schema }}.auto_post_workers is 'A row for each worker, touched every 15 seconds while it lives.';
comment on column {{ schema }}.auto_post_workers.in_flight is 'How many outbox rows it held when it was last seen.';

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
'The id of the outbox row for an operation (tracker_id) and a rule: the same for the same two, always.';

-- Writes a significant change of an operation to the outbox, and rings if a worker sleeps.
-- Never raises and never waits longer than lock_timeout, once a transaction: then it warns and leaves the change to
-- the reconciler. Locks: its own outbox row; the doorbell's advisory lock, shared, to the end of the transaction.
create or replace function {{ schema }}.auto_post_capture()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '50ms'
as $$
declare
    v_rule_id integer;
    v_is_alert boolean;
    v_wakeup text;
    v_now timestamptz;
begin
    if tg_op = 'UPDATE' and {{ new.status }} is not distinct from {{ old.status }} then
        return null;
    end if;

    begin
        if pg_catalog.current_setting('autopost.capture_gave_up', true) = 'on' then
            return null;
        end if;

        select r.id, r.is_alert or {{ new.status }}::text = 'failed', c.wakeup
        into v_rule_id, v_is_alert, v_wakeup
        from {{ schema }}.auto_post_rules as r
        cross join {{ schema }}.auto_post_control as c
        where
            r.enabled
            and c.capture_enabled
            and (r.status is null or r.status = {{ new.status }}::text)
            and case r.match
                when 'exact' then r.operation_type = {{ new.operation_type }}::text
                else pg_catalog.lower({{ new.operation_type }}::text) like pg_catalog.lower(r.operation_type)
            end
        order by r.match = 'exact' desc, r.status is not null desc, r.id asc
        limit 1;

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
            {{ new.agent_id }}::text, {{ new.operation_type }}::text, {{ new.status }}::text, coalesce(v_is_alert, false),
            pg_catalog.left({{ new.what_explanation }}, 4000), pg_catalog.left({{ new.why_explanation }}, 4000),
            pg_catalog.left({{ new.next_steps }}, 4000), v_now, v_now
        )
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
            -- What is wrong with one row ends there; what is wrong with the outbox will be so for every row.
            if sqlstate = '55P03' or pg_catalog.left(sqlstate, 2) in ('42', '53', '54', '57', '58', 'XX') then
                perform pg_catalog.set_config('autopost.capture_gave_up', 'on', true);
            end if;
            raise warning 'autopost did not capture operation % (SQLSTATE %)', {{ new.id }}, sqlstate
            using hint = 'The operation itself is not affected. The reconciler captures it later.';
    end;

    return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_capture() from public;

comment on function {{ schema }}.auto_post_capture() is
'Trigger of operation_trackers: writes a significant change to auto_post_outbox. Never fails the agent''s transaction.';

-- No WHEN clause: its expression is set up anew in every statement, also in those that never fire it.
create trigger auto_post_capture
after insert or update of {{ status_columns }} on {{ trackers }}
for each row execute function {{ schema }}.auto_post_capture();

comment on trigger auto_post_capture on {{ trackers }} is
'Writes significant changes to auto_post_outbox, in the transaction of the agent.';
