-- All tables of operations as one. Plain selects, so that the planner reads each table by itself.
create or replace view {{ schema }}.{{ name }} as
{{ selects }};

comment on view {{ schema }}.{{ name }} is
'The platform''s operations in autopost''s words, of all its tables. Generated from auto_post_mapping.';
