"""What a running worker tells: alive, ready, and its counts, over HTTP."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from psycopg import sql
from pydantic import SecretStr

from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.support.command_line import autopost
from tests.support.crew import Crew
from tests.support.host import Host, open_connection, until
from tests.support.llm_server import LlmServer, hangs, says
from tests.support.work import WorkerProcess, eventually, worker_process, working

QUICK = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_POLL_SECONDS": "0.2", "SOCIAL_POST_HTTP_PORT": "0"}


class Monitoring:
    """What a worker process answers."""

    def __init__(self, worker: WorkerProcess) -> None:
        found = until(lambda: re.search(r'"address": "(http://127\.0\.0\.1:\d+)"', worker.log))
        assert found is not None
        self.address = found[1]

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and the body of an answer."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def value(self, sample: str) -> float:
        """Return the value of one sample, 0 where it is not there."""
        _, body = self.get("/metrics")
        found = re.search(rf"^{re.escape(sample)} (\S+)$", body, re.MULTILINE)
        return float(found[1]) if found else 0.0

    @property
    def is_ready(self) -> bool:
        """Tell what /readyz says."""
        status, body = self.get("/readyz")
        assert (status == 200) == json.loads(body)["ready"]
        return status == 200


@pytest.fixture
def monitoring(database: str, processes: Crew) -> Iterator[Monitoring]:
    """Return what a worker on the test's database answers."""
    with worker_process(database, processes, **QUICK) as worker:
        yield Monitoring(worker)


def test_worker_is_alive_and_ready(monitoring: Monitoring) -> None:
    """As soon as the database has answered it."""
    assert monitoring.get("/healthz") == (200, "alive\n")
    until(lambda: monitoring.is_ready)
    until(lambda: json.loads(monitoring.get("/readyz")[1])["listening"])
    assert monitoring.get("/nothing")[0] == 404


def test_worker_without_its_database_is_alive_and_not_ready(host: Host, monitoring: Monitoring, database: str) -> None:
    """And ready again when the database is back, by itself."""
    until(lambda: monitoring.is_ready)
    name = sql.Identifier(host.connection.info.dbname)
    with open_connection(database, dbname="postgres", autocommit=True) as other:
        other.execute(sql.SQL("alter database {} with allow_connections false").format(name))
        other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and application_name like %s",
            (host.connection.info.dbname, "autopost%"),
        )
        until(lambda: not monitoring.is_ready)
        assert monitoring.get("/healthz")[0] == 200
        assert "autopost_database_errors_total" in monitoring.get("/metrics")[1]
        other.execute(sql.SQL("alter database {} with allow_connections true").format(name))
    until(lambda: monitoring.is_ready)
    host.complete(agent=host.agent())
    until(lambda: host.waiting() == 0)


def test_metrics_count_what_came_of_operations(host: Host, monitoring: Monitoring) -> None:
    """Outcomes by reason, the latency of posts, redactions by type; nothing of the operations themselves."""
    host.complete("zebra", agent=host.agent(), what="Wrote to bob" + "@example.com")
    host.complete("second")
    until(lambda: host.waiting() == 0)
    until(lambda: monitoring.value("autopost_publish_latency_seconds_count") == 1)
    assert monitoring.value('autopost_outcomes_total{outcome="posted",reason=""}') == 1
    until(lambda: monitoring.value('autopost_outcomes_total{outcome="skipped",reason="rate_limited"}') == 1)
    assert monitoring.value('autopost_posts_total{fallback="",generator="template"}') == 1
    assert monitoring.value('autopost_redactions_total{type="EMAIL_ADDRESS"}') == 1
    until(lambda: monitoring.value("autopost_in_flight_rows") == 0)
    body = monitoring.get("/metrics")[1]
    request = urllib.request.Request(monitoring.address + "/metrics", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        assert "autopost_outcomes_total" in gzip.decompress(answer.read()).decode()
    for secret in ("zebra", "example", "ada", "Ada", "tenant"):
        assert not re.search(rf"{secret}(?!_mismatch)", body)


async def test_dead_llm_costs_the_feed_only_its_wording(host: Host, settings: Settings, redactor: Redactor) -> None:
    """Five time-outs, and from then on templates at once; when the LLM is back, a probe finds out."""
    with LlmServer() as llm:
        llm.will(hangs())
        with_llm = settings.model_copy(
            update={
                "llm_enabled": True,
                "openai_api_key": SecretStr("test-" + "key"),
                "openai_base_url": llm.base_url,
                "llm_timeout_seconds": 0.5,
                "llm_concurrency": 2,
                "llm_breaker_cooldown_seconds": 1.0,
            }
        )
        async with working(with_llm, redactor):
            for number in range(40):
                host.complete(f"dead{number}", agent=host.agent(f"agent{number}"))
            await eventually(lambda: host.waiting() == 0)
            assert len(llm.requests) <= 8
            reasons = host.rows("select distinct details ->> 'fallback' as fallback from audit_log")
            assert [row["fallback"] for row in reasons] == ["timeout"]
            llm.will(says("The inbox is sorted again"))
            number = 0
            while not host.rows("select from social_posts where content = 'The inbox is sorted again'"):
                assert number < 100, "the breaker never closed"
                host.complete(f"alive{number}", agent=host.agent(f"later{number}"))
                await eventually(lambda: host.waiting() == 0)
                await asyncio.sleep(0.1)
                number += 1


def test_port_that_is_taken_is_a_configuration_error(database: str, monitoring: Monitoring) -> None:
    """Exit code 2, and where it could not listen."""
    port = monitoring.address.rsplit(":", 1)[1]
    result = autopost("run", dsn=database, **{**QUICK, "SOCIAL_POST_HTTP_PORT": port})
    assert result.returncode == 2
    assert (
        f"SOCIAL_POST_HTTP_HOST, _PORT: cannot listen on 127.0.0.1 port {port}: Address already in use" in result.stderr
    )
