-- Webhooks: their leases, what is wrong with them, and their dead letters.

alter table {{ schema }}.auto_post_consumers
add column holder text,
add column held_until timestamptz,
add column failing_since timestamptz,
add column last_error text;

comment on column {{ schema }}.auto_post_consumers.holder is 'Which worker holds the consumer''s lease. NULL: none.';
comment on column {{ schema }}.auto_post_consumers.held_until is 'When the lease expires.';
comment on column {{ schema }}.auto_post_consumers.failing_since is
'Since when deliveries have failed. NULL: they do not.';
comment on column {{ schema }}.auto_post_consumers.last_error is 'The last error, while deliveries fail.';

-- What the target of a hook never took, to be looked at and sent again.
create table {{ schema }}.auto_post_webhook_dead_letters (
    hook text not null,
    position bigint not null,
    post_id text not null,
    tenant_id text,
    agent_id text,
    message text not null,
    error text not null,
    retry boolean not null default false,
    died_at timestamptz not null default now(),
    constraint auto_post_webhook_dead_letters_pkey primary key (hook, position)
);

comment on table {{ schema }}.auto_post_webhook_dead_letters is
'Dead letters of webhooks: posts that a target rejected, or did not accept in time. auto_post_retry_webhook sends '
'them again; retention removes them.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.hook is 'Name of the webhook in its file.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.position is
'Position of the event in the log.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.post_id is 'The post, in social_posts.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.tenant_id is 'The post''s tenant.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.agent_id is 'The agent that posted.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.message is
'The message as it would have been sent, redacted like the post.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.error is
'The last error: an HTTP status, or a class of error.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.retry is 'True: it will be sent again.';
comment on column {{ schema }}.auto_post_webhook_dead_letters.died_at is 'When it was dead-lettered.';

-- The summaries that webhooks are sent on a schedule: a row for each webhook and time, so that one worker sends it.
create table {{ schema }}.auto_post_webhook_summaries (
    hook text not null,
    due_at timestamptz not null,
    state text not null default 'sending',
    holder text,
    held_until timestamptz not null,
    attempts integer not null default 1,
    message jsonb,
    error text,
    ended_at timestamptz,
    constraint auto_post_webhook_summaries_pkey primary key (hook, due_at),
    constraint auto_post_webhook_summaries_state_check check (state in ('sending', 'sent', 'not_due', 'failed'))
);

comment on table {{ schema }}.auto_post_webhook_summaries is
'The summaries that webhooks are sent on a schedule. Retention removes them.';
comment on column {{ schema }}.auto_post_webhook_summaries.hook is 'Name of the webhook in its file.';
comment on column {{ schema }}.auto_post_webhook_summaries.due_at is 'When it is due, by the schedule of the webhook.';
comment on column {{ schema }}.auto_post_webhook_summaries.state is
'sending: a worker is sending it; after held_until another one may. sent. failed: the target refused it. not_due: the '
'webhook had no schedule yet at that time, or a summary shortly before.';
comment on column {{ schema }}.auto_post_webhook_summaries.holder is 'The worker that sends it, or sent it.';
comment on column {{ schema }}.auto_post_webhook_summaries.held_until is 'Until when no other worker sends it.';
comment on column {{ schema }}.auto_post_webhook_summaries.attempts is 'The number of attempts.';
comment on column {{ schema }}.auto_post_webhook_summaries.message is
'What is sent, as it was first written: names, titles, types and numbers, no text of an operation.';
comment on column {{ schema }}.auto_post_webhook_summaries.error is
'The last error: an HTTP status, or a class of error.';
comment on column {{ schema }}.auto_post_webhook_summaries.ended_at is 'When it was sent or failed.';

