"""Hooks of real worker processes: from an agent's completion to the request, through every mishap on the way."""

from __future__ import annotations

import contextlib
import os
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from tests.support.crew import Crew
from tests.support.host import Host, until
from tests.support.webhooks.receiver import Answer, Receiver
from tests.support.work import WorkerProcess, process_of, worker_process

TEMPLATES = {"SOCIAL_POST_LLM_ENABLED": "false", "SOCIAL_POST_WEBHOOK_NETWORKS": "127.0.0.1"}
FAIL = "operation failed"


@pytest.fixture
def slack() -> Iterator[Receiver]:
    """Return a second receiver."""
    with Receiver() as running:
        yield running


@pytest.fixture
def hooks(tmp_path: Path, receiver: Receiver, slack: Receiver, secret: str) -> dict[str, str]:
    """Return a worker's variables: everything is sent signed, and alerts are sent as Slack takes them."""
    (tmp_path / "secret").write_text(secret)
    (tmp_path / "hooks.toml").write_text(
        f'[archive]\nkind = "webhook"\nurl = "{receiver.url}"\nsecret_file = "secret"\n'
        f'[alerts]\nkind = "slack"\nurl = "{slack.url}"\npost_types = ["alert"]\n'
    )
    return {**TEMPLATES, "SOCIAL_POST_WEBHOOKS_FILE": str(tmp_path / "hooks.toml")}


@contextlib.contextmanager
def often_looking(dsn: str, crew: Crew, variables: dict[str, str]) -> Iterator[WorkerProcess]:
    """Run a worker that looks each second for what others left, so that no test has to wait."""
    with process_of("run", {"DATABASE_URL": dsn, **variables}, crew, looks_often=True) as (process, log):
        yield WorkerProcess(process, log)


def started(host: Host) -> None:
    """Wait until a worker has begun both hooks."""
    until(lambda: host.value("select count(*) from auto_post_consumers where name like 'webhook:%'") == 2)


def in_order(receiver: Receiver, host: Host) -> list[str]:
    """Return the posts that it took, without repeats; see that each agent's came in the order of publishing."""
    first: dict[str, str] = {}
    for request in receiver.taken:
        data = request.body["data"]
        first.setdefault(data["id"], data["sender_id"])
    published = [row["post_id"] for row in host.rows("select post_id from auto_post_events order by seq")]
    for agent in set(first.values()):
        assert [i for i, a in first.items() if a == agent] == [i for i in published if first.get(i) == agent]
    return list(first)


def test_posts_go_where_they_are_wanted(
    host: Host, database: str, processes: Crew, hooks: dict[str, str], receiver: Receiver, slack: Receiver, secret: str
) -> None:
    """All of them signed to the one, alerts to the other; redacted, as on the feed."""
    host.agent()
    with worker_process(database, processes, **hooks) as worker:
        started(host)
        host.complete("done", what="mailed the report to ada@example.com")
        host.complete("broken", status="failed", what="could not reach the server")
        receiver.wait(2)
        slack.wait(1)
        worker.signal(signal.SIGTERM)
        assert worker.wait() == 0
    for request in receiver.taken:
        assert Webhook(secret).verify(request.raw, dict(request.headers)) == request.body
    assert [request.body["data"]["post_type"] for request in receiver.taken] == ["status", "alert"]
    assert [request.body["data"]["id"] for request in receiver.taken] == [row["id"] for row in host.posts()]
    assert "ada@example.com" not in "".join(receiver.contents)
    (alert,) = slack.contents
    assert alert.startswith("🚨 Ada: ")


def test_secrets_are_nowhere_to_be_seen(
    host: Host, database: str, processes: Crew, hooks: dict[str, str], receiver: Receiver, secret: str
) -> None:
    """In no log, neither in the database nor among what a worker shows, whatever the target says."""
    receiver.will(Answer(500, body=b"hidden"))
    host.agent()
    with worker_process(database, processes, **hooks, SOCIAL_POST_LOG_LEVEL="debug") as worker:
        started(host)
        host.complete()
        until(lambda: "webhook.retry" in worker.log, what="a word of the failure")
        until(lambda: host.value("select count(*) from auto_post_consumers where last_error is not null") == 1)
        noted = str(host.rows("select * from auto_post_consumers"))
        receiver.will(200)
        receiver.wait(1)
        until(lambda: "webhook.recovered" in worker.log, what="a word of its end")
        log = worker.log
    for hidden in ("/services/take", secret, secret.removeprefix("whsec_"), "hidden"):
        assert hidden not in log + noted
    assert "HTTP 500" in noted


