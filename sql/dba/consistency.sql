-- Does anything contradict anything? A row for each violation: its kind, the id at fault and why. None: all is well.
-- Compares outbox, audit log and feed over the last 7 days, in one snapshot. Other times, for one session:
-- set autopost.check_since = '1 hour'; set autopost.check_window = '10 minutes' (SOCIAL_POST_RATE_LIMIT_MINUTES).
with scope as (
    select
        now() - coalesce(nullif(current_setting('autopost.check_since', true), ''), '7 days')::interval as since,
        coalesce(nullif(current_setting('autopost.check_window', true), ''), '5 minutes')::interval as rate_window
),

outcomes as materialized (
    select
        l.occurred_at, l.action, l.post_id, l.details ->> 'outbox_id' as outbox_id,
        l.details ->> 'by' is not null or coalesce(l.details ->> 'reason', '') = 'already_processed' as may_follow,
        lag(l.occurred_at) over (partition by l.details ->> 'outbox_id' order by l.occurred_at) as earlier
    from {{ platform }}.audit_log as l
    where
        l.action in ('auto_post.posted', 'auto_post.skipped', 'auto_post.dead')
        and l.occurred_at > (select s.since from scope as s)
),

-- The posts that autopost wrote: they name their operation, or the audit log names them.
posts as materialized (
    select p.id, p.author_id, p.post_type, p.created_at, p.post_metadata ->> 'tracker_id' as tracker_id
    from {{ platform }}.social_posts as p
    where
        p.created_at > (select s.since from scope as s)
        and (p.post_metadata ->> 'tracker_id' is not null or p.id in (select c.post_id from outcomes as c))
),

finished as materialized (
    select o.id::text as id, o.state, o.tracker_id, o.post_id, o.finished_at
    from {{ schema }}.auto_post_outbox as o
    where o.finished_at > (select s.since from scope as s)
),

-- What is or was in the outbox. Removed rows leave their ids.
known as materialized (
    select o.id::text as id from {{ schema }}.auto_post_outbox as o
    union all
    select e.id::text from {{ schema }}.auto_post_tombstones as e
),

-- A mapped audit log may keep times less precisely, hence the millisecond.
audited as (
    select f.id, f.state, count(c.outbox_id) as times
    from finished as f
    left join outcomes as c
        on
            f.id = c.outbox_id
            and c.action = 'auto_post.' || f.state
            and c.occurred_at between f.finished_at - interval '1 millisecond'
            and f.finished_at + interval '1 millisecond'
    group by f.id, f.state
),

spaced as (
    select
        p.id, p.author_id, p.post_type, p.created_at,
        -- Of one publishing transaction, in which an alert may follow, all posts have the same time.
        lag(p.created_at) over (partition by p.author_id order by p.created_at, p.post_type = 'alert') as earlier
    from posts as p
)

select 'post_without_row' as kind, p.id, 'in the feed, and its outbox row is not posted' as detail
from posts as p
where
    not exists (select from {{ schema }}.auto_post_outbox as o where o.post_id = p.id and o.state = 'posted')
    and p.id not in (select e.id::text from {{ schema }}.auto_post_tombstones as e)
union all
select 'row_without_post', f.id, 'posted, and not in the feed; or the platform removed the post'
from finished as f
left join posts as p on f.post_id = p.id
where f.state = 'posted' and p.id is null
union all
select
    'audit_without_post', c.outbox_id,
    'posted by the audit log, and not in the feed; or the platform removed the post'
from outcomes as c
left join posts as p on c.post_id = p.id
left join finished as f on c.outbox_id = f.id
where c.action = 'auto_post.posted' and p.id is null and f.id is null
union all
select 'audit_contradicts_row', c.outbox_id, 'posted by the audit log, and its outbox row is ' || o.state
from outcomes as c
inner join {{ schema }}.auto_post_outbox as o on c.outbox_id = o.id::text
where c.action = 'auto_post.posted' and o.state <> 'posted'
union all
select 'audit_without_row', c.outbox_id, c.action || ' of an outbox row that never was'
from outcomes as c
where not exists (select from known as k where k.id = c.outbox_id)
union all
select 'outcome_not_audited', a.id, a.state || ', and the audit log has no such outcome of that time'
from audited as a
where a.times = 0
union all
select 'outcome_audited_twice', a.id, a.state || ', and the audit log says so ' || a.times || ' times'
from audited as a
where a.times > 1
union all
-- A second outcome is right after auto_post_retry, _retry_all or _requeue, by hand, and of what retention removed.
select 'decided_twice', c.outbox_id, c.action || ', and it had an outcome at ' || c.earlier
from outcomes as c
where
    c.earlier is not null
    and not c.may_follow
    and not exists (
        select
        from {{ platform }}.audit_log as l
        where
            l.action in ('auto_post.retry', 'auto_post.retry_all', 'auto_post.requeue')
            and l.occurred_at between c.earlier and c.occurred_at
    )
union all
select 'posted_twice', min(c.outbox_id), 'the audit log has it posted ' || count(*) || ' times'
from outcomes as c
where c.action = 'auto_post.posted'
group by c.outbox_id
having count(*) > 1
union all
select
    'two_posts', min(p.id),
    'operation ' || p.tracker_id || ' has ' || count(*) || ' posts for ' || count(distinct r.id) || ' rules'
from posts as p
left join {{ schema }}.auto_post_rules as r on p.id = {{ schema }}.auto_post_outbox_id(p.tracker_id, r.id)::text
where p.tracker_id is not null
group by p.tracker_id
having count(*) > greatest(count(distinct r.id), 1)
union all
select 'counted_twice', f.id, 'posted, although retention had removed it before'
from finished as f
inner join {{ schema }}.auto_post_tombstones as e on f.id = e.id::text
where f.state = 'posted'
union all
select
    'within_window', s.id,
    'agent ' || s.author_id || ' had posted ' || round(extract(epoch from s.created_at - s.earlier), 3)
    || ' seconds before'
from spaced as s
cross join scope as w
where
    s.post_type <> 'alert'
    and s.created_at - s.earlier < w.rate_window
    -- A purge forgets when its agents posted last.
    and not exists (
        select
        from {{ platform }}.audit_log as l
        where
            l.action = 'auto_post.purge'
            and l.occurred_at between s.earlier and s.created_at
            and (l.details ->> 'agent' = s.author_id or l.details ->> 'tenant' is not null)
    )
union all
select 'held_by_nobody', o.id::text, 'the lease of ' || o.worker || ' ran out at ' || o.available_at
from {{ schema }}.auto_post_outbox as o
cross join {{ schema }}.auto_post_control as c
where o.state = 'claimed' and o.available_at < now() - interval '10 minutes' and not c.paused
union all
select 'parked_for_no_pause', o.id::text, 'waits for the end of a pause that is not there'
from {{ schema }}.auto_post_operations as o
where
    o.state = 'pending'
    and o.available_at = 'infinity'
    and not exists (
        select
        from {{ schema }}.auto_post_pauses as p
        where
            p.value = case p.kind when 'agent' then o.agent_id else o.operation_type end
            or (p.kind = 'operation_type' and o.operation_type is null)
    )
union all
select
    'impossible_counters', o.id::text,
    o.state || ' with epoch ' || o.epoch || ', attempts ' || o.attempts || ', claimed at ' || coalesce(
        o.claimed_at::text, 'no time'
    )
from {{ schema }}.auto_post_outbox as o
where
    o.attempts < 0
    or o.epoch < o.attempts
    or (o.state = 'claimed' and (o.attempts = 0 or o.claimed_at is null))
    or (o.finished_at is not null and o.epoch = 0)
order by kind, id;
