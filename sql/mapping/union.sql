-- All tables of operations as one. Plain selects, so that the planner reads each table by itself; one collation, as the
-- platform's columns may have several. Made again where a column had another collation before.
do $mapping$
begin
    begin
        create or replace view {{ schema }}.{{ name }} as
        {{ selects }};
    exception
        when invalid_table_definition then
            drop view {{ schema }}.{{ name }};
            create view {{ schema }}.{{ name }} as
            {{ selects }};
    end;
end
$mapping$;

comment on view {{ schema }}.{{ name }} is
'The platform''s operations in autopost''s words, of all its tables. Generated from auto_post_mapping.';
