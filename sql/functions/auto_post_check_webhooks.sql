-- Part of auto_post_check: which webhooks fail, and their dead letters of the last day.
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
    )

    select
        case when h.is_failing or u.letters > 0 then 'warning' else 'ok' end, 'webhooks',
        coalesce(
            pg_catalog.concat_ws(
                '; ', h.failing, 'dead letters in the last day: ' || u.of_hooks
            ),
            ''
        ) || case
            when h.failing is null and u.letters is null then
                case when h.hooks = 0 then 'none' else pg_catalog.format('%s, and all deliver', h.hooks) end
            else ''
        end,
        case
            when h.is_failing or u.letters > 0 then
                'autopost webhooks  # and: autopost webhooks test NAME; to send what is dead: autopost webhooks retry NAME'
        end
    from hooks as h
    cross join undelivered as u
$$;

revoke execute on function {{ schema }}.auto_post_check_webhooks() from public;

comment on function {{ schema }}.auto_post_check_webhooks() is
'Part of auto_post_check: which webhooks fail, and their dead letters of the last day.';
