"""`retry`, `skip`, `pause`, `resume` and `rules`: what a person decides, and who is told when it cannot be done."""

from __future__ import annotations

import json

import pytest

from tests.cli.test_looking_commands import kill
from tests.support.command_line import autopost, terminal
from tests.support.host import Host


def dead(host: Host, *names: str, error: str = "boom") -> None:
    """Let operations be dead."""
    for name in names:
        host.complete(name)
        kill(host, name, error)


def states(host: Host) -> dict[str, str]:
    """Return the state of each operation."""
    return {row["tracker_id"]: row["state"] for row in host.outbox()}


def test_dead_operation_is_retried_by_its_id_or_that_of_its_row(host: Host, database: str) -> None:
    """Several at once."""
    dead(host, "a", "b", "c")
    (row,) = (row for row in host.outbox() if row["tracker_id"] == "b")
    result = autopost("retry", "a", str(row["id"]), dsn=database)
    assert (result.returncode, result.stdout) == (0, "a is tried again.\nb is tried again.\n")
    assert states(host) == {"a": "pending", "b": "pending", "c": "dead"}


def test_refused_operation_does_not_keep_the_others_back(host: Host, database: str) -> None:
    """Exit code 1, and every refusal is told."""
    dead(host, "a")
    host.complete("b")
    result = autopost("retry", "b", "nobody", "a", dsn=database)
    assert (result.returncode, result.stdout) == (1, "a is tried again.\n")
    assert "operation b has no dead row: it is pending" in result.stderr
    assert "operation nobody has no dead row: it is not in the outbox" in result.stderr
    assert "Traceback" not in result.stderr


def test_all_dead_rows_are_retried_once_somebody_says_yes(host: Host, database: str) -> None:
    """On a terminal it asks."""
    dead(host, "a", "b")
    with terminal("retry", "--all", dsn=database) as screen:
        screen.until("Try 2 dead rows again? [y/N]")
        screen.type("n\n")
        assert screen.end() == 1
    assert states(host) == {"a": "dead", "b": "dead"}
    with terminal("retry", "--all", dsn=database) as screen:
        screen.until("[y/N]")
        screen.type("y\n")
        assert screen.end() == 0
        assert "2 rows are tried again." in screen.shown
    assert states(host) == {"a": "pending", "b": "pending"}


def test_retrying_all_needs_a_yes_where_nobody_can_answer(host: Host, database: str) -> None:
    """In a script it is an option; also for one error alone."""
    dead(host, "a")
    dead(host, "b", error="worker_crashed")
    result = autopost("retry", "--all", dsn=database)
    assert result.returncode == 2
    assert "Not a terminal: pass --yes to confirm" in " ".join(result.stderr.replace("│", " ").split())
    result = autopost("retry", "--all", "--error", "boom", "--yes", dsn=database)
    assert (result.returncode, result.stdout) == (0, "1 row is tried again.\n")
    assert states(host) == {"a": "pending", "b": "dead"}
    assert autopost("retry", "--all", "--error", "boom", "--yes", dsn=database).stderr == "nothing died of boom\n"


def test_skipped_operation_ends_with_the_reason_that_was_given(host: Host, database: str) -> None:
    """What waits and what is dead."""
    host.complete("a")
    dead(host, "b")
    result = autopost("skip", "a", "b", "--reason", "not for the feed", dsn=database)
    assert (result.returncode, result.stdout) == (0, "a is skipped.\nb is skipped.\n")
    assert {row["reason"] for row in host.outbox()} == {"not for the feed"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["retry"], "give ids of operations or --all, not both"),
        (["retry", "a", "--all"], "give ids of operations or --all, not both"),
        (["retry", "a", "--error", "boom"], "--error needs --all"),
        (["skip", "a"], "Missing option '--reason'"),
        (["skip", "a", "-r", "mail bob" + "@" + "example.com"], "expected: 1 to 60 letters, digits, spaces"),
        (["pause"], "give agents, --type, or --all"),
        (["pause", "ada", "--all"], "and not --all with others"),
        (["pause", ""], "are not empty"),
        (["resume"], "give agents, --type, or --all"),
        (["rules", "off", "one"], "got 'one'; expected: a whole number, 1 to 2147483647"),
        (["rules", "off", "99999999999"], "got '99999999999'; expected: a whole number"),
        (["rules", "add", " "], "OPERATION_TYPE: got ' '; expected: a type, or with --like a pattern"),
        (["rules", "add", "a%b"], "OPERATION_TYPE: got 'a%b'; expected: without %, or with --like"),
        (["rules", "add", "a", "--status", ""], "--status: got ''; expected: a status"),
        (["dead", "--limit", "many"], "'--limit' / '-n': got 'many'; expected: a whole number, 1 to 10000"),
        (["feed", "-n", "0"], "'--limit' / '-n': got '0'; expected: a whole number, 1 to 10000"),
        (["simulate", "--rate", "nan"], "'--rate': got 'nan'; expected: a number, 0.1 to 1000"),
        (["sql", "waitin"], "did you mean waiting?"),
    ],
)
def test_unclear_wish_is_a_usage_error(database: str, arguments: list[str], said: str) -> None:
    """Exit code 2, and what is allowed."""
    result = autopost(*arguments, dsn=database, COLUMNS="200")
    assert result.returncode == 2
    assert said in result.stderr


