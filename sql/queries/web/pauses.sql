-- What is paused beside the switch for all, at most 50. An operation type that is no word is text, and left out.
select
    p.kind,
    case
        when p.kind <> 'operation_type' or p.value ~ '^{{ pattern.operation_type }}$' then left(p.value, 200)
        else '(no word)'
    end as value
from {{ schema }}.auto_post_pauses as p
order by p.kind, p.value
limit 50
