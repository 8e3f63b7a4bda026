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
    -- Hands what is in the platform's own columns to the statement that writes the event (write_events.sql), in a
    -- setting of this transaction: a line of JSON for each post. What JSON cannot hold, or is long, is left out.
    if {{ hands_over }} then
        begin
            perform pg_catalog.set_config(
                '{{ session }}.post_values',
                pg_catalog.concat_ws(
                    e'\n', nullif(pg_catalog.current_setting('{{ session }}.post_values', true), ''), h.line
                ),
                true
            )
            from (
                select pg_catalog.jsonb_build_object(new.id, pg_catalog.jsonb_build_object({{ own_values }}))::text as line
            ) as h
            where pg_catalog.length(h.line) <= 4000;
        exception
            when others then
                null;
        end;
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