def test_pause_and_resume_of_agents_types_and_everything(host: Host, database: str) -> None:
    """Each by what it was begun with."""
    host.agent()
    assert autopost("pause", "ada", "--type", "report_generate", dsn=database).returncode == 0
    assert autopost("pause", "--all", dsn=database).stdout == "everything is paused.\n"
    pauses = {(row["kind"], row["value"]) for row in host.rows("select * from auto_post_pauses")}
    assert pauses == {("agent", "ada"), ("operation_type", "report_generate")}
    assert host.value("select paused from auto_post_control") is True
    result = autopost("resume", "ada", "-t", "report_generate", dsn=database)
    assert result.stdout == "agent ada is resumed.\noperation type report_generate is resumed.\n"
    assert autopost("resume", "--all", dsn=database).returncode == 0
    result = autopost("resume", "ada", dsn=database)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "agent ada is not paused\n"), "as pause twice"


def test_pause_of_a_type_that_no_rule_names_says_so(host: Host, database: str) -> None:
    """It was probably misspelt. Patterns count."""
    assert autopost("pause", "-t", "reprt", dsn=database).stderr == "no rule is about the operation type reprt\n"
    assert autopost("pause", "-t", "Security_scan", "-t", "report_generate", dsn=database).stderr == ""


def test_pause_of_a_name_says_which_id_was_probably_meant(host: Host, database: str) -> None:
    """It is done all the same: the agent may come yet."""
    host.agent("agent-7", name="Ada")
    result = autopost("pause", "ada", dsn=database)
    assert (result.returncode, result.stdout) == (0, "agent ada is paused.\n")
    assert result.stderr == "no agent has the id ada; ada is the name of agent-7\n"


def test_rules_are_listed_added_and_switched(host: Host, database: str) -> None:
    """They count from the next change on."""
    result = autopost("rules", "add", "deploy_%", "--like", "--status", "failed", "--alert", dsn=database)
    (rule,) = host.rows("select * from auto_post_rules where operation_type = 'deploy_%'")
    assert result.stdout == f"rule {rule['id']} is added.\n"
    assert (rule["match"], rule["status"], rule["is_alert"]) == ("like", "failed", True)
    assert autopost("rules", "off", "1", str(rule["id"]), dsn=database).stdout.endswith(f"rule {rule['id']} is off.\n")
    shown = autopost("rules", dsn=database).stdout
    assert f"{rule['id']:4}  off  deploy_% (like)" in shown
    assert "   1  off  workflow_execute" in shown
    assert autopost("rules", "on", "1", dsn=database).stdout == "rule 1 is on.\n"
    listed = [json.loads(line) for line in autopost("rules", "--json", dsn=database).stdout.splitlines()]
    assert {row["id"]: row["enabled"] for row in listed}[1] is True


