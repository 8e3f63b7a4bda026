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
