-- A bare outbox: the columns that autopost's trigger writes, and nothing else. No rule, no handler, no bell.
create or replace function public.bench_trigger()
returns trigger
language plpgsql
as $$
begin
    if new.status <> 'completed' or (tg_op = 'UPDATE' and old.status = 'completed') then
        return null;
    end if;
    insert into autopost.auto_post_outbox (
        id, rule_id, tracker_id, tenant_id, agent_id, operation_type, status, is_alert,
        what_explanation, why_explanation, next_steps, captured_at, available_at
    )
    values (
        gen_random_uuid(), 1, new.id, new.tenant_id, new.agent_id, new.operation_type, new.status, false,
        new.what_explanation, new.why_explanation, new.next_steps, clock_timestamp(), clock_timestamp()
    );
    return null;
end
$$;

create or replace trigger bench_trigger
after insert or update of status on public.operation_trackers
for each row execute function public.bench_trigger();