def test_rules_are_titled_by_id_and_by_type(host: Host, database: str) -> None:
    """Braces and markup in a title are text; an empty one takes it away; what is refused says what is allowed."""
    done = autopost("rules", "title", "workflow_execute", "the [red]{agent_name}[/] workflow", dsn=database)
    assert done.stdout == "".join(
        f"rule {row['id']} is titled 'the [red]{{agent_name}}[/] workflow'.\n"
        for row in host.rows("select id from auto_post_rules where operation_type = 'workflow_execute' order by id")
    )
    assert autopost("rules", "title", "1", " A run ", dsn=database).stdout == "rule 1 is titled 'A run'.\n"
    added = autopost("rules", "add", "deploy_%", "--like", "--title", "a deployment", dsn=database)
    assert added.returncode == 0, added.stderr
    titles = {
        rule["id"]: rule["title"]
        for rule in map(json.loads, autopost("rules", "--json", dsn=database).stdout.splitlines())
    }
    assert (titles[1], titles[max(titles)]) == ("A run", "a deployment")
    assert "the [red]{agent_name}[/] workflow" in autopost("rules", dsn=database).stdout
    assert autopost("rules", "title", "deploy_%", "", dsn=database).stdout == f"rule {max(titles)} has no title.\n"
    for which, given, said in (
        ("1", "x" * 61, "the title has 61 characters, and may have at most 60"),
        ("1", "a\nb", "contains a line break"),
        ("nope", "x", "no rule has the id or the operation type nope: `autopost rules` lists them"),
    ):
        refused = autopost("rules", "title", which, given, dsn=database)
        assert (refused.returncode, said in refused.stderr) == (1, True), (which, refused.stderr)
    refused = autopost("rules", "add", "other", "--title", "x" * 61, dsn=database)
    assert (refused.returncode, "at most 60" in refused.stderr) == (1, True), refused.stderr
    assert host.value("select count(*) from auto_post_rules where operation_type = 'other'") == 0
    host.agent()
    host.complete("op")
    story = autopost("why", "op", dsn=database).stdout
    assert "op  A run completed  of Ada" in story
    assert "rule 1: workflow_execute completed, titled 'A run'" in story


def test_refused_rules_are_clear_errors(database: str) -> None:
    """What is there already, and what is not there."""
    result = autopost("rules", "add", "workflow_execute", "--status", "completed", dsn=database)
    assert result.returncode == 1
    assert result.stderr == "autopost: rule 1 is for workflow_execute completed already\n"
    assert autopost("rules", "off", "1", dsn=database).returncode == 0
    result = autopost("rules", "add", "workflow_execute", "--status", "completed", dsn=database)
    assert "already, and is off: `autopost rules on 1` switches it on" in result.stderr
    result = autopost("rules", "off", "99", dsn=database)
    assert (result.returncode, result.stderr) == (1, "autopost: there is no rule 99\n")


def test_rule_with_a_status_that_no_operation_has_is_added_with_a_note(host: Host, database: str) -> None:
    """What there is instead; a status that comes is added without a word."""
    host.complete("a")
    host.complete("b", status="failed")
    result = autopost("rules", "add", "deploy", "--status", "COMPLETED", dsn=database)
    assert (result.returncode, result.stdout) == (0, "rule 15 is added.\n")
    said = "no operation has the status COMPLETED now, but there is completed: statuses are case-sensitive\n"
    assert result.stderr == said
    result = autopost("rules", "add", "deploy", "--status", "nope", dsn=database)
    assert result.stderr == "no operation has the status nope now; there are completed and failed\n"
    assert autopost("rules", "add", "deploy", "--status", "completed", dsn=database).stderr == ""
    assert autopost("rules", "add", "deploy", dsn=database).stderr == ""


def test_rules_and_status_have_no_blanks_at_the_ends_of_lines(host: Host, database: str) -> None:
    """In a pipe, where nobody asked for them."""
    host.complete()
    for command in ("rules", "status", "dead", "config"):
        lines = autopost(command, dsn=database).stdout.splitlines()
        assert [line for line in lines if line != line.rstrip()] == []


def test_steering_by_one_who_may_not_is_a_clear_error(host: Host, database: str) -> None:
    """Exit code 4."""
    host.execute("drop role if exists onlooker")
    host.execute("create role onlooker login in role pg_read_all_data")
    try:
        result = autopost("pause", "--all", dsn=f"{database} user=onlooker")
    finally:
        host.execute("drop role onlooker")
    assert result.returncode == 4
    assert "permission denied" in result.stderr


def completed(dsn: str, *words: str) -> list[str]:
    """Return what bash would offer for the last of these words."""
    typed = {"COMP_WORDS": " ".join(["autopost", *words]), "COMP_CWORD": str(len(words))}
    result = autopost(dsn=dsn, _AUTOPOST_COMPLETE="complete_bash", **typed)
    assert result.stderr == ""
    return result.stdout.split()


def test_shell_completes_what_the_program_and_the_database_know(host: Host, database: str) -> None:
    """Commands, statements, rules and dead operations."""
    dead(host, "op-1", "op-2")
    host.complete("op-3")
    assert completed(database, "sta") == ["status"]
    assert completed(database, "sql", "w") == ["waiting", "workers"]
    assert set(completed(database, "rules", "off", "1")) == {"1", "10", "11", "12", "13", "14"}
    assert set(completed(database, "retry", "op")) == {"op-1", "op-2"}


def test_shell_completes_nothing_where_there_is_no_database() -> None:
    """And says nothing either."""
    assert completed("postgresql://nobody@127.0.0.1:1/none", "rules", "off", "1") == []
