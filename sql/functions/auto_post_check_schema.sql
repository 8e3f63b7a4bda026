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
