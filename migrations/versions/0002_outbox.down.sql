-- Takes away everything that is autopost's own. The platform's rows are not touched.
drop trigger auto_post_capture on {{ trackers }};
drop function {{ schema }}.auto_post_capture();
drop table {{ schema }}.auto_post_workers;
drop table {{ schema }}.auto_post_control;
drop table {{ schema }}.auto_post_rate_limits;
drop table {{ schema }}.auto_post_outbox;
drop table {{ schema }}.auto_post_rules;
drop function {{ schema }}.auto_post_outbox_id(text, integer);
