-- Enqueues with pgqueuer in the platform's transaction: a row in its queue and one in its log, as its documentation does
-- from SQL. Its own trigger on the queue notifies.
create or replace function public.bench_trigger()
returns trigger
language plpgsql
as $$
declare
    v_job_id bigint;
begin
    if new.status not in ('completed', 'failed') or (tg_op = 'UPDATE' and old.status = new.status) then
        return null;
    end if;
    insert into public.pgqueuer (priority, entrypoint, payload, execute_after, status)
    values (
        0, 'post',
        convert_to(
            jsonb_build_object(
                'tracker_id', new.id, 'tenant_id', new.tenant_id, 'agent_id', new.agent_id,
                'operation_type', new.operation_type, 'status', new.status, 'what_explanation', new.what_explanation,
                'why_explanation', new.why_explanation, 'next_steps', new.next_steps
            )::text, 'UTF8'
        ),
        now(), 'queued'
    )
    returning id into v_job_id;
    insert into public.pgqueuer_log (job_id, status, entrypoint, priority) values (v_job_id, 'queued', 'post', 0);
    return null;
end
$$;

create or replace trigger bench_trigger
after insert or update of status on public.operation_trackers
for each row execute function public.bench_trigger();
