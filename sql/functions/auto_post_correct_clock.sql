-- Brings to the present what the database's clock left in the future when it was set back: posts that would limit their
-- agents for as long as the clock was ahead, rows that would wait for as long, and since when the reconciler looks.
-- Returns how many rows it changed. Locks these, and skips rows that are locked.
create or replace function {{ schema }}.auto_post_correct_clock()
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_now constant timestamptz := pg_catalog.clock_timestamp();
    v_rows integer;
    v_changed integer;
begin
    -- Far ahead, the time does not say when the agent posted, and does not count; the longest window is a day.
    update {{ schema }}.auto_post_rate_limits as r
    set last_post_at = case
        when r.last_post_at < v_now + interval '5 minutes' then v_now else v_now - interval '1 day'
    end
    where
        r.agent_id = any(array(
            select l.agent_id
            from {{ schema }}.auto_post_rate_limits as l
            where l.last_post_at > v_now
            order by l.agent_id
            for update skip locked
        ));
    get diagnostics v_changed = row_count;

    -- A row that waits for a retry or for the end of a window was captured in the past.
    update {{ schema }}.auto_post_outbox as o
    set available_at = v_now
    where
        o.id = any(array(
            select w.id
            from {{ schema }}.auto_post_outbox as w
            where
                w.state = 'pending' and w.available_at > v_now and w.available_at < 'infinity'
                and w.captured_at > v_now
            order by w.id
            for update skip locked
        ));
    get diagnostics v_rows = row_count;
    v_changed := v_changed + v_rows;

    update {{ schema }}.auto_post_reconciliation as r
    set since = v_now
    where r.since > v_now;
    get diagnostics v_rows = row_count;
    return v_changed + v_rows;
end
$$;

revoke execute on function {{ schema }}.auto_post_correct_clock() from public;

comment on function {{ schema }}.auto_post_correct_clock() is
'Sets times in the future to the present, after the database''s clock was set back; returns how many rows. Workers '
'call it with auto_post_expire.';
