-- Gives the rule $1 a title ($2), or takes it away (NULL).
select {{ schema }}.auto_post_title_rule($1, $2)
