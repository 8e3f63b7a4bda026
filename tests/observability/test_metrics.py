"""Each metric moves when what it tells of happens, and no label can hold data of an operation."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from prometheus_client.metrics import MetricWrapperBase
from psycopg import sql
from pydantic import SecretStr

from autopost.database.connection import create_pool
from autopost.model import Generator, Reason
from autopost.observability import metrics
from autopost.observability.queue_gauges import QueueGauges
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.observability.test_monitoring import QUICK, Monitoring
from tests.support.crew import Crew
from tests.support.host import SCHEMAS, Host, open_connection, until
from tests.support.llm_server import COMPLETION_TOKENS, PROMPT_TOKENS, LlmServer, says, status
from tests.support.roles import dsn_of
from tests.support.work import eventually, work_off, worker_process, working

Moved = Callable[..., float]


def now(name: str, **labels: str) -> float:
    """Return a sample's value, 0 where it is not there."""
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.fixture
def moved() -> Moved:
    """Return what tells by how much a sample has moved since the test began."""
    before = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in metrics.REGISTRY.collect()
        for sample in family.samples
    }
    return lambda name, **labels: now(name, **labels) - before.get((name, tuple(sorted(labels.items()))), 0.0)


async def test_feed_redaction_groups_and_sleep_are_counted(
    host: Host, settings: Settings, redactor: Redactor, moved: Moved
) -> None:
    """Posts, one skip for each reason that is tried, a finding, and a sleep in between."""
    host.agent()
    host.agent("pupil", maturity="STUDENT")
    host.complete("posted", what="Wrote to bob" + "@example.com")
    host.complete("limited")
    host.complete("blocked", agent="pupil")
    host.complete("unknown", agent="ghost")
    host.complete("silent", what=" ")
    async with working(settings, redactor):
        await eventually(lambda: host.waiting() == 0)
        await asyncio.sleep(0.2)
        host.complete("later", "security_scan")
        await eventually(lambda: host.waiting() == 0)
        await eventually(lambda: moved("autopost_idle_seconds_total") > 0)
    assert moved("autopost_outcomes_total", outcome="posted", reason="") == 2
    for reason in ("rate_limited", "maturity_blocked", "agent_unknown", "missing_explanation"):
        assert moved("autopost_outcomes_total", outcome="skipped", reason=reason) == 1
    assert moved("autopost_posts_total", generator="template", fallback="") == 2
    assert moved("autopost_publish_latency_seconds_count") == 2
    assert moved("autopost_publish_group_rows_sum") == 6
    assert moved("autopost_redactions_total", type="EMAIL_ADDRESS") >= 1
    assert any(
        moved(sample.name, **sample.labels) > 0
        for family in metrics.REGISTRY.collect()
        if family.name == "autopost_wakeups"
        for sample in family.samples
    )
    (build,) = (
        sample for family in metrics.REGISTRY.collect() if family.name == "autopost_build" for sample in family.samples
    )
    assert {**build.labels, "version": ""} == {"process": "worker", "version": "", "schema": build.labels["schema"]}


async def test_llm_is_counted(host: Host, settings: Settings, redactor: Redactor, moved: Moved) -> None:
    """Calls by result, their time, tokens, dollars, and the breaker."""
    with LlmServer() as llm:
        llm.will(says("The inbox is sorted"))
        with_llm = settings.model_copy(
            update={"llm_enabled": True, "openai_api_key": SecretStr("test"), "openai_base_url": llm.base_url}
        )
        host.complete("good", agent=host.agent())
        await work_off(host, with_llm, redactor)
        assert moved("autopost_llm_calls_total", result="answered") == 1
        assert moved("autopost_llm_latency_seconds_count") == 1
        assert moved("autopost_llm_tokens_total", kind="prompt") == PROMPT_TOKENS
        assert moved("autopost_llm_tokens_total", kind="completion") == COMPLETION_TOKENS
        assert moved("autopost_llm_cost_dollars_total") > 0
        assert moved("autopost_posts_total", generator="llm", fallback="") == 1
        llm.will(status(401))
        for number in range(6):
            host.complete(f"bad{number}", agent=host.agent(f"agent{number}"))
        await work_off(host, with_llm.model_copy(update={"llm_concurrency": 1}), redactor)
    assert moved("autopost_llm_calls_total", result="unauthorized") == 5
    # The sixth was not asked for, for the same reason.
    assert moved("autopost_posts_total", generator="template", fallback="unauthorized") == 6
    assert now("autopost_llm_breaker_state", autopost_llm_breaker_state="open") == 1


