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
