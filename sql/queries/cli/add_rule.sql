-- Adds a rule: $1 operation type, $2 status or NULL, $3 exact or like, $4 alert or not, $5 description, $6 title or
-- NULL; returns its id.
select {{ schema }}.auto_post_add_rule($1, $2, $3, $4, $5, $6)
