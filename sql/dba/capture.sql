-- Is every change captured? The trigger on each table that has it, the switch, the rules, and as whom it runs.
-- trigger: fires; fires always (on a replica too); on a replica only; disabled; missing. calls, ms_per_call: where
-- track_functions is pl or all.
select
    coalesce(t.tgrelid::regclass::text, 'no table') as table_name,
    case t.tgenabled
        when 'O' then 'fires'
        when 'A' then 'fires always'
        when 'R' then 'on a replica only'
        when 'D' then 'disabled'
        else 'missing'
    end as trigger,
    c.capture_enabled,
    (select count(*) from {{ schema }}.auto_post_rules as r where r.enabled) as rules_enabled,
    f.proowner::regrole::text as runs_as,
    o.rolsuper as is_superuser,
    pg_stat_get_function_calls(f.oid) as calls,
    round((pg_stat_get_function_total_time(f.oid) / pg_stat_get_function_calls(f.oid))::numeric, 3) as ms_per_call
from {{ schema }}.auto_post_control as c
left join pg_proc as f on f.oid in {{ captures }}
left join pg_trigger as t on f.oid = t.tgfoid
left join pg_roles as o on f.proowner = o.oid
order by table_name;