async def test_dead_and_deferred_are_counted_by_kind(host: Host, settings: Settings, moved: Moved) -> None:
    """The kind of an error is all that is told of it."""

    class Broken:
        def redact(self, text: str) -> Any:
            raise ValueError(text)

    host.complete(agent=host.agent(), what="zebra")
    broken: Any = Broken()
    await work_off(host, settings.model_copy(update={"max_attempts": 1}), broken)
    assert moved("autopost_outcomes_total", outcome="dead", reason="writing_failed") == 1


async def test_held_rows_are_those_that_a_worker_has_and_no_more(
    host: Host, settings: Settings, redactor: Redactor
) -> None:
    """As many as wait for a locked table, and none once they are published."""
    for number in range(3):
        host.agent(f"agent{number}")
    async with working(settings, redactor):
        with open_connection(host.connection.info.dsn) as other:
            other.execute("lock table social_posts in access exclusive mode")
            for number in range(3):
                host.complete(f"op{number}", agent=f"agent{number}")
            await eventually(lambda: now("autopost_in_flight_rows") == 3)
            assert host.value("select count(*) from auto_post_outbox where state = 'claimed'") == 3
        await eventually(lambda: host.waiting() == 0)
        await eventually(lambda: now("autopost_in_flight_rows") == 0)


async def test_listening_is_1_while_the_doorbell_is_heard(
    host: Host, database: str, settings: Settings, redactor: Redactor
) -> None:
    """And 0 while its connection is away, although the others work."""
    hears = "application_name = 'autopost doorbell' and datname = current_database()"
    role = f"doorbell_{host.connection.info.dbname}"
    host.execute(f"create role {role} login superuser")
    dsn = dsn_of(database, user=role)
    try:
        async with working(settings.model_copy(update={"database_url": SecretStr(dsn)}), redactor):
            await eventually(lambda: now("autopost_listener_connected") == 1)
            host.execute(f"alter role {role} nologin")
            host.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where {hears}")
            await eventually(lambda: now("autopost_listener_connected") == 0)
            await eventually(lambda: host.value(f"select count(*) = 0 from pg_stat_activity where {hears}"))
            host.complete(agent=host.agent())
            await eventually(lambda: host.waiting() == 0)
            host.execute(f"alter role {role} login")
            await eventually(lambda: now("autopost_listener_connected") == 1)
    finally:
        host.execute(f"drop role {role}")


async def test_queue_is_sampled_by_state(host: Host, settings: Settings) -> None:
    """Pending, parked, claimed and dead, the age of what is due, and the switches."""
    host.agent()
    for number in range(5):
        host.complete(f"op{number}")
    host.execute("update auto_post_outbox set available_at = now() - interval '90 seconds' where tracker_id = 'op0'")
    host.execute("update auto_post_outbox set available_at = 'infinity' where tracker_id = 'op1'")
    host.execute(
        "update auto_post_outbox set state = 'claimed', worker = 'w', available_at = now() + interval '1 hour' "
        "where tracker_id = 'op2'"
    )
    host.execute(
        "update auto_post_outbox set state = 'dead', last_error = 'boom', finished_at = now() "
        "where tracker_id in ('op3', 'op4')"
    )
    host.execute("insert into auto_post_workers values ('w', '1', now(), now(), 0)")
    async with sampling(settings) as gauges:
        await gauges.refresh()
    counts = {state: now("autopost_queue_rows", state=state) for state in ("pending", "parked", "claimed", "dead")}
    assert counts == {"pending": 1, "parked": 1, "claimed": 1, "dead": 2}
    assert 90 <= now("autopost_queue_oldest_due_seconds") < 120
    assert now("autopost_queue_workers") == 1
    assert now("autopost_queue_capture_enabled") == 1
    assert now("autopost_queue_paused") == 0
    assert abs(time.time() - now("autopost_queue_sampled_timestamp_seconds")) < 60
    host.execute("select auto_post_pause()")
    host.execute("alter table operation_trackers disable trigger auto_post_capture")
    host.execute("update auto_post_outbox set available_at = 'infinity' where state in ('pending', 'claimed')")
    async with sampling(settings) as gauges:
        await gauges.refresh()
    assert now("autopost_queue_capture_enabled") == 0
    assert now("autopost_queue_paused") == 1
    assert now("autopost_queue_oldest_due_seconds") == 0


async def test_counting_the_queue_ends_somewhere(host: Host, settings: Settings) -> None:
    """A backlog of millions costs a scrape no more than the bound."""
    for number in range(5):
        host.complete(f"op{number}")
    async with sampling(settings, most_rows=3) as gauges:
        await gauges.refresh()
    assert now("autopost_queue_rows", state="pending") == 3


