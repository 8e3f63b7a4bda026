-- A text as jsonb, or NULL where it is not valid JSON: for expressions of a mapping over a text column.
-- Not parallel safe: before PostgreSQL 17 a parallel query starts no subtransaction, which the handler needs.
-- Handles the errors that a text can cause; raises any other.
create or replace function {{ schema }}.auto_post_json(p_text text)
returns jsonb
language plpgsql
immutable
strict
as $$
begin
    return p_text::pg_catalog.jsonb;
exception
    -- No JSON, a NUL, a number that is too long; nested too deeply, or too large.
    when data_exception or program_limit_exceeded then
        return null;
end
$$;

revoke execute on function {{ schema }}.auto_post_json(text) from public;

comment on function {{ schema }}.auto_post_json(text) is
'A text as jsonb, NULL where it is not valid JSON: for expressions of a mapping.';