-- Has the dead letters of a webhook sent again, by the worker that holds its lease next; returns how many.
create or replace function {{ schema }}.auto_post_retry_webhook(p_hook text)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows bigint;
begin
    update {{ schema }}.auto_post_webhook_dead_letters as d
    set retry = true
    where d.hook = p_hook and not d.retry;
    get diagnostics v_rows = row_count;
    if v_rows = 0 then
        raise exception '%', case
            when exists (select from {{ schema }}.auto_post_webhook_dead_letters as d where d.hook = p_hook)
                then pg_catalog.format('a retry of the dead letters of %s was already requested', p_hook)
            when exists (select from {{ schema }}.auto_post_consumers as p where p.name = 'webhook:' || p_hook)
                then pg_catalog.format('%s has no dead letters', p_hook)
            else pg_catalog.format('there is no hook %s', p_hook)
        end using errcode = 'invalid_parameter_value';
    end if;
    perform {{ schema }}.auto_post_log_operator_action(
        'retry_hook', pg_catalog.jsonb_build_object('hook', p_hook, 'rows', v_rows)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_retry_webhook(text) from public;

comment on function {{ schema }}.auto_post_retry_webhook(text) is
'Has the dead letters of a webhook sent again; returns how many. Fails for a webhook without dead letters.';

-- Forgets a hook that no worker has any more: its place in the log, and its dead letters; returns how many of those.
create or replace function {{ schema }}.auto_post_forget_webhook(p_hook text)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows bigint;
    v_places bigint;
begin
    delete from {{ schema }}.auto_post_consumers as p
    where p.name = 'webhook:' || p_hook;
    get diagnostics v_places = row_count;
    delete from {{ schema }}.auto_post_webhook_dead_letters as d
    where d.hook = p_hook;
    get diagnostics v_rows = row_count;
    delete from {{ schema }}.auto_post_webhook_summaries as s
    where s.hook = p_hook;
    if v_places + v_rows = 0 then
        raise exception 'there is no hook %', p_hook using errcode = 'invalid_parameter_value';
    end if;
    perform {{ schema }}.auto_post_log_operator_action(
        'forget_hook', pg_catalog.jsonb_build_object('hook', p_hook, 'rows', v_rows)
    );
    return v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_forget_webhook(text) from public;

comment on function {{ schema }}.auto_post_forget_webhook(text) is
'Deletes a webhook that no worker has any more, with its dead letters; returns how many dead letters.';

-- Part of auto_post_check: which webhooks fail, their dead letters of the last day, and the last summary of each if it
-- was not sent.
create or replace function {{ schema }}.auto_post_check_webhooks()
returns table (level text, subject text, finding text, advice text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with hooks as (
        select
            pg_catalog.count(*) as hooks,
            pg_catalog.bool_or(p.failing_since < pg_catalog.clock_timestamp() - interval '1 minute') as is_failing,
            pg_catalog.string_agg(
                pg_catalog.format(
                    '%s fails for %s: %s', pg_catalog.substr(p.name, 9), pg_catalog.date_trunc(
                        'second', pg_catalog.clock_timestamp() - p.failing_since
                    ), p.last_error
                ), '; ' order by p.name
            ) filter (where p.failing_since is not null) as failing
        from {{ schema }}.auto_post_consumers as p
        where p.name like 'webhook:%'
    ),

    undelivered as (
        select
            pg_catalog.sum(d.letters) as letters, pg_catalog.string_agg(
                pg_catalog.format('%s of %s', d.letters, d.hook), ', ' order by d.hook
            ) as of_hooks
        from (
            select l.hook, pg_catalog.count(*) as letters
            from {{ schema }}.auto_post_webhook_dead_letters as l
            where l.died_at > pg_catalog.now() - interval '1 day'
            group by l.hook
        ) as d
    ),

    unsent as (
        select
            pg_catalog.string_agg(
                pg_catalog.format(
                    'the summary of %s due at %s UTC %s: %s', n.hook,
                    pg_catalog.to_char(n.due_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
                    case when n.state = 'failed' then 'was refused' else 'is not sent yet' end, n.error
                ), '; ' order by n.hook
            ) as summaries
        from (
            select distinct on (s.hook) s.hook, s.due_at, s.state, s.error
            from {{ schema }}.auto_post_webhook_summaries as s
            where s.due_at > pg_catalog.now() - interval '8 days'
            order by s.hook, s.due_at desc
        ) as n
        where n.error is not null
    )

    select
        case when h.is_failing or u.letters > 0 or n.summaries is not null then 'warning' else 'ok' end, 'webhooks',
        coalesce(
            pg_catalog.concat_ws(
                '; ', h.failing, 'dead letters in the last day: ' || u.of_hooks, n.summaries
            ),
            ''
        ) || case
            when h.failing is null and u.letters is null and n.summaries is null then
                case when h.hooks = 0 then 'none' else pg_catalog.format('%s, and all deliver', h.hooks) end
            else ''
        end,
        case
            when h.is_failing or u.letters > 0 or n.summaries is not null then
                'autopost webhooks  # and: autopost webhooks test NAME; to send what is dead: autopost webhooks retry NAME'
        end
    from hooks as h
    cross join undelivered as u
    cross join unsent as n
$$;

revoke execute on function {{ schema }}.auto_post_check_webhooks() from public;

comment on function {{ schema }}.auto_post_check_webhooks() is
'Part of auto_post_check: which webhooks fail, their dead letters of the last day, and summaries that were not sent.';
