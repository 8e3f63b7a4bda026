-- Whether a published event has no position in the log yet.
select
    exists(select from {{ schema }}.auto_post_events as a where a.position is null) as is_unsequenced
