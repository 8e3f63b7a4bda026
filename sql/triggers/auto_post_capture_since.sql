-- What ended while capturing was off is never captured.
create trigger auto_post_capture_since
after update of capture_enabled on {{ schema }}.auto_post_control
for each row execute function {{ schema }}.auto_post_capture_since();

comment on trigger auto_post_capture_since on {{ schema }}.auto_post_control is
'Sets since of the reconciler and of all rules to now when capturing is switched on.';
