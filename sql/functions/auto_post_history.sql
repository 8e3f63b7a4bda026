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
