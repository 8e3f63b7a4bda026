-- Takes what autopost writes to the view to the platform's table, with the rights of this function's owner.
-- An assignment converts to the platform's type, enums included.
create or replace function {{ schema }}.auto_post_insert_{{ name }}()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row {{ table }}%rowtype;
begin
    {{ assignments }}
    insert into {{ table }} ({{ written }})
    values ({{ values }});
    -- What a trigger of the platform swallowed does not count as written.
    if not found then
        return null;
    end if;
    return new;
end
$$;

revoke execute on function {{ schema }}.auto_post_insert_{{ name }}() from public;

comment on function {{ schema }}.auto_post_insert_{{ name }}() is
'Trigger of {{ name }}: inserts into the platform''s {{ label }}. Generated from auto_post_mapping.';

create or replace trigger auto_post_insert
instead of insert on {{ schema }}.{{ name }}
for each row execute function {{ schema }}.auto_post_insert_{{ name }}();

comment on trigger auto_post_insert on {{ schema }}.{{ name }} is 'Takes the row to the platform''s {{ label }}.';
