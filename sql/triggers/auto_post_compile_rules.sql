-- After auto_post_rules_since, which is for each row.
create trigger auto_post_compile_rules
after insert or update on {{ schema }}.auto_post_rules
for each statement execute function {{ schema }}.auto_post_compile_change();

comment on trigger auto_post_compile_rules on {{ schema }}.auto_post_rules is
'Writes changed rules into the functions that the trigger calls.';
