-- A rule that is switched or changed starts again.
create trigger auto_post_rules_since
after update of operation_type, match, status, enabled on {{ schema }}.auto_post_rules
for each row execute function {{ schema }}.auto_post_rules_since();

comment on trigger auto_post_rules_since on {{ schema }}.auto_post_rules is
'Sets since to now when a rule is switched or changed.';
