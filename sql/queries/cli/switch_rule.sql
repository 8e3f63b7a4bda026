-- Switches the rule $1 on or off ($2).
select {{ schema }}.auto_post_switch_rule($1, $2)
