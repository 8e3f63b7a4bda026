-- What a simulation asks before it begins: whether the tables are mapped, whether the platform's table holds operations
-- that are not a simulation's ($1: what the ids of those begin with), and how many workers are alive.
select
    to_regclass('{{ schema }}.auto_post_mapping') is not null as mapped,
    exists(select from {{ platform }}.operation_trackers as t where not starts_with(t.id::text, $1)) as holds_others,
    (
        select count(*) from {{ schema }}.auto_post_workers as w where w.last_seen_at > now() - interval '60 seconds'
    ) as workers
