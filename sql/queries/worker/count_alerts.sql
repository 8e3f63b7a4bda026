-- Stores the windows of alerts that changed, see auto_post_count_alerts: $1 agents, $2 operation types, $3 begins,
-- $4 ends, $5 posted, $6 suppressed, $7 how many of these are new, $8 the row of the first new one, $9 the time of the
-- decision.
select {{ schema }}.auto_post_count_alerts($1, $2, $3, $4, $5, $6, $7, $8, $9)
