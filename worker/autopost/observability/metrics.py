"""What is counted and measured, for Prometheus. No label holds data of an operation, an agent or a tenant.

Names follow Prometheus' own rules: the unit in the name, `_total` on what only grows, base units
(https://prometheus.io/docs/practices/naming/).
"""

from __future__ import annotations

import math
from collections import Counter as Counted
from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Enum, Gauge, Histogram, Info, ProcessCollector

from autopost.model import Dead, Deferred, Generator, Lost, Outcome, Posted, Reason, Skipped, Written

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)
GROUP_BUCKETS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)

MOST_COUNTED_ROWS = 100_000

BUILD = Info("autopost_build", "The version of this worker, and the schema that it is made for.", registry=REGISTRY)
OUTCOMES = Counter(
    "autopost_outcomes_total",
    "What became of each attempt at an outbox row; reason is that of a skip, or the kind of an error.",
    ["outcome", "reason"],
    registry=REGISTRY,
)
POSTS = Counter(
    "autopost_posts_total",
    "Posts on the feed, by who wrote them and why it was not the LLM.",
    ["generator", "fallback"],
    registry=REGISTRY,
)
POST_SECONDS = Histogram(
    "autopost_post_seconds",
    "From the capture of an operation, a moment before the agent's commit, to its post.",
    buckets=LATENCY_BUCKETS,
    registry=REGISTRY,
)
GROUP_ROWS = Histogram(
    "autopost_group_rows", "Rows of each publishing transaction.", buckets=GROUP_BUCKETS, registry=REGISTRY
)
REDACTIONS = Counter(
    "autopost_redactions_total", "What was taken out of the texts of posts, by type.", ["type"], registry=REGISTRY
)
WAKEUPS = Counter(
    "autopost_wakeups_total", "Why a sleeping worker looked into the outbox.", ["source"], registry=REGISTRY
)
DATABASE_ERRORS = Counter(
    "autopost_database_errors_total",
    "Errors of the database, by what was being done and their class.",
    ["during", "error"],
    registry=REGISTRY,
)
ASLEEP_SECONDS = Counter(
    "autopost_asleep_seconds_total", "How long this worker slept because nothing was due.", registry=REGISTRY
)
HELD_ROWS = Gauge("autopost_held_rows", "Outbox rows that this worker holds.", registry=REGISTRY)
LISTENING = Gauge("autopost_listening", "1 while the doorbell's connection listens.", registry=REGISTRY)
ANNOUNCED = Counter(
    "autopost_announced_total", "Posts that this worker announced; some again, after a failure.", registry=REGISTRY
)
ANNOUNCING_ERRORS = Counter(
    "autopost_announcing_errors_total", "Failed attempts at announcing; posts wait meanwhile.", registry=REGISTRY
)
HOOK_DELIVERIES = Counter(
    "autopost_hook_deliveries_total",
    "Attempts of this worker at sending a post to a hook: delivered, failed (it is sent again) or dead.",
    ["hook", "outcome"],
    registry=REGISTRY,
)
FEED_VIEWERS = Gauge(
    "autopost_feed_viewers", "Who watches the feeds of this instance now, by protocol.", ["protocol"], registry=REGISTRY
)
FEED_DROPPED = Counter(
    "autopost_feed_dropped_total",
    "Viewers of the feeds that were dropped because they did not read.",
    ["protocol"],
    registry=REGISTRY,
)
FEED_GAPS = Counter(
    "autopost_feed_gaps_total",
    "Viewers that came back and were told that they missed more than they were sent.",
    ["protocol"],
    registry=REGISTRY,
)
FEED_RECEIVED = Counter(
    "autopost_feed_received_total",
    "Posts that this instance handed on to its viewers, by where they came from: the carrier, or the log.",
    ["source"],
    registry=REGISTRY,
)
FEED_CARRIER_ERRORS = Counter(
    "autopost_feed_carrier_errors_total",
    "Failed attempts at hearing the carrier; the log is looked at meanwhile.",
    registry=REGISTRY,
)
FEED_HEARS = Gauge(
    "autopost_feed_hears_carrier",
    "1 while the carrier is heard, which is so only while somebody watches.",
    registry=REGISTRY,
)
LLM_CALLS = Counter(
    "autopost_llm_calls_total",
    "Generations asked of the LLM, by result: answered, or why there was no answer.",
    ["result"],
    registry=REGISTRY,
)
LLM_SECONDS = Histogram(
    "autopost_llm_seconds",
    "The time of a generation, retries included.",
    buckets=(0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 10, 30, 60),
    registry=REGISTRY,
)
LLM_TOKENS = Counter("autopost_llm_tokens_total", "Tokens that were paid for.", ["kind"], registry=REGISTRY)
LLM_COST = Counter("autopost_llm_cost_dollars_total", "US dollars, where prices are known.", registry=REGISTRY)
LLM_BREAKER = Enum(
    "autopost_llm_breaker",
    "The circuit breaker before the LLM: open, and posts come from templates.",
    states=["closed", "half_open", "open"],
    registry=REGISTRY,
)
TRACES = Counter(
    "autopost_traces_total",
    "Traces of attempts, by what became of them: exported, failed, or dropped because too many waited.",
    ["result"],
    registry=REGISTRY,
)
QUEUE_ROWS = Gauge(
    "autopost_queue_rows",
    "Outbox rows of the database, by state: pending, parked by a pause, claimed, or dead within the last day. Counting "
    f"ends at {MOST_COUNTED_ROWS:,} rows that wait, and looks at the {MOST_COUNTED_ROWS:,} that finished last.",
    ["state"],
    registry=REGISTRY,
)
QUEUE_DUE_SECONDS = Gauge(
    "autopost_queue_due_seconds",
    "How long the row that is longest due has waited for a worker. Of the database, as all that begins with queue.",
    registry=REGISTRY,
)
QUEUE_WORKERS = Gauge("autopost_queue_workers", "Workers seen by the database in the last minute.", registry=REGISTRY)
QUEUE_CAPTURE = Gauge(
    "autopost_queue_capture_enabled", "1 while capturing is switched on and the trigger fires.", registry=REGISTRY
)
QUEUE_PAUSED = Gauge("autopost_queue_paused", "1 while claiming is paused altogether.", registry=REGISTRY)
QUEUE_SAMPLED = Gauge(
    "autopost_queue_sampled_timestamp_seconds",
    "When the figures that begin with queue were read, by this machine's clock; 0 where they never were.",
    registry=REGISTRY,
)
for _unknown in (QUEUE_DUE_SECONDS, QUEUE_WORKERS, QUEUE_CAPTURE, QUEUE_PAUSED):
    _unknown.set(math.nan)

