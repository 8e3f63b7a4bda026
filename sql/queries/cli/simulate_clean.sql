-- Removes what simulations made in the platform's tables, all of whose ids begin with $1: operations, posts and agents.
-- Returns how many of each. What the outbox holds is for auto_post_purge to remove, before.
with operations as (
    delete from {{ platform }}.operation_trackers as t
    where starts_with(t.id, $1)
    returning 1
),

posts as (
    delete from {{ platform }}.social_posts as p
    where starts_with(p.author_id, $1) and p.auto_generated
    returning 1
),

agents as (
    delete from {{ platform }}.agents as a
    where starts_with(a.id, $1)
    returning 1
)

select
    (select count(*) from operations) as operations,
    (select count(*) from posts) as posts,
    (select count(*) from agents) as agents
