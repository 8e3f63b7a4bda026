-- What simulations made, all of whose ids begin with $1: how many operations, posts, agents and rows of the outbox.
select
    (select count(*) from {{ platform }}.operation_trackers as t where starts_with(t.id, $1)) as operations,
    (
        select count(*) from {{ platform }}.social_posts as p where starts_with(p.author_id, $1) and p.auto_generated
    ) as posts,
    (select count(*) from {{ platform }}.agents as a where starts_with(a.id, $1)) as agents,
    (
        select count(*)
        from {{ schema }}.auto_post_outbox as o
        inner join {{ platform }}.agents as a on o.agent_id = a.id
        where starts_with(a.id, $1)
    ) as outbox
