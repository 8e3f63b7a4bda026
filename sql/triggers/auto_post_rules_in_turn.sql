-- Those who change rules go one after another.
create trigger auto_post_rules_in_turn
before update or delete on {{ schema }}.auto_post_rules
for each statement execute function {{ schema }}.auto_post_rules_in_turn();

comment on trigger auto_post_rules_in_turn on {{ schema }}.auto_post_rules is
'Keeps two changes of rules that overlap from waiting for each other.';
