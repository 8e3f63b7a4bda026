-- Writes a significant change of an operation to the outbox, and rings if a worker sleeps.
-- Never raises, whatever the platform did to its table. Waits for no lock longer than lock_timeout, and after one
-- time-out for none in this transaction: then it warns, once, and leaves the rest of the transaction's changes to the
-- reconciler. So it does when something is wrong with our tables, and after ten rows that each failed by themselves.
-- Does nothing with a value of the platform before it is text of limited length (see auto_post_text).
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
    v_since timestamptz;
    v_sqlstate text;
    v_xact_id text;
    v_failures text;
    v_gives_up boolean;
begin
    begin
        -- Where the types are PostgreSQL's own, a cast does what auto_post_text does. To call that for each value would
        -- cost a tenth of the whole.
        if
            greatest(
                pg_catalog.pg_typeof({{ new.status }})::pg_catalog.oid,
                pg_catalog.pg_typeof({{ new.operation_type }})::pg_catalog.oid
            ) < 16384
        then
            v_status := pg_catalog.left({{ new.status }}::text, 200);
            if tg_op = 'UPDATE' and v_status is not distinct from pg_catalog.left({{ old.status }}::text, 200) then
                return null;
            end if;
            v_operation_type := pg_catalog.left({{ new.operation_type }}::text, 200);
        else
            v_status := {{ schema }}.auto_post_text({{ new.status }}, 200);
            if tg_op = 'UPDATE' and v_status is not distinct from {{ schema }}.auto_post_text({{ old.status }}, 200) then
                return null;
            end if;
            v_operation_type := {{ schema }}.auto_post_text({{ new.operation_type }}, 200);
        end if;

        -- Rules and switches are constants in the generated functions: to look them up in their tables would cost a
        -- quarter of the whole. Negative for an alert; NULL for no rule, and while capturing is off.
        v_rule := {{ schema }}.auto_post_compiled_rule(v_operation_type, v_status);
        if v_rule is null then
            return null;
        end if;

        -- One condition for the common case: PostgreSQL sets each up again in each transaction, which is most of what
        -- it costs. The mark is empty after the transaction that set it.
        if tg_op = 'INSERT' or pg_catalog.current_setting('{{ session }}.capture_gave_up', true) <> '' then
            if
                pg_catalog.current_setting('{{ session }}.capture_gave_up', true)
                = pg_catalog.pg_current_xact_id_if_assigned()::text
            then
                return null;
            end if;

            -- An inserted row may be an old one that was moved from another partition or restored. It is ignored as
            -- the reconciler leaves it, with a day's tolerance where its times have no zone. What began with this
            -- transaction is new, even if a rule was changed meanwhile. A since in the future counts for nothing: the
            -- clock was set back.
            if tg_op = 'INSERT' then
                if
                    greatest(
                        pg_catalog.pg_typeof({{ new.completed_at }})::pg_catalog.oid,
                        pg_catalog.pg_typeof({{ new.started_at }})::pg_catalog.oid
                    ) < 16384
                then
                    v_ended_at := greatest({{ new.completed_at }}::timestamptz, {{ new.started_at }}::timestamptz);
                else
                    v_ended_at := greatest(
                        {{ schema }}.auto_post_time({{ new.completed_at }}),
                        {{ schema }}.auto_post_time({{ new.started_at }})
                    );
                end if;
                if v_ended_at < pg_catalog.now() then
                    v_since := {{ schema }}.auto_post_compiled_since(pg_catalog.abs(v_rule));
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

        {{ build.id }}

        -- The same statement twice. What retention removed is not asked here, where an agent would pay for it: the
        -- claim does.
        if
            greatest(
                pg_catalog.pg_typeof({{ new.id }})::pg_catalog.oid,
                pg_catalog.pg_typeof({{ new.tenant_id }})::pg_catalog.oid,
                pg_catalog.pg_typeof({{ new.agent_id }})::pg_catalog.oid,
                pg_catalog.pg_typeof({{ new.what_explanation }})::pg_catalog.oid,
                pg_catalog.pg_typeof({{ new.why_explanation }})::pg_catalog.oid,
                pg_catalog.pg_typeof({{ new.next_steps }})::pg_catalog.oid
            ) < 16384
        then
            insert into {{ schema }}.auto_post_outbox (
                id, rule_id, tracker_id, operation_type, status, is_alert, tenant_id, agent_id,
                what_explanation, why_explanation, next_steps, captured_at, available_at
            )
            select
                {{ schema }}.auto_post_outbox_id({{ new.id }}::text, pg_catalog.abs(v_rule)), pg_catalog.abs(v_rule),
                {{ new.id }}::text, v_operation_type, v_status, v_rule < 0,
                pg_catalog.left({{ new.tenant_id }}::text, 200),
                pg_catalog.left({{ new.agent_id }}::text, 200),
                pg_catalog.left({{ new.what_explanation }}::text, 4000),
                pg_catalog.left({{ new.why_explanation }}::text, 4000),
                pg_catalog.left({{ new.next_steps }}::text, 4000),
                pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp()
            where pg_catalog.length({{ new.id }}::text) <= 1000
            on conflict (id) do nothing;
        else
            v_tracker_id := {{ schema }}.auto_post_text({{ new.id }}, 1001);
            insert into {{ schema }}.auto_post_outbox (
                id, rule_id, tracker_id, operation_type, status, is_alert, tenant_id, agent_id,
                what_explanation, why_explanation, next_steps, captured_at, available_at
            )
            select
                {{ schema }}.auto_post_outbox_id(v_tracker_id, pg_catalog.abs(v_rule)), pg_catalog.abs(v_rule),
                v_tracker_id, v_operation_type, v_status, v_rule < 0,
                {{ schema }}.auto_post_text({{ new.tenant_id }}, 200),
                {{ schema }}.auto_post_text({{ new.agent_id }}, 200),
                {{ schema }}.auto_post_text({{ new.what_explanation }}, 4000),
                {{ schema }}.auto_post_text({{ new.why_explanation }}, 4000),
                {{ schema }}.auto_post_text({{ new.next_steps }}, 4000),
                pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp()
            where pg_catalog.length(v_tracker_id) <= 1000
            on conflict (id) do nothing;
        end if;

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
            v_tracker_id := {{ schema }}.auto_post_text({{ new.id }}, 1001);
            v_agent_id := {{ schema }}.auto_post_text({{ new.agent_id }}, 200);
            if pg_catalog.length(v_tracker_id) > 1000 then
                raise warning 'autopost does not capture an operation whose id is longer than 1,000 characters'
                using
                    detail = pg_catalog.format('The id begins with %s', pg_catalog.left(v_tracker_id, 100)),
                    hint = 'The operation itself is not affected.';
            -- It came to this status before, and counts once. But an id is of the agent that used it first.
            elsif
                exists (
                    select from {{ schema }}.auto_post_outbox as o
                    where
                        o.id = {{ schema }}.auto_post_outbox_id(v_tracker_id, pg_catalog.abs(v_rule))
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
