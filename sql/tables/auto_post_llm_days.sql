-- What the LLM has cost on each day on which it had a budget, so that the budget holds across workers and restarts. A
-- row is written twice for each request to the LLM, by workers only.
create table {{ schema }}.auto_post_llm_days (
    day date not null,
    spent_usd double precision not null,
    limit_usd double precision not null,
    is_exhausted boolean not null,
    constraint auto_post_llm_days_pkey primary key (day)
)
with (fillfactor = 20);

comment on table {{ schema }}.auto_post_llm_days is
'What the LLM has cost on each day on which it had a budget (SOCIAL_POST_LLM_DAILY_USD). One row a day, which stays.';
comment on column {{ schema }}.auto_post_llm_days.day is 'The day in UTC, by the database''s clock.';
comment on column {{ schema }}.auto_post_llm_days.spent_usd is
'US dollars: what answers have cost, and at most what requests without an answer yet will cost.';
comment on column {{ schema }}.auto_post_llm_days.limit_usd is
'The budget in US dollars, as the worker had it that wrote last.';
comment on column {{ schema }}.auto_post_llm_days.is_exhausted is
'Whether the budget had no room for the last request: posts are written from templates.';
