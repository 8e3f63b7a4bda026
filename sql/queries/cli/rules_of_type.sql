-- The rules for an operation type ($1), also those that are switched off, as auto_post_matching_rules compares them.
-- meets: its status is $2, or any will do.
select r.id, r.operation_type, r.status, r.enabled, r.since, (r.status is null or r.status = $2) as meets
from {{ schema }}.auto_post_rules as r
where
    case r.match
        when 'exact' then r.operation_type = $1
        else lower($1) like lower(r.operation_type)
    end
order by r.id
