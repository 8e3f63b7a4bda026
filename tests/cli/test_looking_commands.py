"""`status`, `dead` and `why`: what a person sees of the outbox and of one operation."""

from __future__ import annotations

import json
import re

import pytest

from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.support.command_line import autopost, terminal
from tests.support.host import Host, until
from tests.support.work import work_off

LOOKERS = (
    "from pg_stat_activity where application_name = 'autopost watch' and datname = current_database() "
    "and state = 'idle' and query ~ 'auto_post_workers|^-- Outcomes'"
)
HOSTILE = "[red]Eve[/red]\x1b[2J\x07"


def kill(host: Host, tracker_id: str, error: str = "boom") -> None:
    """Let an operation be dead."""
    host.execute(
        "update auto_post_outbox set state = 'dead', last_error = %s, attempts = 5, worker = null, finished_at = now() "
        "where tracker_id = %s",
        (error, tracker_id),
    )


async def test_status_counts_posts_and_their_writers_alike_after_a_purge(
    host: Host, settings: Settings, redactor: Redactor, database: str
) -> None:
    """Both of what the outbox holds; a post without an audit row has no known writer."""
    for name in ("ada", "bob", "eve"):
        host.complete(name, agent=host.agent(name))
    await work_off(host, settings, redactor)
    assert autopost("purge", "--agent", "ada", "--yes", dsn=database).returncode == 0
    found = json.loads(autopost("status", "--json", dsn=database).stdout)["last_hour"]
    assert (found["outcomes"], found["generators"]) == ({"posted": 2}, {"template": 2})
    host.execute("delete from audit_log where agent_id = 'bob'")
    found = json.loads(autopost("status", "--json", dsn=database).stdout)["last_hour"]
    assert (found["outcomes"], found["generators"]) == ({"posted": 2}, {"template": 1})


@pytest.mark.parametrize("columns", [40, 80])
def test_no_word_is_broken_on_a_narrow_terminal(host: Host, database: str, columns: int) -> None:
    """Of what `check` and `feed` show; the terminal itself has nothing left to break."""
    host.agent(name="Ada the first of her name")
    host.complete(what="word " * 20)
    host.execute("select auto_post_skip('op', 'not for the feed of these days')")
    for command in ("check", "feed"):
        with terminal(command, dsn=database, columns=columns, NO_COLOR="1") as screen:
            screen.end()
        lines = re.sub(r"\x1b\[[0-9;?]*\w", "", screen.shown).splitlines()
        assert len(lines) > 1
        too_long = [line for line in lines if len(line) > columns]
        assert [line for line in too_long if columns > 60 or "'" not in line] == [], "what is quoted stays in one piece"


def test_watched_status_in_a_small_terminal_says_what_has_no_room(host: Host, database: str) -> None:
    """The parts that matter most stay."""
    host.complete()
    with terminal("status", "--watch", dsn=database, columns=80, rows=6) as screen:
        screen.until("more line")
        shown = screen.until("enlarge the window")
        assert "switches" in shown
        assert "waiting" in shown


async def test_status_tells_outcomes_reasons_and_writers(
    host: Host, settings: Settings, redactor: Redactor, database: str
) -> None:
    """Of the last hour and of all, for people and for machines."""
    host.agent()
    host.complete("posted")
    host.complete("limited")
    await work_off(host, settings, redactor)
    host.execute("update auto_post_outbox set finished_at = now() - interval '2 hours' where tracker_id = 'limited'")
    host.complete("dead")
    kill(host, "dead")
    host.complete("waiting")
    shown = autopost("status", dsn=database).stdout
    assert "last hour  posted 1, skipped 0, dead 1" in shown
    assert "in all     posted 1, skipped 1, dead 1" in shown
    assert "skipped: rate_limited 1" in shown
    assert "0.2 posts a minute in the last 5" in shown
    assert "written by template 100 %" in shown
    assert "dead       1: boom 1" in shown
    assert "waiting    1, the oldest for" in shown
    found = json.loads(autopost("status", "--json", dsn=database).stdout)
    assert found["last_hour"]["generators"] == {"template": 1}
    assert found["last_hour"]["outcomes"] == {"posted": 1, "dead": 1}
    assert (found["reasons"], found["errors"]) == ({"rate_limited": 1}, {"boom": 1})
    assert sum(found["last_hour"]["posts_by_minute"]) == 1


