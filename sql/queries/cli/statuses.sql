-- Whether operations have the status $1, among the first $2 of the platform's table: how many were looked at, whether
-- any has it, one that differs from it in letter case alone, and the commonest. One row. Reads the table.
with looked_at as (
    select t.status::text as status
    from {{ platform }}.operation_trackers as t
    limit $2  -- noqa: AM09
),

statuses as (
    select l.status, count(*) as operations
    from looked_at as l
    group by l.status
)

select
    coalesce(sum(s.operations), 0)::bigint as operations,
    coalesce(bool_or(s.status = $1), false) as has_it,
    min(s.status) filter (
        where lower(s.status collate "C") = lower($1 collate "C") and s.status <> $1  -- noqa: RF03
    ) as in_other_case,
    coalesce(
        (
            array_agg(left(s.status, 40) order by s.operations desc, s.status asc)
            filter (where s.status is not null)
        )[:8], '{}'
    ) as commonest
from statuses as s
