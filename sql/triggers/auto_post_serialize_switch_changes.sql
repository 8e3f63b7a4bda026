-- Before a row is locked, as with changes of rules: both compile the same functions.
create trigger auto_post_serialize_switch_changes
before insert or update of capture_enabled, wakeup on {{ schema }}.auto_post_control
for each statement execute function {{ schema }}.auto_post_serialize_rule_changes();

comment on trigger auto_post_serialize_switch_changes on {{ schema }}.auto_post_control is
'Runs changes of switches and of rules one after another, so that they do not deadlock.';
