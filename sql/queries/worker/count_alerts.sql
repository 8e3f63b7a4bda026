-- Stores what a publishing transaction did in windows of alerts ($1, JSON) at the time of its decision ($2), see
-- auto_post_count_alerts. Returns the summaries that must be written again. Run it last: it locks the windows.
select c.id from {{ schema }}.auto_post_count_alerts($1, $2) as c (id)
