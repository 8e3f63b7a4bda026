-- No WHEN clause: its expression is set up again in every statement, also in those that never fire it.
create or replace trigger auto_post_capture
after insert or update of {{ status_columns }} on {{ trackers }}
for each row execute function {{ schema }}.auto_post_capture{{ of }}();

comment on trigger auto_post_capture on {{ trackers }} is
'Writes significant changes to auto_post_outbox, in the transaction of the agent.';
