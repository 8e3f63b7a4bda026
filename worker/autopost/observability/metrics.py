"""Prometheus metrics. No label holds data of an operation, an agent or a tenant.

Names follow https://prometheus.io/docs/practices/naming/: base units as suffix, `_total` on counters.
"""

from __future__ import annotations

import math
from collections import Counter as Counted
from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Enum,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
)

from autopost.model import Generator, Outcome, Posted, Reason, Skipped, Written
from autopost.observability.outcomes import describe

disable_created_metrics()  # type: ignore[no-untyped-call]  # one more series for each counter and histogram, which nothing reads
REGISTRY = CollectorRegistry()
SERVE_REGISTRY = CollectorRegistry()  # what `autopost serve` has too; the rest is about claiming and posting
SERVE_REGISTRY.register(ProcessCollector(registry=REGISTRY))

LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)
GROUP_BUCKETS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)

MOST_COUNTED_ROWS = 100_000

BUILD = Info(
    "autopost_build",
    "Version of this process and the schema revision it is built for. `process` is `worker` or `serve`.",
    registry=REGISTRY,
)
OUTCOMES = Counter(
    "autopost_outcomes_total",
    "Attempts at outbox rows by outcome. `reason` is why a row was skipped, or the kind of the error.",
    ["outcome", "reason"],
    registry=REGISTRY,
)
POSTS = Counter(
    "autopost_posts_total",
    "Posts by generator (`llm` or `template`). `fallback` is why a template was used although the LLM is on.",
    ["generator", "fallback"],
    registry=REGISTRY,
)
PUBLISH_LATENCY_SECONDS = Histogram(
    "autopost_publish_latency_seconds",
    "Time from the capture of an operation, just before the agent's commit, to its post.",
    buckets=LATENCY_BUCKETS,
    registry=REGISTRY,
)
PUBLISH_GROUP_ROWS = Histogram(
    "autopost_publish_group_rows", "Rows per publishing transaction.", buckets=GROUP_BUCKETS, registry=REGISTRY
)
REDACTIONS = Counter(
    "autopost_redactions_total", "Findings redacted from the texts of posts, by type.", ["type"], registry=REGISTRY
)
WAKEUPS = Counter(
    "autopost_wakeups_total",
    "Times that an idle worker woke up to claim, by cause: `rung` (doorbell), `due` (a scheduled row) or `poll`.",
    ["source"],
    registry=REGISTRY,
)
DATABASE_ERRORS = Counter(
    "autopost_database_errors_total",
    "Database errors, by the operation that failed and the class of the error.",
    ["operation", "error"],
    registry=REGISTRY,
)
INTERNAL_ERRORS = Counter(
    "autopost_internal_errors_total",
    "Errors that this version did not expect, by the step that failed and the class of the error. What is about a row "
    "counts as a failed attempt at it.",
    ["step", "error"],
    registry=REGISTRY,
)
AGENT_LOCKS_BYPASSED = Counter(
    "autopost_agent_locks_bypassed_total",
    "Times that an agent's posts went on without its advisory lock, because another session kept it for too long.",
    registry=REGISTRY,
)
UNREAD_OPERATIONS = Counter(
    "autopost_unread_operations_total",
    "Claimed operations that could not be read as they are committed, by SQLSTATE, or `slow`. Their posts have "
    "the texts that the trigger captured.",
    ["error"],
    registry=REGISTRY,
)
IDLE_SECONDS = Counter(
    "autopost_idle_seconds_total", "Time that this worker slept because no row was due.", registry=REGISTRY
)
PLATFORM_CHANGES = Gauge(
    "autopost_platform_changes",
    "1 for each change of the platform's tables that keeps operations from being captured or posts from being written. "
    "`column` is empty where it concerns the whole table, `table` where autopost is detached.",
    ["table", "column"],
    registry=REGISTRY,
)
IN_FLIGHT_ROWS = Gauge(
    "autopost_in_flight_rows", "Outbox rows that this worker has claimed and not finished.", registry=REGISTRY
)
LISTENER_CONNECTED = Gauge(
    "autopost_listener_connected", "1 while the doorbell's connection listens, 0 while polling.", registry=REGISTRY
)
BROADCAST_EVENTS = Counter(
    "autopost_broadcast_events_total",
    "Broadcast events that this worker published; an event counts again if it is retried after a failure.",
    registry=REGISTRY,
)
BROADCAST_ERRORS = Counter(
    "autopost_broadcast_errors_total",
    "Failed attempts to publish broadcast events; they are retried.",
    registry=REGISTRY,
)
WEBHOOK_DELIVERIES = Counter(
    "autopost_webhook_deliveries_total",
    "Webhook delivery attempts of this worker: `delivered`, `failed` (will be retried) or `dead` (dead-lettered).",
    ["webhook", "outcome"],
    registry=REGISTRY,
)
WEBHOOK_FAILING_SECONDS = Gauge(
    "autopost_webhook_failing_seconds",
    "For how long a webhook's deliveries, or its summary, have failed without a success, 0 while they succeed. Read "
    "with the queue.",
    ["webhook"],
    registry=REGISTRY,
)
WEBHOOK_PAUSED = Gauge(
    "autopost_webhook_paused",
    "1 while this worker delivers for a webhook whose target refuses every post; posts wait.",
    ["webhook"],
    registry=REGISTRY,
)
FEED_VIEWERS = Gauge(
    "autopost_feed_viewers", "Viewers connected to the feeds of this instance.", ["protocol"], registry=REGISTRY
)
FEED_DROPPED = Counter(
    "autopost_feed_viewers_dropped_total",
    "Viewers disconnected because they did not read fast enough.",
    ["protocol"],
    registry=REGISTRY,
)
FEED_GAPS = Counter(
    "autopost_feed_gaps_total",
    "Reconnected viewers that had missed more events than the backfill sends; they were notified of the gap.",
    ["protocol"],
    registry=REGISTRY,
)
FEED_RECEIVED = Counter(
    "autopost_feed_events_total",
    "Events that this instance sent to its viewers, by where it read them: `transport` or `log`.",
    ["source"],
    registry=REGISTRY,
)
FEED_SOURCE_ERRORS = Counter(
    "autopost_feed_source_errors_total",
    "Failed attempts to subscribe to the transport; the log is polled meanwhile.",
    registry=REGISTRY,
)
FEED_HEARS = Gauge(
    "autopost_feed_source_up",
    "1 while this instance is subscribed to the transport; it subscribes only while it has viewers.",
    registry=REGISTRY,
)
LLM_CALLS = Counter(
    "autopost_llm_calls_total",
    "LLM generations, by result: `answered`, or why there was no answer.",
    ["result"],
    registry=REGISTRY,
)
LLM_LATENCY_SECONDS = Histogram(
    "autopost_llm_latency_seconds",
    "Duration of an LLM generation, including retries.",
    buckets=(0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 10, 30, 60),
    registry=REGISTRY,
)
LLM_TOKENS = Counter("autopost_llm_tokens_total", "LLM tokens billed, by kind.", ["kind"], registry=REGISTRY)
LLM_COST = Counter(
    "autopost_llm_cost_dollars_total", "LLM cost in US dollars, where the model's price is known.", registry=REGISTRY
)
LLM_SPENT = Gauge(
    "autopost_llm_spent_today_dollars",
    "What the LLM has cost all workers today (UTC), and at most what calls in progress will cost, in US dollars. Read "
    "from the database like the queue metrics; NaN without a budget.",
    registry=REGISTRY,
)
LLM_BUDGET = Gauge(
    "autopost_llm_budget_dollars",
    "The budget for a day (SOCIAL_POST_LLM_DAILY_USD) in US dollars; NaN without one, and before the day's first call.",
    registry=REGISTRY,
)
LLM_PAUSED = Gauge(
    "autopost_llm_paused",
    "1 while the LLM is not asked because its answers were rejected one after another.",
    registry=REGISTRY,
)
LLM_BREAKER = Enum(
    "autopost_llm_breaker_state",
    "State of the LLM circuit breaker; while it is open, posts are written from templates.",
    states=["closed", "half_open", "open"],
    registry=REGISTRY,
)
SPANS_ENDED = Counter(
    "autopost_spans_ended_total",
    "Trace spans ended. Those neither exported nor failed were dropped because the export queue was full.",
    registry=REGISTRY,
)
SPANS_EXPORTED = Counter("autopost_spans_exported_total", "Trace spans accepted by the collector.", registry=REGISTRY)
SPANS_FAILED = Counter(
    "autopost_spans_failed_total", "Trace spans lost because the collector did not accept them.", registry=REGISTRY
)
QUEUE_ROWS = Gauge(
    "autopost_queue_rows",
    "Outbox rows in the database, by state: `pending`, `parked` (by a pause), `claimed`, or `dead` within the last "
    f"day. Counts at most {MOST_COUNTED_ROWS:,} waiting rows and the {MOST_COUNTED_ROWS:,} that finished last.",
    ["state"],
    registry=REGISTRY,
)
QUEUE_DUE_SECONDS = Gauge(
    "autopost_queue_oldest_due_seconds", "How long the oldest due row has waited for a worker.", registry=REGISTRY
)
QUEUE_WORKERS = Gauge("autopost_queue_workers", "Workers with a heartbeat in the last minute.", registry=REGISTRY)
QUEUE_CAPTURE = Gauge(
    "autopost_queue_capture_enabled", "1 while capture is switched on and the trigger is enabled.", registry=REGISTRY
)
QUEUE_PAUSED = Gauge("autopost_queue_paused", "1 while all claiming is paused.", registry=REGISTRY)
QUEUE_SAMPLED = Gauge(
    "autopost_queue_sampled_timestamp_seconds",
    "When the autopost_queue_ metrics were last read, by this machine's clock; 0 if never.",
    registry=REGISTRY,
)
for _metric in (
    BUILD,
    DATABASE_ERRORS,
    INTERNAL_ERRORS,
    FEED_VIEWERS,
    FEED_DROPPED,
    FEED_GAPS,
    FEED_RECEIVED,
    FEED_SOURCE_ERRORS,
    FEED_HEARS,
):
    SERVE_REGISTRY.register(_metric)
