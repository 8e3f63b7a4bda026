-- Claims the summary of a webhook ($1) that is due at $2 for a worker ($3), for $4 seconds. It is not due where the
-- webhook is new, or had one less than $5 before: its schedule was changed. Returns a row with its message, which is
-- NULL when it is not written yet, and with is_ended where nothing is left to do; no row while another worker holds it,
-- and before it is due by the database's clock.
with last as (
    select max(s.due_at) as due_at
    from {{ schema }}.auto_post_webhook_summaries as s
    where s.hook = $1
),

claimed as (
    insert into {{ schema }}.auto_post_webhook_summaries as s (hook, due_at, state, holder, held_until, ended_at)
    select
        $1, $2, case when l.is_due then 'sending' else 'not_due' end, $3,
        clock_timestamp() + make_interval(secs => $4::double precision),
        case when not l.is_due then clock_timestamp() end
    from (
        select coalesce($2::timestamptz - l.due_at >= $5::interval or l.due_at = $2, false) as is_due from last as l
    ) as l
    where $2::timestamptz <= clock_timestamp()
    on conflict (hook, due_at) do update
        set holder = excluded.holder, held_until = excluded.held_until, attempts = s.attempts + 1
        where s.state = 'sending' and s.held_until <= clock_timestamp()
    returning s.message, s.state, s.attempts
)

select c.message, c.attempts, c.state <> 'sending' as is_ended from claimed as c
union all
select null, s.attempts, true
from {{ schema }}.auto_post_webhook_summaries as s
where s.hook = $1 and s.due_at = $2 and s.state <> 'sending' and (select count(*) from claimed) = 0
