-- Gives up to p_limit announcements that were committed their places in the log, in the order in which they were
-- written; returns how many. One does so at a time, with the row of the log locked, and others wait a moment for it.
-- Two transactions of one agent are one after the other, so an agent's posts have places in the order of publishing.
-- Of other agents a later one may be placed first. Commits with the caller.
create or replace function {{ schema }}.auto_post_sequence_events(p_limit integer default 1000)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_placed integer;
begin
    -- Before the snapshot of what follows, so that this sees what the one before has placed.
    perform from {{ schema }}.auto_post_consumers as p where p.name = 'log' for update;

    with log as (
        select p.position from {{ schema }}.auto_post_consumers as p where p.name = 'log'
    )

    update {{ schema }}.auto_post_events as a
    set position = log.position + u.nth
    from (
        select n.seq, pg_catalog.row_number() over (order by n.seq) as nth
        from (
            select w.seq
            from {{ schema }}.auto_post_events as w
            where w.position is null
            order by w.seq
            limit p_limit
        ) as n
    ) as u
    cross join log
    where a.seq = u.seq;
    get diagnostics v_placed = row_count;

    if v_placed > 0 then
        update {{ schema }}.auto_post_consumers as p
        set position = p.position + v_placed, moved_at = pg_catalog.clock_timestamp()
        where p.name = 'log';
    end if;
    return v_placed;
end
$$;

revoke execute on function {{ schema }}.auto_post_sequence_events(integer) from public;

comment on function {{ schema }}.auto_post_sequence_events(integer) is
'Gives announcements that were committed their places in the log, in the order of writing; returns how many.';