for _unknown in (LLM_SPENT, LLM_BUDGET, QUEUE_DUE_SECONDS, QUEUE_WORKERS, QUEUE_CAPTURE, QUEUE_PAUSED):
    _unknown.set(math.nan)

# Initialise label sets: Prometheus sees no increase in a counter whose first sample is not 0.
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
for _source in ("transport", "log"):
    FEED_RECEIVED.labels(_source)
for _generator in Generator:
    POSTS.labels(_generator, "")


def count_outcomes(outcomes: Iterable[Outcome], at: datetime | None) -> None:
    """Count the outcomes of attempts; `at` is the time of the decision, by the database's clock."""
    ends: Counted[tuple[str, str]] = Counted()
    posts: Counted[tuple[str, str]] = Counted()
    for outcome in outcomes:
        facts = describe(outcome)
        ends[facts["outcome"], facts.get("reason") or _kind(facts.get("error", ""))] += 1
        if isinstance(outcome, Posted):
            posts[facts["generator"], facts.get("fallback", "")] += 1
            if at is not None and outcome.claim.operation.summary is None:  # which waits for the end of its window
                PUBLISH_LATENCY_SECONDS.observe(max((at - outcome.claim.captured_at).total_seconds(), 0.0))
        if isinstance(outcome, Posted | Skipped) and outcome.written is not None:
            _count_written(outcome.written)
    for labels, count in ends.items():
        OUTCOMES.labels(*labels).inc(count)
    for labels, count in posts.items():
        POSTS.labels(*labels).inc(count)


