-- Stores what a publishing transaction did in windows of alerts, see auto_post_count_alerts: $1 agents, $2 operation
-- types, $3 begins, $4 ends, $5 posted or NULL, $6 suppressed, $7 the row of the first of these, $8 the time of the
-- decision.
select {{ schema }}.auto_post_count_alerts($1, $2, $3, $4, $5, $6, $7, $8)
