"""Real worker processes: several on one outbox, killed, stopped and told to hurry."""

from __future__ import annotations

import signal
from contextlib import ExitStack

from tests.support.crew import Crew
from tests.support.host import Host, until
from tests.support.llm_server import LlmServer, hangs
from tests.support.work import worker_process

FAST = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_POLL_SECONDS": "0.5"}
LONG = {"SOCIAL_POST_LLM_TIMEOUT_SECONDS": "60", "SOCIAL_POST_LEASE_SECONDS": "90"}

VIOLATIONS = """
select p.author_id, p.created_at
from social_posts as p
inner join lateral (
    select q.created_at from social_posts as q
    where q.author_id = p.author_id and q.created_at < p.created_at
    order by q.created_at desc limit 1
) as earlier on p.created_at - earlier.created_at < interval '5 minutes'
where p.post_type = 'status'
"""


def test_two_workers_give_every_operation_one_outcome(host: Host, database: str, processes: Crew) -> None:
    """1,000 operations of 40 agents, or more until both took part: one outcome each, and no second post in a window."""
    operations = 0

    def both_took_part() -> bool:
        return len(host.rows("select distinct details ->> 'worker' from audit_log")) == 2

    for number in range(40):
        host.agent(f"agent{number}")
    with ExitStack() as stack:
        workers = [
            stack.enter_context(
                worker_process(database, processes, SOCIAL_POST_WORKER_NAME=name, SOCIAL_POST_BATCH_SIZE="20", **FAST)
            )
            for name in ("left", "right")
        ]
        until(lambda: host.value("select count(*) from auto_post_workers") == 2, what="both workers' start")
        while operations < 1000 or not both_took_part():
            host.execute(
                "insert into operation_trackers (id, agent_id, operation_type, status, what_explanation) "
                "select 'op' || n, 'agent' || n %% 40, case n %% 25 when 0 then 'security_scan' else 'report_generate' "
                "end, 'completed', 'wrote report ' || n from generate_series(%s::int, %s::int) as n",
                (operations, operations + 49),
            )
            operations += 50
            if operations >= 1000:
                until(lambda: host.waiting() == 0, what="the end of the work")
        for worker in workers:
            worker.signal(signal.SIGTERM)
        assert [worker.wait() for worker in workers] == [0, 0]
    outcomes = {
        row["state"]: row["n"] for row in host.rows("select state, count(*) as n from auto_post_outbox group by 1")
    }
    assert sum(outcomes.values()) == operations
    assert set(outcomes) == {"posted", "skipped"}
    assert host.value("select count(*) from audit_log") == operations
    assert host.value("select count(distinct tracker_id) from audit_log") == operations
    assert host.value("select count(*) from social_posts") == outcomes["posted"]
    assert host.rows(VIOLATIONS) == []
    assert host.value("select count(*) from social_posts where post_type = 'alert'") == operations / 25


def test_killed_worker_loses_and_doubles_nothing(host: Host, database: str, processes: Crew) -> None:
    """SIGKILL in the middle of a generation: another worker rescues the rows at once, and no attempt counts."""
    for number in range(3):
        host.complete(f"op{number}", agent=host.agent(f"agent{number}"))
    with LlmServer() as llm:
        llm.will(hangs())
        with worker_process(
            database,
            processes,
            OPENAI_API_KEY="test",
            OPENAI_BASE_URL=llm.base_url,
            SOCIAL_POST_LLM_TIMEOUT_SECONDS="5",
        ) as victim:
            llm.wait_for_requests(3)
            victim.signal(signal.SIGKILL)
            victim.wait()
    assert {row["state"] for row in host.outbox()} == {"claimed"}
    with worker_process(database, processes, **FAST):
        until(lambda: host.waiting() == 0, what="the rescue")
    assert [(row["state"], row["attempts"]) for row in host.outbox()] == [("posted", 1)] * 3
    assert len(host.posts()) == len(host.audit()) == 3


def test_sigterm_drains_and_exits_0(host: Host, database: str) -> None:
    """What is under way is finished, nothing more is claimed, and the worker signs off."""
    host.complete(agent=host.agent())
    with LlmServer() as llm:
        llm.will(hangs())
        with worker_process(
            database, OPENAI_API_KEY="test", OPENAI_BASE_URL=llm.base_url, SOCIAL_POST_LLM_TIMEOUT_SECONDS="1"
        ) as worker:
            llm.wait_for_requests(1)
            worker.signal(signal.SIGTERM)
            assert worker.wait() == 0
            assert "worker.stopped" in worker.log
    assert [row["state"] for row in host.outbox()] == ["posted"]
    assert host.rows("select name from auto_post_workers") == []


def test_second_sigterm_gives_back_at_once(host: Host, database: str, processes: Crew) -> None:
    """The row is pending again, and the attempt does not count."""
    host.complete(agent=host.agent())
    with LlmServer() as llm:
        llm.will(hangs())
        with worker_process(
            database,
            processes,
            OPENAI_API_KEY="test",
            OPENAI_BASE_URL=llm.base_url,
            **LONG,
        ) as worker:
            llm.wait_for_requests(1)
            worker.signal(signal.SIGTERM)
            until(lambda: "worker.draining" in worker.log)
            worker.signal(signal.SIGTERM)
            assert worker.wait(50) == 0
    assert [(row["state"], row["attempts"]) for row in host.outbox()] == [("pending", 0)]


def test_drain_ends_after_its_time(host: Host, database: str, processes: Crew) -> None:
    """SOCIAL_POST_SHUTDOWN_SECONDS is the most that SIGTERM waits."""
    host.complete(agent=host.agent())
    with LlmServer() as llm:
        llm.will(hangs())
        with worker_process(
            database,
            processes,
            OPENAI_API_KEY="test",
            OPENAI_BASE_URL=llm.base_url,
            **LONG,
            SOCIAL_POST_SHUTDOWN_SECONDS="0.5",
        ) as worker:
            llm.wait_for_requests(1)
            worker.signal(signal.SIGTERM)
            assert worker.wait(50) == 0
    assert [row["state"] for row in host.outbox()] == ["pending"]


def test_log_has_one_line_for_each_attempt_and_no_text(host: Host, database: str, processes: Crew) -> None:
    """Nothing of an operation, a post or a prompt is in the log."""
    host.complete("op1", agent=host.agent(), what="Fed the zebra at bob" + "@example.com")
    host.complete("op2", what="Fed the zebra again")
    with worker_process(database, processes, **FAST) as worker:
        until(lambda: host.waiting() == 0)
        worker.signal(signal.SIGTERM)
        worker.wait()
        log = worker.log
    assert log.count('"event": "attempt.finished"') == 2
    assert '"outcome": "posted"' in log
    assert '"reason": "rate_limited"' in log
    assert "zebra" not in log
    assert "example.com" not in log
