-- A table of the platform in autopost's words. Read with the rights of the view's owner.
create or replace view {{ schema }}.{{ name }} as
select
    {{ columns }}
from {{ table }} as t;

comment on view {{ schema }}.{{ name }} is
'The platform''s {{ label }} in autopost''s words. Generated from auto_post_mapping.';
