-- Whether a reader ($1) has something before it.
select
    exists(
        select from {{ schema }}.auto_post_announcements as a
        where a.position > (select p.position from {{ schema }}.auto_post_positions as p where p.name = $1)
    ) as is_unread
