-- Brings the operation $1 to the status $2.
update {{ platform }}.operation_trackers as t
set status = $2, progress = 100, completed_at = now()
where t.id = $1