def set_build(process: str, version: str, schema: str) -> None:
    """Say what this process is: `worker` or `serve`."""
    BUILD.info({"process": process, "version": version, "schema": schema})


def set_failing_webhooks(seconds: Mapping[str, float]) -> None:
    """Show these webhooks and no other, each with how long it has failed."""
    WEBHOOK_FAILING_SECONDS.clear()
    for webhook, failing in seconds.items():
        WEBHOOK_FAILING_SECONDS.labels(webhook).set(failing)


def set_platform_changes(found: Iterable[tuple[str, str]]) -> None:
    """Show these changes, as table and column, and no other."""
    PLATFORM_CHANGES.clear()
    for table, column in found:
        PLATFORM_CHANGES.labels(table, column).set(1)


def count_database_error(operation: str, error: BaseException) -> None:
    """Count a database error, including one that is not logged."""
    DATABASE_ERRORS.labels(operation, type(error).__name__).inc()


def count_internal_error(step: str, error: BaseException) -> None:
    """Count an error that nothing expects; `step` is what failed."""
    INTERNAL_ERRORS.labels(step, type(error).__name__).inc()


def _count_written(written: Written) -> None:
    """Count a text once, when its row ends: a draft that a later attempt reuses was billed once."""
    for type_, count in written.redactions.items():
        REDACTIONS.labels(type_).inc(count)
    if written.prompt_tokens or written.completion_tokens:
        LLM_TOKENS.labels("prompt").inc(written.prompt_tokens)
        LLM_TOKENS.labels("completion").inc(written.completion_tokens)
        LLM_COST.inc(written.cost_usd or 0.0)


def _kind(error: str) -> str:
    """Return the kind of an error without its code, which keeps the label's values few."""
    return error.split(maxsplit=1)[0] if error else ""
