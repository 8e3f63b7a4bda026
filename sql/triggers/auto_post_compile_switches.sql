-- A row that is deleted changes nothing: the trigger goes on as before.
create trigger auto_post_compile_switches
after insert or update of capture_enabled, wakeup on {{ schema }}.auto_post_control
for each statement execute function {{ schema }}.auto_post_compile_change();

comment on trigger auto_post_compile_switches on {{ schema }}.auto_post_control is
'Writes changed switches into the functions that the trigger calls.';
