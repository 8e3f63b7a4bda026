-- Removes what the mapping made. The platform's tables are not touched.
drop view if exists {{ schema }}.{{ name }};
drop function if exists {{ schema }}.auto_post_insert_{{ name }}();
