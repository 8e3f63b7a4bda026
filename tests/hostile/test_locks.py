"""A role that may only work on operation_trackers takes advisory locks, which any role can."""

from __future__ import annotations

import itertools

import psycopg
import pytest

from tests.support.crew import Crew
from tests.support.host import LOCK_AGENT, Host, open_connection, until
from tests.support.llm_server import LlmServer, says
from tests.support.neighbours import UNDISTURBED_SECONDS, application_role, neighbours
from tests.support.work import worker_process

TEMPLATES = {"SOCIAL_POST_LLM_ENABLED": "false"}
PLACES = 10  # rows that a worker with an LLM has in flight: twice its concurrency
ALERTS = 2 * PLACES
TAKE_ALL = (
    "select count(pg_advisory_lock(c, hashtext(s))) from generate_series(1635087472, 1635087475) as c, "
    "unnest(array['autopost', '\"autopost\"', '']) as s"
)


def test_other_roles_cannot_compute_the_key_of_an_agents_lock(host: Host, database: str) -> None:
    """The salt is in a table that only autopost's roles may read."""
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with application_role(host, database) as dsn, open_connection(dsn) as app, refused:
        app.execute("select lock_salt from autopost.auto_post_control")


@pytest.mark.long
def test_agent_whose_lock_is_taken_delays_nobody_and_is_posted_itself(
    host: Host, database: str, processes: Crew
) -> None:
    """More alerts than a worker with an LLM has in flight; the log names the session."""
    key = host.value(LOCK_AGENT.replace("pg_advisory_xact_lock", ""), ("victim",))
    host.agent("victim")
    with LlmServer() as llm, application_role(host, database) as dsn, open_connection(dsn, autocommit=True) as app:
        llm.will(says("Done"))
        with_llm = {
            "OPENAI_API_KEY": "test",
            "OPENAI_BASE_URL": llm.base_url,
            "SOCIAL_POST_LLM_CONCURRENCY": str(PLACES // 2),
        }
        with worker_process(database, processes, **with_llm) as worker, neighbours(database, host) as others:
            until(host.posts)
            before = others.measured(UNDISTURBED_SECONDS)
            app.execute("select pg_advisory_lock(%s)", (key,))
            numbers = itertools.count()

            def alert() -> None:
                for number in itertools.islice(numbers, ALERTS):
                    app.execute(
                        "insert into operation_trackers (id, agent_id, operation_type, status, what_explanation) "
                        "values (%s, 'victim', 'approval_requested', 'waiting', 'wait')",
                        (f"alert{number}",),
                    )

            others.assert_undisturbed(before, "an agent's advisory lock", alert)
            until(lambda: host.value("select count(*) from social_posts where author_id = 'victim'") >= ALERTS)
            until(lambda: f'"pid": {app.info.backend_pid}' in worker.log)
            assert '"event": "agent_lock.bypassed"' in worker.log
    assert host.value("select max(attempts) from auto_post_outbox") == 1


@pytest.mark.long
def test_maintenance_and_broadcasting_need_no_advisory_lock(host: Host, database: str, processes: Crew) -> None:
    """All keys that autopost's maintenance could use are taken, for as long as the test lasts."""
    host.agent()
    host.execute("alter table operation_trackers disable trigger auto_post_capture")
    host.complete("missed")
    host.execute("alter table operation_trackers enable trigger auto_post_capture")
    often = {"SOCIAL_POST_MAINTENANCE_SECONDS": "0.2", "SOCIAL_POST_BROADCAST": "notify"}
    with application_role(host, database) as dsn, open_connection(dsn, autocommit=True) as app:
        app.execute(TAKE_ALL)
        with worker_process(database, processes, **TEMPLATES, **often), neighbours(database, host) as others:
            until(lambda: host.value("select count(*) from social_posts where author_id = 'ada'") == 1)
            app.execute("select pg_advisory_unlock_all()")
            before = others.measured(UNDISTURBED_SECONDS)
            app.execute(TAKE_ALL)
            others.assert_undisturbed(before, "every advisory lock of maintenance")
            others.stop()
            until(others.all_are_posted)
            until(lambda: host.value("select bool_and(position is not null) from auto_post_events"))
            host.execute("update auto_post_outbox set finished_at = now() - interval '8 days'")
            until(lambda: not host.outbox())