async def test_names_of_fields_for_machines_stay(
    host: Host, settings: Settings, redactor: Redactor, database: str
) -> None:
    """Of `feed --json` and of `status --json`: scripts rely on them."""
    host.complete(agent=host.agent())
    await work_off(host, settings, redactor)
    (outcome,) = autopost("feed", "--json", dsn=database).stdout.splitlines()
    names = "id occurred_at outcome agent maturity operation_type status tracker_id why generator post_type content"
    assert list(json.loads(outcome)) == [*names.split(), "title", "digest"]
    assert (json.loads(outcome)["agent"], json.loads(outcome)["post_type"]) == ("Ada", "status")
    assert autopost("feed", "--json", "--agent", "ada", dsn=database).stdout.splitlines() == [outcome]
    assert "no operation of agent bob has an outcome" in autopost("feed", "--agent", "bob", dsn=database).stderr
    found = json.loads(autopost("status", "--json", dsn=database).stdout)
    names = (
        "states parked retrying oldest_seconds reasons errors is_partial last_hour llm_budget pauses workers "
        "capture_enabled trigger_enabled paused wakeup problems"
    )
    assert list(found) == names.split()
    assert found["states"] == {"pending": 0, "claimed": 0, "posted": 1, "skipped": 0, "dead": 0}
    assert list(found["last_hour"]) == ["outcomes", "reasons", "generators", "fallbacks", "posts_by_minute"]


def test_status_tells_pauses_and_workers(host: Host, database: str) -> None:
    """Who paused what, and who is gone."""
    host.complete()
    host.execute("select auto_post_pause()")
    host.execute("select auto_post_pause('agent', 'ada')")
    host.execute(
        "insert into auto_post_workers values ('left', '1', now() - interval '1 hour', now(), 3), "
        "('right', '1', now() - interval '1 hour', now() - interval '10 minutes', 0)"
    )
    shown = autopost("status", dsn=database).stdout
    assert "claiming paused: autopost resume --all" in shown
    assert "agent ada is paused by" in shown
    assert "1, 1 parked by a pause" in shown
    assert "1 alive, 1 gone" in shown
    assert "3 in flight, runs for 60 min" in shown


def test_watched_status_shows_what_comes_and_ends_by_ctrl_c(host: Host, database: str) -> None:
    """Again every two seconds, in the same place, and the terminal is left as it was."""
    with terminal("status", "--watch", dsn=database) as screen:
        screen.until("Ctrl-C ends this.")
        host.complete()
        screen.until(", the oldest for")
        screen.interrupt()
        assert screen.end() == 130
        assert "Traceback" not in screen.shown
        assert screen.shown.rstrip().endswith("\x1b[?25h"), "the cursor is back"


@pytest.mark.parametrize("command", [("status", "--watch"), ("feed", "--follow")], ids=" ".join)
def test_who_looks_on_is_spared_a_lost_connection(host: Host, database: str, command: tuple[str, ...]) -> None:
    """As after a fail-over: it says so, connects again and goes on."""
    with terminal(*command, dsn=database) as screen:
        until(lambda: host.value(f"select count(pg_terminate_backend(pid)) {LOOKERS}"))
        screen.until("the connection was lost; trying again")
        screen.until("the database answers again")
        until(lambda: host.value(f"select count(*) {LOOKERS}"))
        screen.interrupt()
        assert screen.end() == 130


def test_status_is_in_colour_on_a_terminal_alone(database: str) -> None:
    """And not where NO_COLOR is set."""
    with terminal("status", dsn=database) as screen:
        assert screen.end() == 0
        assert "\x1b[32mon" in screen.shown
    with terminal("status", dsn=database, NO_COLOR="1") as screen:
        assert screen.end() == 0
        assert "\x1b[3" not in screen.shown
    assert "\x1b" not in autopost("status", dsn=database).stdout


def test_dead_letters_are_listed_the_latest_first(host: Host, database: str) -> None:
    """With error, attempts and age; as many as asked for."""
    for name in ("first", "second"):
        host.complete(name)
        kill(host, name, f"error of the {name}")
    shown = autopost("dead", dsn=database)
    assert shown.stdout.index("second") < shown.stdout.index("first")
    assert "error of the second         5" in shown.stdout
    (row,) = autopost("dead", "-n", "1", "--json", dsn=database).stdout.splitlines()
    assert (json.loads(row)["tracker_id"], json.loads(row)["attempts"]) == ("second", 5)


def test_nothing_dead_is_said_beside_the_data(database: str) -> None:
    """A script gets no line."""
    result = autopost("dead", dsn=database)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "nothing is dead\n")


