-- The least that can wake a process: a NOTIFY that says which operation it is.
create or replace function public.bench_trigger()
returns trigger
language plpgsql
as $$
begin
    if new.status <> 'completed' or (tg_op = 'UPDATE' and old.status = 'completed') then
        return null;
    end if;
    perform pg_notify('bench_notify', new.id);
    return null;
end
$$;

create or replace trigger bench_trigger
after insert or update of status on public.operation_trackers
for each row execute function public.bench_trigger();
