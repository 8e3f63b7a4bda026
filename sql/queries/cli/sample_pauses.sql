-- What is not claimed: the kind of each pause (all, agent or operation_type) and its value.
select p.kind, p.value from {{ schema }}.auto_post_pauses as p
union all
select 'all', '' from {{ schema }}.auto_post_control as c
where c.paused
