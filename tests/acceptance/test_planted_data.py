"""Planted data of every type in every field, through a real worker process: it comes out nowhere.

Looked through are what the LLM's server was sent, every table but the platform's own, the log at its most talkative,
and the pages that monitoring reads.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.crew import Crew
from tests.support.host import Host, until
from tests.support.llm_server import Exchange, LlmServer, Reply, answers, hangs_up, sends
from tests.support.planted import OWN_PATTERN, PEOPLE, Plant, everything_but, found_in, plant, plants
from tests.support.thoroughness import THOROUGH
from tests.support.work import WorkerProcess, worker_process

PLANTS = plants()
PLATFORMS_OWN = frozenset({"operation_trackers", "agents"})
TALKATIVE = {
    "SOCIAL_POST_LOG_LEVEL": "debug",
    "SOCIAL_POST_HTTP_PORT": "0",
    "SOCIAL_POST_POLL_SECONDS": "0.2",
    "SOCIAL_POST_WORKER_NAME": "worker",
}
TEMPLATES = {"SOCIAL_POST_LLM_ENABLED": "false"}
# Rows go as soon as they are finished, and a look for them comes often.
FORGETFUL = {"SOCIAL_POST_RETENTION_DAYS": "0", "SOCIAL_POST_MAINTENANCE_SECONDS": "0.2"}

# A worker in which something fails, and says what it was given, as careless code does.
CARELESS = """
import sys
from autopost.cli import app
def explode(*given, **_):
    raise ValueError(repr(given))
{careless} = explode
sys.argv = ["autopost", "run"]
app.main()
"""
CARELESS_REDACTION = "from autopost.redaction.engine import Engine; Engine.findings"
CARELESS_WRITING = "from autopost.writing import writer; writer.redact_fields"


@pytest.fixture
def lists(tmp_path: Path) -> dict[str, str]:
    """Return the settings that name a list of people and a pattern."""
    (tmp_path / "names.txt").write_text("\n".join(PEOPLE), "utf-8")
    (tmp_path / "own.toml").write_text(OWN_PATTERN, "utf-8")
    return {
        "SOCIAL_POST_REDACT_NAMES_FILE": str(tmp_path / "names.txt"),
        "SOCIAL_POST_REDACT_PATTERNS_FILE": str(tmp_path / "own.toml"),
    }


def pages(worker: WorkerProcess) -> str:
    """Return all that the worker says over HTTP."""
    address = until(lambda: re.search(r'"address": "(http://127\.0\.0\.1:\d+)"', worker.log))
    assert address is not None
    texts = []
    for path in ("/metrics", "/readyz", "/healthz"):
        with urllib.request.urlopen(address[1] + path, timeout=60) as answer:
            texts.append(answer.read().decode())
    return "\n".join(texts)


def finished(host: Host, count: int = len(PLANTS)) -> None:
    """Wait until every operation has its outcome."""
    until(lambda: host.value("select count(*) from audit_log") == count, what="the end of the work")


def forgotten(host: Host) -> str:
    """Wait until retention has been through the outbox; return what autopost left in the database."""
    until(lambda: host.outbox() == [], what="the end of retention")
    return everything_but(host, PLATFORMS_OWN.__contains__)


def test_planted_data_is_seen_by_the_tests_eyes(host: Host) -> None:
    """Where it does stand, in the platform's own tables, all of it is found: in columns of text and of JSON."""
    plant(host, PLANTS)
    raw = everything_but(host, lambda name: name not in PLATFORMS_OWN)
    assert found_in(raw, PLANTS).keys() == {one.kind for one in PLANTS}
    everywhere = "\n".join(f"{one.texts}" for one in PLANTS)
    assert all(any(needle in everywhere for needle in one.needles) for one in PLANTS)
    assert len(PLANTS) > 40


def test_template_path_lets_nothing_planted_out(
    host: Host, database: str, processes: Crew, lists: dict[str, str]
) -> None:
    """Posts, audit rows, what retention leaves, log and monitoring."""
    plant(host, PLANTS)
    with worker_process(database, processes, **TEMPLATES, **TALKATIVE, **FORGETFUL, **lists) as worker:
        finished(host)
        left = forgotten(host)
        assert found_in(pages(worker), PLANTS) == {}
        assert found_in(worker.log, PLANTS) == {}
    assert found_in(left, PLANTS) == {}
    posts = host.posts()
    assert len(posts) == len(PLANTS)
    types = {kind for row in host.audit() for kind in row["details"]["redactions"]}
    assert {"EMAIL_ADDRESS", "CREDIT_CARD", "PASSWORD", "PERSON", "STAFF_BADGE"} <= types