def test_target_that_is_down_delays_no_post(
    host: Host, database: str, processes: Crew, hooks: dict[str, str], receiver: Receiver, slack: Receiver
) -> None:
    """Neither on the feed nor at another hook; it gets them when it is back, in order."""
    receiver.will(Answer(503))
    host.agent()
    with worker_process(database, processes, **hooks) as worker:
        started(host)
        for number in range(5):
            host.complete(f"op{number}", status="failed")
        until(lambda: len(host.posts()) == 5)
        slack.wait(3)  # one a second
        assert receiver.taken == []
        receiver.will(200)
        receiver.wait(5)
        worker.signal(signal.SIGTERM)
        worker.wait()
    assert len(in_order(receiver, host)) == 5


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_worker_that_ends_between_sending_and_noting_it(
    host: Host, database: str, processes: Crew, hooks: dict[str, str], receiver: Receiver, number: signal.Signals
) -> None:
    """The next one sends again what was perhaps delivered, and nothing is left out; once told to end, it ends soon."""
    receiver.will(Answer(200, after_seconds=5), 200)
    host.agent()
    with worker_process(database, processes, **hooks) as worker:
        started(host)
        for count in range(3):
            host.complete(f"op{count}", status="failed")
        until(lambda: len(host.posts()) == 3)
        until(lambda: host.value("select holder is not null from auto_post_consumers where name = 'webhook:archive'"))
        worker.signal(number)
        worker.wait(20)
    host.execute("update auto_post_consumers set held_until = now() where holder is not null")  # a minute later
    with worker_process(database, processes, **hooks) as worker:
        until(lambda: len(in_order(receiver, host)) == 3, what="all three")
        worker.signal(signal.SIGTERM)
        assert worker.wait() == 0
    repeats = len(receiver.taken) - 3
    assert 0 <= repeats <= 1


def test_three_workers_of_which_one_is_killed_and_one_frozen(
    host: Host, database: str, processes: Crew, hooks: dict[str, str], receiver: Receiver
) -> None:
    """Everything arrives, an agent's posts in order, and repeats only of what was on its way."""
    for agent in ("ada", "bob", "cleo"):
        host.agent(agent, name=agent.title())
    receiver.will(Answer(200, after_seconds=0.01))
    more = {**hooks, "SOCIAL_POST_LEASE_SECONDS": "2", "SOCIAL_POST_LLM_TIMEOUT_SECONDS": "1"}
    with (
        often_looking(database, processes, more) as one,
        often_looking(database, processes, more) as two,
        often_looking(database, processes, more) as three,
    ):
        started(host)
        for number in range(60):
            host.complete(f"op{number}", status="failed", agent=("ada", "bob", "cleo")[number % 3])
            if number == 20:
                killed = holder_of(host, one, two, three)
                killed.signal(signal.SIGKILL)
                killed.wait()  # so that it is not frozen too
            if number == 40:
                frozen = holder_of(host, one, two, three)
                frozen.signal(signal.SIGSTOP)
        until(lambda: len(host.posts()) == 60, what="the posts")
        host.execute("update auto_post_consumers set held_until = now() where holder is not null")
        until(lambda: len(in_order(receiver, host)) == 60, what="what was published")
        repeats = len(receiver.taken) - 60
        frozen.signal(signal.SIGCONT)
    assert len(in_order(receiver, host)) == 60
    assert repeats <= 40, "what two workers had under way"
    arrivals = Counter(request.body["data"]["id"] for request in receiver.taken)
    assert max(arrivals.values()) <= 3, "once, and once more for each worker that was stopped"


def holder_of(host: Host, *workers: WorkerProcess) -> WorkerProcess:
    """Return the worker that has the archive's turn, or any that runs."""
    running = [worker for worker in workers if worker.process.poll() is None]
    holder = host.value("select coalesce(holder, '') from auto_post_consumers where name = 'webhook:archive'")
    for worker in running:
        if f"-{worker.process.pid} " in holder:  # a worker's name ends so
            return worker
    return running[0]


def test_worker_says_what_is_wrong_with_its_hooks(database: str, processes: Crew, hooks: dict[str, str]) -> None:
    """And does not start."""
    Path(hooks["SOCIAL_POST_WEBHOOKS_FILE"]).write_text('[a]\nkind = "slak"\n')
    with worker_process(database, processes, **hooks) as worker:
        assert worker.wait() == 2
        assert "[a] kind: got slak; did you mean slack?" in worker.log


def test_worker_without_hooks_writes_no_log_of_announcements(host: Host, database: str, processes: Crew) -> None:
    """Nobody would read it."""
    host.agent()
    with worker_process(database, processes, **TEMPLATES):
        host.complete()
        until(lambda: len(host.posts()) == 1)
    assert host.value("select count(*) from auto_post_events") == 0
    assert os.environ.get("SOCIAL_POST_WEBHOOKS_FILE") is None


def test_summary_is_sent_by_one_of_two_workers(
    host: Host, database: str, processes: Crew, receiver: Receiver, secret: str, tmp_path: Path
) -> None:
    """Two real workers with one file; what was due a moment ago is sent once, signed, and no post besides."""
    host.agent()
    due = datetime.now(UTC)
    (tmp_path / "hooks.toml").write_text(
        f'[team]\nkind = "webhook"\nurl = "{receiver.url}"\nsecret = "{secret}"\nimportance = "none"\n'
        f'summary = "{due:%H:%M} UTC"\n'
    )
    host.execute(
        "insert into auto_post_webhook_summaries (hook, due_at, state, held_until) "
        "values ('team', now() - interval '25 hours', 'sent', now())"
    )
    variables = {**TEMPLATES, "SOCIAL_POST_WEBHOOKS_FILE": str(tmp_path / "hooks.toml")}
    with often_looking(database, processes, variables), often_looking(database, processes, variables):
        host.complete()
        until(lambda: host.value("select count(*) from auto_post_webhook_summaries where state = 'sent'") == 2)
        until(lambda: host.waiting() == 0)
    (request,) = receiver.taken
    sent = Webhook(secret).verify(request.raw, dict(request.headers))
    assert (sent["type"], sent["data"]["until"]) == ("agent_summary", f"{due:%Y-%m-%dT%H:%M}:00+00:00")
