-- The workers, the most recently seen first, at most $1. A worker that is alive reports every 15 seconds. llm: why it
-- does not ask the language model, and until when; NULL while it does.
select
    w.name, w.version, w.in_flight, w.last_seen_at > now() - interval '60 seconds' as alive,
    extract(epoch from now() - w.last_seen_at)::double precision as seen_seconds_ago,
    extract(epoch from w.last_seen_at - w.started_at)::double precision as runs_for_seconds,
    (
        select pg_catalog.string_agg(p.finding, '; ' order by p.subject)
        from pg_catalog.jsonb_to_recordset(w.problems) as p (subject text, finding text)
        where p.subject like 'language model%'
    ) as llm
from {{ schema }}.auto_post_workers as w
order by w.last_seen_at desc
limit $1
