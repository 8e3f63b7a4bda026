-- The rules for an operation type ($1), also those that are switched off, as auto_post_matching_rules compares them.
-- meets: its status is $2, or any will do.
select
    r.id, r.operation_type, r.status, r.enabled, r.since,
    (r.status is null or r.status = left($2, 200) collate "C") as meets  -- noqa: RF03
from {{ schema }}.auto_post_rules as r
where
    case r.match
        when 'exact' then r.operation_type = left($1, 200) collate "C"  -- noqa: RF03
        else lower(left($1, 200) collate "C") like lower(r.operation_type collate "C")  -- noqa: RF03
    end
order by r.id