def test_llm_path_lets_nothing_planted_out(host: Host, database: str, processes: Crew, lists: dict[str, str]) -> None:
    """Nor into the request; and what the model says of planted data is not posted."""
    plant(host, PLANTS)
    told = iter([one.texts["answer"] for one in PLANTS])  # the server's threads share it
    with LlmServer() as llm:
        llm.will(answers(lambda _: f"All done here: {next(told)}"))
        with worker_process(database, processes, **with_llm(llm), **TALKATIVE, **FORGETFUL, **lists) as worker:
            finished(host)
            left = forgotten(host)
            assert found_in(pages(worker), PLANTS) == {}
            assert found_in(worker.log, PLANTS) == {}
        sent = "\n".join(json.dumps([request.headers, request.body], ensure_ascii=False) for request in llm.requests)
    assert len(llm.requests) == len(PLANTS)
    assert found_in(sent, PLANTS) == {}
    assert found_in(left, PLANTS) == {}
    # A value with characters of no post is rejected for them, before the redactor sees it.
    reasons = {row["details"]["fallback"] for row in host.audit()}
    assert "private_data" in reasons
    assert reasons <= {"private_data", "bad_response"}
    assert len(host.posts()) == len(PLANTS)


def test_status_that_is_text_is_not_shown(host: Host, database: str, processes: Crew, lists: dict[str, str]) -> None:
    """An approval is significant whatever its status says."""
    for number, one in enumerate(PLANTS):
        agent = host.agent(f"agent{number}")
        host.start(f"op{number}", "approval_requested", agent=agent, status=one.texts["status"])
    with worker_process(database, processes, **TEMPLATES, **TALKATIVE, **lists) as worker:
        finished(host)
        assert found_in(pages(worker), PLANTS) == {}
        assert found_in(worker.log, PLANTS) == {}
    assert found_in(str(host.posts()) + str(host.audit()), PLANTS) == {}
    assert len(host.posts()) == len(PLANTS)


def spills(code: int) -> Reply:
    """Answer with an error that repeats the request, and planted data."""

    def reply(exchange: Exchange) -> None:
        said = [one.texts["answer"] for one in PLANTS]
        body = {"error": {"message": str(said), "type": said[0], "code": said[1]}, "request": exchange.request.body}
        exchange.send(code, json.dumps(body).encode(), {"x-request-id": PEOPLE[0]})

    return reply


