"""`autopost webhooks`: what it shows, tries and does, and that it shows no secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import autopost
from tests.support.host import Host
from tests.support.webhooks.receiver import Answer, Receiver

LETTER = (
    "insert into auto_post_webhook_dead_letters (hook, position, post_id, message, error) "
    "values (%s, %s, 'p', '{}', 'HTTP 400')"
)


@pytest.fixture
def variables(tmp_path: Path, receiver: Receiver) -> dict[str, str]:
    """Return the variables of an installation with one hook."""
    path = tmp_path / "hooks.toml"
    path.write_text(
        f'[alerts]\nkind = "slack"\nurl = "{receiver.url}"\npost_types = ["alert"]\nsummary = "08:00 UTC"\n'
    )
    return {"SOCIAL_POST_WEBHOOKS_FILE": str(path), "SOCIAL_POST_WEBHOOK_NETWORKS": "127.0.0.1"}


def test_without_hooks_it_says_so(database: str) -> None:
    """And which setting names them."""
    shown = autopost("webhooks", dsn=database)
    assert (shown.returncode, shown.stdout) == (0, "")
    assert shown.stderr == "there are no webhooks: SOCIAL_POST_WEBHOOKS_FILE names no file\n"


def test_list(host: Host, database: str, receiver: Receiver, variables: dict[str, str]) -> None:
    """Those of the file and those of the database alone, with what is wrong; addresses without their paths."""
    shown = autopost("webhooks", dsn=database, **variables)
    assert "not started yet" in shown.stdout
    host.execute(
        "insert into auto_post_consumers (name, failing_since, last_error) "
        "values ('webhook:alerts', now() - interval '5 minutes', 'HTTP 503'), ('webhook:old', null, null)"
    )
    shown = autopost("webhooks", dsn=database, **variables)
    assert "fails for 5 min: HTTP 503" in shown.stdout
    host.execute(
        "update auto_post_consumers set last_error = 'paused: it refuses every post: HTTP 404 no_service' "
        "where name = 'webhook:alerts'"
    )
    host.execute(
        "insert into auto_post_events (post_id, post_type, content, created_at) "
        "values ('p', 'alert', 'x', now() - interval '4 minutes')"
    )
    host.execute("select auto_post_sequence_events()")
    host.execute(LETTER, ("alerts", 7))
    host.execute(
        "insert into auto_post_webhook_summaries (hook, due_at, state, held_until, error) "
        "values ('alerts', '2026-03-01 07:00Z', 'failed', now(), 'HTTP 410')"
    )
    shown = autopost("webhooks", dsn=database, **variables)
    alerts = next(line for line in shown.stdout.splitlines() if line.startswith("alerts"))
    failed = "the summary of 2026-03-01 07:00 UTC was refused: HTTP"
    paused = "paused for 5 min: it refuses every post: HTTP 404 no_service"
    parts = (f"http://127.0.0.1:{receiver.port} ", "alert; summary 08:00 UTC ", paused, "1 post to look at", failed)
    for part in parts:
        assert part in alerts
    assert alerts.rstrip().endswith(" 1 (HTTP 400)")
    assert "not in the file" in shown.stdout
    assert "if no worker has it any more, autopost webhooks forget old" in shown.stderr
    assert "services" not in shown.stdout + shown.stderr
    rows = [json.loads(line) for line in autopost("webhooks", "--json", dsn=database, **variables).stdout.splitlines()]
    assert [(row["webhook"], row["kind"], row["dead"], row["is_paused"]) for row in rows] == [
        ("alerts", "slack", 1, True),
        ("old", None, 0, False),
    ]
    assert rows[0]["last_error"] == "paused: it refuses every post: HTTP 404 no_service"


def test_test(receiver: Receiver, variables: dict[str, str]) -> None:
    """It is sent from here, without a database, and says what came of it."""
    shown = autopost("webhooks", "test", "alerts", **variables)
    assert (shown.returncode, shown.stdout) == (0, f"http://127.0.0.1:{receiver.port} accepted it.\n")
    assert receiver.contents == ["autopost: This is a test of the webhook alerts. Nothing happened."]
    receiver.will(Answer(404, body=b"no_service"))
    shown = autopost("webhooks", "test", "alerts", **variables)
    assert (shown.returncode, shown.stdout) == (1, "")
    said = (
        f"http://127.0.0.1:{receiver.port} did not accept it: HTTP 404 no_service; a post would be tried for 24 hours"
    )
    assert shown.stderr == f"autopost: {said}\n"
    receiver.will(Answer(429, {"Retry-After": "120"}))
    assert "HTTP 429, and asks to wait 120 seconds" in autopost("webhooks", "test", "alerts", **variables).stderr
    receiver.will(400)
    assert "a post would be dead-lettered" in autopost("webhooks", "test", "alerts", **variables).stderr


def test_hook_that_is_not_there(variables: dict[str, str]) -> None:
    """Those that are there are named."""
    shown = autopost("webhooks", "test", "alarms", **variables)
    assert shown.returncode == 2
    assert "there is no webhook 'alarms'" in shown.stderr
    assert "alerts" in shown.stderr


def test_retry_and_forget(host: Host, database: str, variables: dict[str, str]) -> None:
    """What they did is said; what cannot be done is refused."""
    for position in (1, 2):
        host.execute(LETTER, ("alerts", position))
    shown = autopost("webhooks", "retry", "alerts", dsn=database, **variables)
    assert (shown.returncode, shown.stdout) == (0, "2 dead letters will be sent again.\n")
    assert host.value("select count(*) from auto_post_webhook_dead_letters where retry") == 2
    again = autopost("webhooks", "retry", "alerts", dsn=database, **variables)
    assert again.returncode == 1
    assert "a retry of the dead letters of alerts was already requested" in again.stderr
    unanswered = autopost("webhooks", "forget", "alerts", dsn=database, **variables)
    assert unanswered.returncode == 2
    assert "with 0 events and 2 dead letters?" in " ".join(unanswered.stderr.replace("│", " ").split())
    stranger = autopost("webhooks", "forget", "alarms", "--yes", dsn=database, **variables)
    assert (stranger.returncode, stranger.stderr) == (1, "autopost: the database knows no webhook alarms\n")
    forgotten = autopost("webhooks", "forget", "alerts", "--yes", dsn=database, **variables)
    assert (forgotten.returncode, forgotten.stdout) == (0, "alerts is forgotten, with 2 dead letters.\n")
    assert "a worker that has it begins it again" in forgotten.stderr
    assert host.value("select count(*) from auto_post_webhook_dead_letters") == 0


def test_config_names_what_is_wrong_with_the_file(tmp_path: Path) -> None:
    """As a worker would say it."""
    path = tmp_path / "hooks.toml"
    path.write_text("[x]\n")
    shown = autopost("config", "--changed", SOCIAL_POST_WEBHOOKS_FILE=str(path))
    assert shown.returncode == 2
    assert "[x] kind: missing; expected: slack, teams, discord" in shown.stderr
