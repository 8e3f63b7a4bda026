-- Inserts a running operation: $1 id, $2 tenant, $3 agent, $4 operation type, $5 what, $6 why, $7 next steps.
insert into {{ platform }}.operation_trackers (
    id, tenant_id, agent_id, operation_type, status, progress, what_explanation, why_explanation, next_steps, started_at
)
values ($1, $2, $3, $4, 'running', 0, $5, $6, $7, now())
