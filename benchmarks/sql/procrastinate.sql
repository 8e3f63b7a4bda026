-- Defers a job with procrastinate's own function, in the platform's transaction. Its own trigger notifies.
create or replace function public.bench_trigger()
returns trigger
language plpgsql
as $$
begin
    if new.status not in ('completed', 'failed') or (tg_op = 'UPDATE' and old.status = new.status) then
        return null;
    end if;
    perform public.procrastinate_defer_jobs_v1(array[row(
        'default', 'post', 0, null, null,
        jsonb_build_object(
            'tracker_id', new.id, 'tenant_id', new.tenant_id, 'agent_id', new.agent_id,
            'operation_type', new.operation_type, 'status', new.status, 'what_explanation', new.what_explanation,
            'why_explanation', new.why_explanation, 'next_steps', new.next_steps
        ),
        null
    )]::public.procrastinate_job_to_defer_v1[]);
    return null;
end
$$;

create or replace trigger bench_trigger
after insert or update of status on public.operation_trackers
for each row execute function public.bench_trigger();