# A counter that first shows up when it counts tells nothing of that: Prometheus takes no increase from it.
for _outcome, _reason in (
    ("posted", ""),
    ("lease_lost", ""),
    ("deferred", "redaction_failed"),
    ("dead", "redaction_failed"),
    *(("skipped", str(reason)) for reason in Reason),
):
    OUTCOMES.labels(_outcome, _reason)
for _protocol in ("events", "ws"):
    for _of_feeds in (FEED_VIEWERS, FEED_DROPPED, FEED_GAPS):
        _of_feeds.labels(_protocol)
for _source in ("carrier", "log"):
    FEED_RECEIVED.labels(_source)
for _generator in Generator:
    POSTS.labels(_generator, "")
for _result in ("exported", "failed", "dropped"):
    TRACES.labels(_result)


def count_outcomes(outcomes: Iterable[Outcome], at: datetime | None) -> None:
    """Count what became of attempts; `at` is the time of the decision, by the database's clock."""
    ends: Counted[tuple[str, str]] = Counted()
    posts: Counted[tuple[str, str]] = Counted()
    for outcome in outcomes:
        match outcome:
            case Posted():
                ends["posted", ""] += 1
                posts[outcome.written.generator, outcome.written.fallback or ""] += 1
                if at is not None:
                    POST_SECONDS.observe(max((at - outcome.claim.captured_at).total_seconds(), 0.0))
                _count_written(outcome.written)
            case Skipped():
                ends["skipped", outcome.reason] += 1
                if outcome.written is not None:
                    _count_written(outcome.written)
            case Dead():
                ends["dead", _first_word(outcome.error)] += 1
            case Deferred():
                ends["deferred", _first_word(outcome.error)] += 1
            case Lost():
                ends["lease_lost", ""] += 1
    for labels, count in ends.items():
        OUTCOMES.labels(*labels).inc(count)
    for labels, count in posts.items():
        POSTS.labels(*labels).inc(count)


def count_database_error(during: str, error: BaseException) -> None:
    """Count an error of the database, also one that no log line tells of."""
    DATABASE_ERRORS.labels(during, type(error).__name__).inc()


def _count_written(written: Written) -> None:
    """Count a text once, when its row ends: one that was kept for a later attempt was paid for once."""
    for type_, count in written.redactions.items():
        REDACTIONS.labels(type_).inc(count)
    if written.prompt_tokens or written.completion_tokens:
        LLM_TOKENS.labels("prompt").inc(written.prompt_tokens)
        LLM_TOKENS.labels("completion").inc(written.completion_tokens)
        LLM_COST.inc(written.cost_usd or 0.0)


def _first_word(error: str) -> str:
    """Return an error without its code, so that there are few."""
    return error.split(maxsplit=1)[0] if error else ""
