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