async def test_queue_is_asked_for_once_in_a_while_however_many_scrape(settings: Settings) -> None:
    """And never by itself: a worker that sleeps asks nothing."""
    async with sampling(settings) as gauges:
        asked: list[str] = []
        pool = gauges._pool

        class Counting:
            async def fetch(self, query: str, *args: Any) -> Any:
                asked.append(query)
                return await pool.fetch(query, *args)

        counting: Any = Counting()
        gauges._pool = counting
        await asyncio.sleep(0.1)
        assert asked == []
        await asyncio.gather(*(gauges.refresh() for _ in range(20)))
        await gauges.refresh()
        assert len(asked) == 1


@pytest.mark.long
async def test_database_that_does_not_answer_delays_a_scrape_a_moment(
    host: Host, settings: Settings, moved: Moved
) -> None:
    """The older figures stand, with their time, and the error is counted."""
    async with sampling(settings, every_seconds=0.0) as gauges:
        await gauges.refresh()
        sampled = now("autopost_queue_sampled_timestamp_seconds")
        with open_connection(host.connection.info.dsn) as other:
            other.execute("lock table auto_post_outbox in access exclusive mode")  # for a server that does not answer
            await gauges.refresh()
            await gauges.refresh()
            assert gauges._sampling is not None, "no scrape waits for the end of the sample"
            assert now("autopost_queue_sampled_timestamp_seconds") == sampled
            await eventually(
                lambda: moved("autopost_database_errors_total", operation="queue_gauges", error="TimeoutError")
            )
        await eventually(lambda: gauges._sampling is None)
        await gauges.refresh()
        await eventually(lambda: now("autopost_queue_sampled_timestamp_seconds") > sampled)


def sampling(settings: Settings, **options: Any) -> Any:
    """Return a context with gauges on a pool of their own."""

    class Context:
        async def __aenter__(self) -> QueueGauges:
            self.pool: asyncpg.Pool[asyncpg.Record] = await create_pool(
                settings, "test", size=2, session={"lock_timeout": "0"}
            )
            self.gauges = QueueGauges(self.pool, SCHEMAS, **options)
            return self.gauges

        async def __aexit__(self, *_error: object) -> None:
            await self.gauges.aclose()
            self.pool.terminate()

    return Context()


def test_scrape_without_the_database_answers_at_once(host: Host, database: str, processes: Crew) -> None:
    """With the figures of before, from a real worker."""
    with worker_process(database, processes, **QUICK) as worker:
        monitoring = Monitoring(worker)
        until(lambda: monitoring.is_ready)
        until(lambda: monitoring.value("autopost_queue_workers") == 1)
        sampled = monitoring.value("autopost_queue_sampled_timestamp_seconds")
        name = sql.Identifier(host.connection.info.dbname)
        with open_connection(database, dbname="postgres", autocommit=True) as other:
            other.execute(sql.SQL("alter database {} with allow_connections false").format(name))
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = %s and application_name like %s",
                (host.connection.info.dbname, "autopost%"),
            )
            until(lambda: not monitoring.is_ready)
            assert monitoring.value("autopost_queue_workers") == 1
            assert monitoring.value("autopost_queue_sampled_timestamp_seconds") >= sampled
            assert monitoring.value('autopost_build_info{schema="nothing",version="0"}') == 0
            other.execute(sql.SQL("alter database {} with allow_connections true").format(name))


def test_labels_are_of_a_bounded_set() -> None:
    """No label is the name of something that a platform makes up at run time, also where no sample has it yet."""
    declared = {
        label
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
        for label in metric._labelnames
    }
    assert declared <= {
        *("outcome", "reason", "generator", "fallback", "type", "source", "operation", "error"),
        *("result", "kind", "state", "step", "protocol"),
        "webhook",  # of the file of webhooks
        *("table", "column"),  # of the mapping
        "autopost_llm_breaker_state",
    }
    of_the_build = {label for sample in next(iter(metrics.BUILD.collect())).samples for label in sample.labels}
    assert of_the_build <= {"process", "version", "schema"}


def test_counters_of_outcomes_begin_at_0() -> None:
    """Prometheus takes no increase from one that first shows up when it counts."""
    for reason in Reason:
        labels = {"outcome": "skipped", "reason": reason}
        assert metrics.REGISTRY.get_sample_value("autopost_outcomes_total", labels) is not None
    for generator in Generator:
        labels = {"generator": generator, "fallback": ""}
        assert metrics.REGISTRY.get_sample_value("autopost_posts_total", labels) is not None
