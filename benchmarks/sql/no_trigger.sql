-- Nothing: the platform's table as it is without anybody who listens.
drop trigger if exists auto_post_capture on public.operation_trackers;

drop trigger if exists bench_trigger on public.operation_trackers;