async def test_story_of_a_post_tells_rule_times_text_and_what_was_taken_out(
    host: Host, settings: Settings, redactor: Redactor, database: str
) -> None:
    """By the operation's id or by its outbox row's."""
    host.agent()
    host.complete(what="Wrote to bob" + "@" + "example.com")
    await work_off(host, settings, redactor)
    for given in ("op", str(host.outbox()[0]["id"])):
        shown = autopost("why", given, dsn=database).stdout
        assert shown.startswith("op  workflow_execute completed  of Ada  autonomous\n")
        assert "rule 1: workflow_execute completed, A workflow is done" in shown
        assert "Posted as a status." in shown
        assert "  Just finished workflow_execute! Wrote to <EMAIL_ADDRESS> #automation" in shown
        assert "written by template; redacted: EMAIL_ADDRESS 1" in shown
    story = json.loads(autopost("why", "op", "--json", dsn=database).stdout)
    assert [step["step"] for step in story["steps"]] == ["captured", "claimed", "posted", "in the feed"]
    assert story["audit"][0]["details"]["attempts"] == 1


async def test_story_of_a_skip_tells_why_in_plain_words(
    host: Host, settings: Settings, redactor: Redactor, database: str
) -> None:
    """Not only the word of the audit log."""
    host.complete(agent=host.agent("kid", maturity="STUDENT"))
    await work_off(host, settings, redactor)
    said = "Not posted (maturity_blocked): the agent's maturity does not allow posts: STUDENT, not set, or not known."
    assert said in autopost("why", "op", dsn=database).stdout


def test_story_of_the_dead_and_the_waiting(host: Host, database: str) -> None:
    """What can be done about the first, and what the others wait for."""
    for name in ("dead", "waiting", "parked"):
        host.complete(name)
    kill(host, "dead", "worker_crashed")
    host.execute("update auto_post_outbox set available_at = 'infinity' where tracker_id = 'parked'")
    assert "Dead after 5 attempts: every worker that took it ended" in autopost("why", "dead", dsn=database).stdout
    assert "Waits for a worker." in autopost("why", "waiting", dsn=database).stdout
    assert "Waits for the end of the pause" in autopost("why", "parked", dsn=database).stdout


@pytest.mark.parametrize(
    ("operation_type", "status", "before", "said"),
    [
        ("nap", "completed", "", "no rule names its type, nap"),
        ("workflow_execute", "running", "", "rule 1 would post it when it is completed, rule 2 would post it when"),
        ("workflow_execute", "completed", "select auto_post_switch_rule(1, false)", "rule 1, which it meets, is"),
        ("workflow_execute", "completed", "select auto_post_capture_off()", "capturing is switched off"),
        ("workflow_execute", "completed", "set session_replication_role = replica", "the trigger missed"),
    ],
)
def test_story_of_what_is_not_in_the_outbox_says_why(
    host: Host, database: str, operation_type: str, status: str, before: str, said: str
) -> None:
    """Each reason by name, with what to do."""
    if before:
        host.execute(before)
    host.start(operation_type=operation_type, status=status)
    result = autopost("why", "op", dsn=database)
    assert result.returncode == 0
    assert said in result.stdout


def test_unknown_operation_is_told(database: str) -> None:
    """And what may have become of it."""
    assert "operation_trackers has no such operation" in autopost("why", "nobody", dsn=database).stdout


def test_hostile_texts_of_rows_are_shown_as_text(host: Host, database: str) -> None:
    """No markup is read and no control character reaches the terminal, in whichever screen."""
    host.agent(HOSTILE, name=HOSTILE)
    host.complete(HOSTILE, agent=HOSTILE)
    kill(host, HOSTILE, HOSTILE)
    host.execute("insert into auto_post_pauses (kind, value) values ('agent', %s)", (HOSTILE,))
    host.execute("insert into auto_post_rules (operation_type, description) values (%s, %s)", (HOSTILE, HOSTILE))
    host.execute("insert into auto_post_workers values (%s, %s, now(), now(), 0)", (HOSTILE, HOSTILE))
    for arguments in (["status"], ["dead"], ["why", HOSTILE], ["rules"], ["why", f"{HOSTILE} no such"]):
        result = autopost(*arguments, dsn=database)
        assert result.returncode == 0, result.stderr
        assert "[red]Eve[/red]" in result.stdout
        assert "\x1b" not in result.stdout + result.stderr
        assert "\x07" not in result.stdout + result.stderr
