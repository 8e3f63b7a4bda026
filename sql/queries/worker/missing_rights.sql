-- What the worker must be allowed to do and this role may not, a row for each right; none when all is well. $1: whether
-- it broadcasts posts.
with needed (object, privilege) as (
    values
    ('agents', 'SELECT'),
    ('social_posts', 'INSERT'),
    ('audit_log', 'INSERT'),
    ('auto_post_outbox', 'SELECT'),
    ('auto_post_outbox', 'UPDATE'),
    ('auto_post_rate_limits', 'SELECT'),
    ('auto_post_rate_limits', 'INSERT'),
    ('auto_post_rate_limits', 'UPDATE'),
    ('auto_post_alert_windows', 'SELECT'),
    ('auto_post_rate_limited', 'SELECT'),
    ('auto_post_rate_limited', 'INSERT'),
    ('auto_post_rate_limited', 'DELETE'),
    ('auto_post_llm_days', 'SELECT'),
    ('auto_post_llm_days', 'INSERT'),
    ('auto_post_llm_days', 'UPDATE'),
    ('auto_post_control', 'SELECT'),
    ('auto_post_pauses', 'SELECT'),
    ('auto_post_pauses', 'UPDATE'),
    ('auto_post_workers', 'SELECT'),
    ('auto_post_workers', 'INSERT'),
    ('auto_post_workers', 'UPDATE'),
    ('auto_post_workers', 'DELETE')
),

needed_to_broadcast (object, privilege) as (
    values
    ('auto_post_events', 'SELECT'),
    ('auto_post_events', 'INSERT'),
    ('auto_post_events', 'UPDATE'),
    ('auto_post_events', 'DELETE'),
    ('auto_post_consumers', 'SELECT'),
    ('auto_post_consumers', 'INSERT'),
    ('auto_post_consumers', 'UPDATE'),
    ('auto_post_webhook_dead_letters', 'SELECT'),
    ('auto_post_webhook_dead_letters', 'INSERT'),
    ('auto_post_webhook_dead_letters', 'UPDATE'),
    ('auto_post_webhook_dead_letters', 'DELETE'),
    ('auto_post_webhook_summaries', 'SELECT'),
    ('auto_post_webhook_summaries', 'INSERT'),
    ('auto_post_webhook_summaries', 'UPDATE'),
    ('auto_post_webhook_summaries', 'DELETE')
)

select n.privilege || ' on ' || n.object as missing
from (
    select * from needed
    union all
    select * from needed_to_broadcast where $1::boolean
) as n
inner join pg_class as c
    on
        n.object = c.relname
        and c.relnamespace = case
            when n.object like 'auto\_post\_%' then '{{ schema }}'::regnamespace
            else '{{ platform }}'::regnamespace
        end
where
    not case
        -- Granted on single columns.
        when n.privilege = 'UPDATE' or (n.privilege = 'INSERT' and n.object not like 'auto\_post\_%')
            then has_any_column_privilege(current_user, c.oid, n.privilege)
        else has_table_privilege(current_user, c.oid, n.privilege)
    end
union
-- The state and outcome of an operation, column by column: a revision may have added one.
select 'UPDATE (' || a.attname || ') on auto_post_outbox'
from pg_class as c
inner join pg_attribute as a on c.oid = a.attrelid
where
    c.relname = 'auto_post_outbox'
    and c.relnamespace = '{{ schema }}'::regnamespace
    and a.attnum > 0
    and not a.attisdropped
    and a.attname <> all(string_to_array('{{ columns.operation }}', ' '))
    and has_any_column_privilege(current_user, a.attrelid, 'UPDATE')
    and not has_column_privilege(current_user, a.attrelid, a.attnum, 'UPDATE')
union
select 'USAGE on schema ' || n.schema_name
from (values ('{{ schema }}'), ('{{ platform }}')) as n (schema_name)
where not has_schema_privilege(current_user, n.schema_name::regnamespace, 'USAGE')
union
select 'EXECUTE on ' || p.proname
from pg_proc as p
where
    p.pronamespace = '{{ schema }}'::regnamespace
    and (
        p.proname in (
            'auto_post_reconcile', 'auto_post_expire', 'auto_post_host_problems', 'auto_post_count_alerts',
            'auto_post_add_digests', 'auto_post_committed', 'auto_post_outbox_is_sound',
            'auto_post_platform_changes', 'auto_post_json'
        )
        or (p.proname in ('auto_post_sequence_events', 'auto_post_open_approvals') and $1::boolean)
    )
    and not has_function_privilege(current_user, p.oid, 'EXECUTE')
order by missing
