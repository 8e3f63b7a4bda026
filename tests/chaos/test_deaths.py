"""A worker that is killed at each point of its work, or frozen past its lease, loses and doubles nothing."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from tests.support.chaos.checker import lost, violations
from tests.support.crew import Crew, crew
from tests.support.host import Host, until
from tests.support.llm_server import LlmServer, says, when
from tests.support.worker_dying_at import POINTS

LEASE = {"SOCIAL_POST_LEASE_SECONDS": "60", "SOCIAL_POST_LLM_TIMEOUT_SECONDS": "20", "SOCIAL_POST_POLL_SECONDS": "0.2"}
# A short lease would do it too, and would also run out for anyone who is well and has to wait for a processor.
RUN_OUT = "update auto_post_outbox set available_at = now() where state = 'claimed'"
REFUSE = """
create function refuse() returns trigger language plpgsql as
$$ begin raise exception 'no' using errcode = '22000'; end $$;
create trigger refuse before insert on social_posts for each row execute function refuse();
"""
# How often the LLM is asked for one post: where its answer was not kept, a second time.
ASKED = {"asking the LLM": 1, "answered by the LLM": 2, "keeping": 2, "kept": 1}


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """Return a crew without members."""
    with crew(tmp_path_factory.mktemp("deaths"), LEASE) as everyone:
        yield everyone


@pytest.mark.parametrize("point", [point for point in POINTS if point != "released"])
def test_worker_killed(host: Host, database: str, workers: Crew, point: str) -> None:
    """At this point: another worker rescues the row at once, which ends once, and a saved answer is paid for once."""
    host.complete(agent=host.agent())
    if point == "deferred":
        host.execute(REFUSE)
    with LlmServer() as llm:
        variables = {"DATABASE_URL": database, "SOCIAL_POST_LLM_ENABLED": str(point in ASKED)}
        if point in ASKED:
            variables |= {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": llm.base_url}
        victim = workers.start(variables, die_at=(point, 1))
        assert victim.wait() == -signal.SIGKILL
        host.execute("drop trigger if exists refuse on social_posts")
        if point == "deferred":
            host.execute("update auto_post_outbox set available_at = now()")
        rescuer = workers.start(variables)
        until(lambda: host.waiting() == 0, what="the rescue")
        until(lambda: rescuer.works)
        rescuer.stop()
        assert rescuer.wait() == 0
        assert len(llm.requests) == ASKED.get(point, 0)
    assert len(host.posts()) == len(host.audit()) == 1
    assert violations(host) == lost(host) == []
    if point not in ("commit sent", "published"):  # whose commit may have come to pass
        attempts = 2 if point == "deferred" else 1  # a crash does not count while any row can be its cause
        assert [(row["state"], row["attempts"]) for row in host.outbox()] == [("posted", attempts)]


def test_frozen_worker_does_no_harm_when_it_thaws(host: Host, database: str, workers: Crew) -> None:
    """It was stopped while the LLM wrote; another worker posted meanwhile; it says that its lease was lost."""
    host.complete(agent=host.agent())
    with LlmServer() as llm:
        thaws = threading.Event()
        llm.will(when(thaws.is_set, says("Sorted the inbox before the frost")), says("Sorted the inbox meanwhile"))
        variables = {"DATABASE_URL": database, "OPENAI_API_KEY": "test", "OPENAI_BASE_URL": llm.base_url}
        frozen = workers.start(variables)
        llm.wait_for_requests(1)
        frozen.signal(signal.SIGSTOP)
        host.execute(RUN_OUT)
        other = workers.start(variables)
        until(lambda: host.waiting() == 0, what="the rescue")
        before = host.posts(), host.audit(), host.outbox()
        thaws.set()
        frozen.signal(signal.SIGCONT)
        until(lambda: '"lease_lost"' in frozen.log, what="the line that says so")
        for member in (frozen, other):
            member.stop()
            assert member.wait() == 0
    assert (host.posts(), host.audit(), host.outbox()) == before
    assert [row["content"] for row in host.posts()] == ["Sorted the inbox meanwhile"]
    assert violations(host) == lost(host) == []


@pytest.mark.parametrize("hours", [-5, 5])
def test_clock_of_a_worker_counts_for_nothing(host: Host, database: str, workers: Crew, hours: int) -> None:
    """A worker whose clock is hours off neither takes what is held nor posts within the window."""
    host.agent()
    host.complete("first")
    host.complete("held", agent=host.agent("bob"))
    host.execute(
        "update auto_post_outbox set state = 'claimed', worker = 'other', epoch = 1, attempts = 1, claimed_at = now(), "
        "available_at = now() + interval '1 hour' where tracker_id = 'held'"
    )
    variables = {"DATABASE_URL": database, "SOCIAL_POST_LLM_ENABLED": "false"}
    member = workers.start(variables, clock_seconds=hours * 3600.0)
    until(lambda: host.waiting() == 1)
    host.complete("second")
    until(lambda: host.waiting() == 1)
    member.stop()
    assert member.wait() == 0
    states = {row["tracker_id"]: row["state"] for row in host.outbox()}
    assert states == {"first": "posted", "second": "skipped", "held": "claimed"}
    assert abs(host.value("select extract(epoch from max(now() - created_at)) from social_posts")) < 60
