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
