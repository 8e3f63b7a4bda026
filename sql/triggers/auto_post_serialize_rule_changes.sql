-- Those who change rules go one after another; nobody deletes them.
create trigger auto_post_serialize_rule_changes
before insert or update or delete or truncate on {{ schema }}.auto_post_rules
for each statement execute function {{ schema }}.auto_post_serialize_rule_changes();

comment on trigger auto_post_serialize_rule_changes on {{ schema }}.auto_post_rules is
'Runs changes of rules one after another, so that they do not deadlock, and keeps rules from being deleted.';
