-- The rules that a new installation has: what migrations insert, as a test compares.
select
    r.id, r.operation_type, r.match, r.status, r.is_alert, true as enabled, now() as since,
    null::xid8 as since_xid, null::text as title
from (
    values
    (1, 'workflow_execute', 'exact', 'completed', false),
    (2, 'workflow_execute', 'exact', 'failed', true),
    (3, 'integration_connect', 'exact', 'completed', false),
    (4, 'integration_connect', 'exact', 'failed', true),
    (5, 'browser_automate', 'exact', 'completed', false),
    (6, 'browser_automate', 'exact', 'failed', true),
    (7, 'report_generate', 'exact', 'completed', false),
    (8, 'report_generate', 'exact', 'failed', true),
    (9, 'human_feedback_received', 'exact', 'completed', false),
    (10, 'human_feedback_received', 'exact', 'failed', true),
    (11, 'approval_requested', 'exact', null, true),
    (12, 'agent_to_agent_call', 'exact', null, false),
    (13, '%security%', 'like', 'completed', true),
    (14, '%security%', 'like', 'failed', true)
) as r (id, operation_type, match, status, is_alert)