FAILURES: dict[str, Reply] = {
    "server error": spills(500),
    "bad request": spills(400),
    "no completion": spills(200),
    "no JSON": sends(json.dumps([one.texts["answer"] for one in PLANTS]).encode()[:-9]),
    "no answer": hangs_up(),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_llm_that_fails_lets_nothing_planted_out(
    host: Host, database: str, processes: Crew, lists: dict[str, str], failure: str
) -> None:
    """Whatever it says of it; every day of a share of the plants, each of which meets one failure."""
    planted = PLANTS if THOROUGH else PLANTS[list(FAILURES).index(failure) :: len(FAILURES)]
    plant(host, planted)
    with LlmServer() as llm:
        llm.will(FAILURES[failure])
        slow = {"SOCIAL_POST_LLM_TIMEOUT_SECONDS": "0.5"}
        with worker_process(database, processes, **with_llm(llm), **TALKATIVE, **FORGETFUL, **lists, **slow) as worker:
            finished(host, len(planted))
            left = forgotten(host)
            assert found_in(pages(worker), PLANTS) == {}
            assert found_in(worker.log, PLANTS) == {}
    assert found_in(left, PLANTS) == {}
    assert len(host.posts()) == len(planted)


@pytest.mark.parametrize("careless", [CARELESS_REDACTION, CARELESS_WRITING], ids=["redaction", "writing"])
def test_failure_that_tells_all_it_was_given_is_not_heard(
    host: Host, database: str, lists: dict[str, str], careless: str
) -> None:
    """Every row is a dead letter without a word of the operation, and nothing is posted."""
    plant(host, PLANTS)
    once = {"SOCIAL_POST_MAX_ATTEMPTS": "1"}
    with careless_worker(careless, database, **TEMPLATES, **TALKATIVE, **lists, **once) as worker:
        finished(host)
        assert found_in(pages(worker), PLANTS) == {}
        assert found_in(worker.log, PLANTS) == {}
    rows = host.outbox()
    assert {row["state"] for row in rows} == {"dead"}
    assert {row["last_error"] for row in rows} <= {"redaction_failed", "writing_failed ValueError"}
    assert found_in(str([row["last_error"] for row in rows] + host.audit()), PLANTS) == {}
    assert host.posts() == []


def quoting_feed(host: Host, sqlstate: str) -> None:
    """Let a trigger of the platform's refuse every post, and quote what operations and posts say."""
    host.execute(
        "create function quote() returns trigger language plpgsql as $$ begin "
        "raise exception using message = (select string_agg(t::text, ' ') from operation_trackers as t), "
        f"detail = new.content, errcode = '{sqlstate}'; end $$"
    )
    host.execute("create trigger quote before insert on social_posts for each row execute function quote()")


def test_feed_that_tells_all_it_was_given_is_not_heard(
    host: Host, database: str, processes: Crew, lists: dict[str, str]
) -> None:
    """Each row is a dead letter with the kind of the error and no word of its message."""
    quoting_feed(host, "P0001")
    plant(host, PLANTS)
    once = {"SOCIAL_POST_MAX_ATTEMPTS": "1"}
    with worker_process(database, processes, **TEMPLATES, **TALKATIVE, **lists, **once) as worker:
        finished(host)
        assert found_in(pages(worker), PLANTS) == {}
        assert found_in(worker.log, PLANTS) == {}
    rows = host.outbox()
    assert {(row["state"], row["last_error"]) for row in rows} == {("dead", "RaiseError P0001")}
    assert found_in(str(host.audit()), PLANTS) == {}
    assert host.posts() == []


def test_feed_that_fails_for_a_while_and_tells_all_is_not_heard(
    host: Host, database: str, processes: Crew, lists: dict[str, str]
) -> None:
    """What is tried again, given back and posted later says no more than that."""
    quoting_feed(host, "40001")
    plant(host, PLANTS)
    hasty = {"SOCIAL_POST_LEASE_SECONDS": "1", "SOCIAL_POST_LLM_TIMEOUT_SECONDS": "0.5"}
    with worker_process(database, processes, **TEMPLATES, **TALKATIVE, **lists, **hasty) as worker:
        until(lambda: "SerializationError" in worker.log)
        assert "publish.retry" in worker.log
        until(lambda: any(row["last_error"] for row in host.outbox()), what="a row that was given back")
        errors = [row["last_error"] for row in host.outbox() if row["last_error"]]
        assert set(errors) == {"SerializationError 40001"}
        host.execute("drop trigger quote on social_posts")
        host.execute("update auto_post_outbox set available_at = now() where state = 'pending'")
        finished(host)
        assert found_in(pages(worker), PLANTS) == {}
        assert found_in(worker.log, PLANTS) == {}
    assert found_in(str(host.audit() + host.posts()), PLANTS) == {}
    assert len(host.posts()) == len(PLANTS)


def with_llm(llm: LlmServer) -> dict[str, str]:
    """Return the settings of this server."""
    return {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": llm.base_url}


@contextmanager
def careless_worker(careless: str, dsn: str, **variables: str) -> Iterator[WorkerProcess]:
    """Run a worker in which one function fails and quotes its arguments."""
    before, _, name = careless.rpartition("; ")
    code = CARELESS.format(careless=name).replace("import sys\n", f"import sys\n{before}\n", 1)
    environment = {**os.environ, "DATABASE_URL": dsn, "SOCIAL_POST_LOG_FORMAT": "json", **variables}
    with tempfile.TemporaryDirectory(prefix="autopost-test-") as folder:
        log = Path(folder) / "worker.log"
        with log.open("wb") as stderr:
            process = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=stderr)
        try:
            yield WorkerProcess(process, log)
        finally:
            process.kill()
            process.wait()


def test_plants_are_of_every_kind() -> None:
    """No kind of the evaluation is left out."""
    assert len({one.kind for one in PLANTS}) == len(PLANTS)
    assert all(isinstance(one, Plant) and one.needles for one in PLANTS)
