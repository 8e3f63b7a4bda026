-- Ends a session of the dashboard in every process. A definer function, so that a role that only reads can sign out.
-- Deletes sessions that have ended by themselves; of more than 10,000 those that end first.
create or replace function {{ schema }}.auto_post_end_session(p_digest text, p_ends_at timestamptz)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_ends_at > pg_catalog.now() + interval '1 day' then
        raise exception 'a session lasts less than a day' using errcode = 'invalid_parameter_value';
    end if;
    insert into {{ schema }}.auto_post_ended_sessions as e (digest, ends_at)
    values (p_digest, p_ends_at)
    on conflict (digest) do nothing;
    delete from {{ schema }}.auto_post_ended_sessions as e
    where
        e.ends_at < pg_catalog.now()
        or e.digest in (
            select s.digest
            from {{ schema }}.auto_post_ended_sessions as s
            order by s.ends_at desc
            offset 10000
        );
end
$$;

revoke execute on function {{ schema }}.auto_post_end_session(text, timestamptz) from public;

comment on function {{ schema }}.auto_post_end_session(text, timestamptz) is
'Ends a session of the dashboard, given by the SHA-256 of its cookie, in every process.';
