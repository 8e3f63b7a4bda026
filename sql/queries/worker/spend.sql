-- Reserves $1 US dollars of the LLM's budget of this day in UTC, which is $2. Nothing is reserved where that would
-- exceed the budget; $1 = 0 asks for nothing. $3 corrects what was reserved before on the day $4 (NULL: nothing was):
-- what answers have cost, less what was reserved for them. On another day it is ignored.
-- Locks the row of the day. The commit does not wait for the disk: a crash of the server may undo the last of them.
-- seconds_left: until midnight in UTC.
insert into {{ schema }}.auto_post_llm_days as d (day, spent_usd, limit_usd, is_exhausted)
select
    (now() at time zone 'UTC')::date,
    case when $1::double precision <= $2::double precision then $1 else 0 end,
    $2,
    $1 > $2
from (select set_config('synchronous_commit', 'off', true) as synchronous_commit) as s
on conflict (day) do update
    set
        spent_usd = greatest(d.spent_usd + case when d.day = $4::date then $3::double precision else 0 end, 0)
        + case
            when greatest(d.spent_usd + case when d.day = $4::date then $3 else 0 end, 0) + $1 <= $2 then $1
            else 0
        end,
        limit_usd = excluded.limit_usd,
        is_exhausted = case
            when $1 > 0 then greatest(d.spent_usd + case when d.day = $4::date then $3 else 0 end, 0) + $1 > $2
            else d.is_exhausted
        end
returning
    d.day, d.is_exhausted,
    extract(epoch from (d.day + 1)::timestamp at time zone 'UTC' - now())::double precision as seconds_left
