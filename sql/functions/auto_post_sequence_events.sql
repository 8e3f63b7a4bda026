-- Gives up to p_limit committed events their positions in the log, in the order of their times, as pages and documents
-- show them; returns how many. One session does so at a time, with the row of the log locked, and others wait a moment
-- for it. Transactions of one agent follow one another, so an agent's posts have positions in the order of publishing.
-- Of two agents whose transactions overlapped, the later post may get its position first. Commits with the caller.
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
        select n.seq, pg_catalog.row_number() over (order by n.created_at, n.seq) as nth
        from (
            select w.seq, w.created_at
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
'Gives committed events their positions in the log, in the order of their times; returns how many.';
