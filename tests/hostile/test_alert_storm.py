"""One application role makes one agent fail thousands of times in a statement, while other agents work."""

from __future__ import annotations

import signal
import statistics
import threading
import time
from pathlib import Path

import pytest

from tests.support.crew import Crew
from tests.support.host import Host, until
from tests.support.roles import Platform, platform
from tests.support.webhooks.receiver import Receiver
from tests.support.work import worker_process

ALERTS = 5_000  # of each flood
BURST = 20
OTHERS = [f"agent{number}" for number in range(8)]
TURNS = 10  # messages of the flood that the others may have to wait for; all of it are twenty
FLOOD = (
    "insert into operation_trackers (id, tenant_id, agent_id, operation_type, status, what_explanation) "
    "select %s || n, 'tenant', 'spammer', 'workflow_execute', 'failed', 'The loop failed' "
    "from generate_series(1, %s) as n"
)
LATENCIES = (
    "select extract(epoch from finished_at - captured_at)::float8 as seconds from auto_post_outbox "
    "where tracker_id like %s and state = 'posted'"
)
DECIDED = "select count(*) from auto_post_outbox where finished_at is null and summary is null"
NOT_AUDITED_ONCE = (
    "select count(*) from (select o.id from auto_post_outbox as o "
    "left join audit_log as l on l.details ->> 'outbox_id' = o.id::text where o.finished_at is not null "
    "group by o.id having count(l.id) <> 1) as wrong"
)


def variables(folder: Path, receiver: Receiver) -> dict[str, str]:
    """Return those of a worker that sends alerts to Slack, and whose rows are soon rescued."""
    file = folder / "webhooks.toml"
    file.write_text(f'[alerts]\nkind = "slack"\nurl = "{receiver.url}"\npost_types = ["alert"]\n')
    return {
        "SOCIAL_POST_LLM_ENABLED": "false",
        "SOCIAL_POST_LEASE_SECONDS": "2",
        "SOCIAL_POST_LLM_TIMEOUT_SECONDS": "1",
        "SOCIAL_POST_POLL_SECONDS": "0.5",
        "SOCIAL_POST_WEBHOOK_NETWORKS": "127.0.0.1",
        "SOCIAL_POST_WEBHOOKS_FILE": str(file),
    }


def flood(installed: Platform, name: str, alerts: int = ALERTS) -> None:
    """Insert failed operations of one agent, as the application."""
    with installed.as_(installed.application) as application:
        application.execute(FLOOD, (name, alerts))


def work(host: Host, name: str) -> float:
    """Let each other agent fail once; return the median seconds to the feed."""
    for agent in OTHERS:
        host.complete(f"{name}-{agent}", agent=agent, status="failed", what=f"what {agent} did for {name}")
        time.sleep(0.1)
    until(lambda: len(host.rows(LATENCIES, (f"{name}-%",))) == len(OTHERS))
    seconds: list[float] = [row["seconds"] for row in host.rows(LATENCIES, (f"{name}-%",))]
    return statistics.median(seconds)


def places_of(receiver: Receiver, name: str) -> list[int]:
    """Return the places of the other agents' messages among all in the channel."""
    return [place for place, content in enumerate(receiver.contents) if f" did for {name}" in content]


@pytest.mark.heavy
def test_alert_storm_of_one_agent_leaves_the_others_alone(empty_database: str, processes: Crew, tmp_path: Path) -> None:
    """Twenty posts and one summary, though a worker is killed; feed and channel of the others stay quick."""
    with platform(empty_database) as installed, Receiver() as receiver:
        host = installed.host
        for agent in ("spammer", *OTHERS):
            host.agent(agent)
        dsn, own = installed.dsn_for(installed.worker), variables(tmp_path, receiver)
        with worker_process(dsn, processes, **own) as first, worker_process(dsn, processes, **own):
            until(lambda: host.value("select count(*) from auto_post_consumers where name = 'webhook:alerts'"))
            undisturbed = work(host, "before")
            until(lambda: len(places_of(receiver, "before")) == len(OTHERS))
            for floods in (1, 2, 3):  # a machine that stalls shows it in one of them, a flood that delays in each
                attack = threading.Thread(target=flood, args=(installed, f"flood{floods}-"))
                attack.start()
                until(lambda: host.value("select count(*) from social_posts where author_id = 'spammer'"))
                during = work(host, f"flood {floods}")
                attack.join()
                if during <= 2 * undisturbed + 1:
                    break
            assert during <= 2 * undisturbed + 1
            until(lambda: len(places_of(receiver, "flood 1")) == len(OTHERS))
            assert max(places_of(receiver, "flood 1")) < 2 * len(OTHERS) + TURNS, receiver.contents

            flood(installed, "again")
            first.signal(signal.SIGKILL)
            until(lambda: host.value(DECIDED) == 0)
            assert_outcomes(host, floods + 1, summaries=0)
            host.execute("update auto_post_alert_windows set ends_at = now()")
            host.execute("update auto_post_outbox set available_at = now() where summary is not null")
            until(lambda: host.waiting() == 0)
            assert_outcomes(host, floods + 1, summaries=1)


def assert_outcomes(host: Host, floods: int, *, summaries: int) -> None:
    """Check that the outcomes of the floods add up, and that each has one audit row."""
    rows = host.rows(
        "select coalesce(reason, state) as outcome, count(*) as operations from auto_post_outbox "
        "where agent_id = 'spammer' and summary is null group by outcome"
    )
    skipped = floods * ALERTS - BURST
    assert {row["outcome"]: row["operations"] for row in rows} == {"posted": BURST, "alert_storm": skipped}
    posts = host.rows("select post_metadata -> 'alert_storm' ->> 'count' as alerts from social_posts")
    assert [row["alerts"] for row in posts if row["alerts"]] == [str(skipped)] * summaries
    assert host.value(NOT_AUDITED_ONCE) == 0
