"""The command line: clear errors with their exit codes, and output for people and for machines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autopost import __version__
from autopost.cli.app import COMMANDS
from tests.support.command_line import autopost
from tests.support.crew import with_forked_program
from tests.support.host import Host, open_connection
from tests.support.roles import drop_roles
from tests.support.servers import private_server

DATABASE_COMMANDS = ("run", "migrate", "feed", "status", "dead", "rules", "simulate")


def test_no_database_given_is_a_configuration_error() -> None:
    """Exit code 2, and what to set."""
    for command in DATABASE_COMMANDS:
        result = autopost(command)
        assert result.returncode == 2, command
        assert "DATABASE_URL: not set; expected: postgresql://" in result.stderr, command
        assert "Traceback" not in result.stderr, command


def test_unreachable_database_has_its_exit_code() -> None:
    """Exit code 3, and one line."""
    for command in DATABASE_COMMANDS:
        result = autopost(command, dsn="postgresql://nobody@127.0.0.1:1/none")
        assert result.returncode == 3, command
        assert "cannot connect" in result.stderr, command
        assert "Traceback" not in result.stderr, command


@pytest.mark.parametrize("command", ["run", "feed", "status"])
def test_missing_database_is_named(command: str, database: str) -> None:
    """The server is there, the database is not."""
    result = autopost(command, dsn=database.replace("autopost_test", "no_such"))
    assert result.returncode == 3
    assert "no_such" in result.stderr
    assert "does not exist" in result.stderr


@pytest.mark.parametrize("command", ["run", "feed", "status"])
def test_unmigrated_database_is_a_schema_mismatch(command: str, empty_database: str) -> None:
    """Exit code 4, and the command that helps."""
    result = autopost(command, dsn=empty_database)
    assert result.returncode == 4
    assert "not migrated: run `autopost migrate`" in result.stderr


def test_newer_schema_stops_the_worker(host: Host, database: str) -> None:
    """An old worker says that it is old, where the schema does not say that it serves it."""
    host.execute("update auto_post_schema_version set version_num = '9999_future'")
    host.execute("update auto_post_compatibility set oldest_worker = '9999_future'")
    result = autopost("run", dsn=database)
    assert result.returncode == 4
    assert "9999_future" in result.stderr
    assert "upgrade this one" in result.stderr


def test_older_schema_stops_the_worker(host: Host, database: str) -> None:
    """A new worker says that the database is old."""
    host.execute("update auto_post_schema_version set version_num = '0001_outbox'")
    result = autopost("run", dsn=database)
    assert result.returncode == 4
    assert "run `autopost migrate`" in result.stderr


def test_host_table_that_lost_columns_stops_the_worker(host: Host, database: str) -> None:
    """All of them are named, in one message."""
    host.execute("alter table agents drop column category")
    host.execute("alter table social_posts drop column post_metadata")
    result = autopost("run", dsn=database)
    assert result.returncode == 4
    assert "agents: column category is missing" in result.stderr
    assert "social_posts: column post_metadata is missing" in result.stderr


def test_malformed_settings_are_all_named(database: str) -> None:
    """Exit code 2, before anything is touched."""
    result = autopost("run", dsn=database, SOCIAL_POST_LEASE_SECONDS="soon", SOCIAL_POST_MAX_ATTEMPTS="-1")
    assert result.returncode == 2
    assert "SOCIAL_POST_LEASE_SECONDS: got 'soon'" in result.stderr
    assert "SOCIAL_POST_MAX_ATTEMPTS: got '-1'" in result.stderr


@pytest.mark.long
def test_wrong_password_is_a_clear_error() -> None:
    """Exit code 3, the server's reason, and no password, whatever the command."""
    with tempfile.NamedTemporaryFile("w", prefix="autopost-test-") as rules:
        Path(rules.name).chmod(0o644)  # the server may run as another user
        rules.write("local all postgres trust\nlocal all all scram-sha-256\n")
        rules.flush()
        results = with_wrong_password(rules.name, "migrate", "run", "status")
    for result in results:
        assert result.returncode == 3
        assert "password authentication failed" in result.stderr
        assert "wrong-password" not in result.stderr
        assert "Traceback" not in result.stderr


def with_wrong_password(rules: str, *commands: str) -> list[subprocess.CompletedProcess[str]]:
    """Run commands against a server with these rules for who may enter how."""
    with private_server(18, settings={"hba_file": f"'{rules}'"}) as server:
        with open_connection(server.dsn()) as owner:
            owner.execute("create role worker login password 'right'")
        dsn = server.dsn(user="worker").replace("worker@", "worker:wrong-password@")
        return [autopost(command, dsn=dsn) for command in commands]


@pytest.mark.parametrize(
    ("command", "group", "remedy"),
    [
        (["run"], None, "autopost grant --login ROLE"),
        (["pause", "--all"], "auto_post_reader", "use the role that migrates, or a role with EXECUTE on the function"),
        (["migrate"], None, "Migrate as the owner of the table of operations"),
    ],
    ids=["run", "pause", "migrate"],
)
def test_role_without_rights_is_a_clear_error(
    host: Host, database: str, command: list[str], group: str | None, remedy: str
) -> None:
    """Exit code 4, what it may not do, and what gives it the right."""
    role = f"stranger_{os.getpid()}"
    host.execute(f"create role {role} login")
    try:
        if group is not None:
            assert autopost("grant", "--reader", role, dsn=database).returncode == 0
        result = autopost(*command, dsn=f"{database} user={role}")
    finally:
        drop_roles(host, role)
    assert result.returncode == 4
    assert "permission denied" in result.stderr
    assert remedy in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_unknown_revision_is_refused_by_name(database: str) -> None:
    """Exit code 2, and the revisions that there are."""
    result = autopost("migrate", "--to", "nonsense", dsn=database)
    assert result.returncode == 2
    assert "--to: got 'nonsense'; expected: head, base, 0001_outbox" in result.stderr


def test_migrating_to_an_earlier_revision_goes_down(host: Host, database: str) -> None:
    """`--to` an ancestor takes away what came after it."""
    assert autopost("migrate", "--to", "0001_outbox", dsn=database).returncode == 0
    assert host.value("select to_regclass('auto_post_webhook_dead_letters')") is None


def test_unreachable_server_is_named(database: str) -> None:
    """Host and port, and no password."""
    result = autopost("status", dsn="postgresql://ada:hunter2@127.0.0.1:1/none")
    assert "host 127.0.0.1, port 1, dbname none, user ada" in result.stderr
    assert "hunter2" not in result.stderr


def test_lost_control_row_is_named(host: Host, database: str) -> None:
    """And how to bring it back."""
    host.execute("delete from auto_post_control")
    result = autopost("status", dsn=database)
    assert result.returncode == 4
    assert "insert into auto_post_control default values" in result.stderr


def test_empty_feed_says_so(database: str) -> None:
    """On stderr: there is no data."""
    result = autopost("feed", dsn=database)
    assert (result.returncode, result.stdout) == (0, "")
    assert "nothing yet" in result.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_stream_is_no_crash(database: str, closed: str) -> None:
    """As under a supervisor that passes nothing on."""
    environment = {**os.environ, "DATABASE_URL": database}
    command = ["bash", "-c", f"{sys.executable} -m autopost status {closed}"]
    assert subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False).returncode == 0


def test_full_disk_behind_stdout_is_named(database: str) -> None:
    """It is not the database that failed."""
    environment = {**os.environ, "PATH": with_forked_program(os.environ["PATH"]), "DATABASE_URL": database}
    command = ["bash", "-c", "autopost status > /dev/full"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert "No space left" in result.stderr
    assert "Traceback" not in result.stderr


def test_uninstalled_spacy_model_is_a_configuration_error(database: str) -> None:
    """It is named, and nothing is downloaded."""
    result = autopost("run", dsn=database, SOCIAL_POST_NER_MODEL="xx_no_such_model")
    assert result.returncode == 2
    assert "xx_no_such_model" in result.stderr


def test_version_names_the_schema_it_needs() -> None:
    """Version and revision on one line."""
    result = autopost("--version")
    assert result.returncode == 0
    assert result.stdout.startswith(f"autopost {__version__} (schema ")


@pytest.mark.parametrize("command", list(COMMANDS))
def test_help_shows_an_example(command: str) -> None:
    """Every command has one."""
    result = autopost(command, "--help")
    assert result.returncode == 0
    assert "Example" in result.stdout


def test_unknown_option_is_a_usage_error() -> None:
    """Exit code 2."""
    assert autopost("feed", "--folow").returncode == 2


def test_status_in_json_is_one_object(host: Host, database: str) -> None:
    """Data on stdout, nothing on stderr."""
    host.complete()
    result = autopost("status", "--json", dsn=database)
    assert json.loads(result.stdout)["states"] == {"pending": 1, "claimed": 0, "posted": 0, "skipped": 0, "dead": 0}
    assert result.stderr == ""


def test_status_says_when_the_trigger_is_disabled(host: Host, database: str) -> None:
    """The commonest reason for an empty feed."""
    host.execute("alter table operation_trackers disable trigger auto_post_capture")
    assert "the trigger is missing or disabled" in autopost("status", dsn=database).stdout


def test_feed_shows_hostile_text_as_text(host: Host, database: str) -> None:
    """No markup is read, and no control character reaches the terminal."""
    host.agent(name="[red]Eve[/red]\x1b[2J")
    host.execute(
        "insert into social_posts values ('p', 't', 'agent', 'ada', 'status', '[bold]\x1b]0;x\x07hi', '{}', true)"
    )
    host.execute(
        "insert into audit_log (id, agent_id, action, operation_type, status, tracker_id, post_id, details) "
        "values ('a', 'ada', 'auto_post.posted', 'x', 'completed', 'op', 'p', '{}')"
    )
    result = autopost("feed", dsn=database)
    assert result.returncode == 0
    assert "[red]Eve[/red]" in result.stdout
    assert "[bold]" in result.stdout
    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout


def test_posts_alone_are_as_many_as_asked_for(host: Host, database: str) -> None:
    """What was not posted takes no place."""
    host.execute("insert into social_posts values ('p', 't', 'agent', 'ada', 'status', 'hello feed', '{}', true)")
    host.execute(
        "insert into audit_log (id, occurred_at, action, operation_type, status, tracker_id, post_id, details) values "
        "('1', now() - interval '1 hour', 'auto_post.posted', 'x', 'completed', 'op1', 'p', '{}'), "
        "('2', now(), 'auto_post.skipped', 'x', 'completed', 'op2', null, '{}')"
    )
    assert "hello feed" in autopost("feed", "--posts", "-n", "1", dsn=database).stdout


def test_reader_that_leaves_early_is_no_error(host: Host, database: str) -> None:
    """`autopost feed | head -1` ends quietly."""
    for number in range(200):
        host.execute(
            "insert into audit_log (id, action, operation_type, status, tracker_id, details) "
            "values (%s, 'auto_post.skipped', %s, 'completed', 'op', '{}')",
            (str(number), "x" * 2000),
        )
    command = "set -o pipefail; autopost feed -n 200 | head -1"
    environment = {**os.environ, "PATH": with_forked_program(os.environ["PATH"]), "DATABASE_URL": database}
    result = subprocess.run(
        ["bash", "-c", command], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.count("\n") == 1


def test_reader_that_leaves_between_two_lines_is_no_error() -> None:
    """`autopost sql | head -1`, at worst: what a command prints line by line ends quietly too."""
    environment = {**os.environ, "PATH": with_forked_program(os.environ["PATH"])}
    command = "set -o pipefail; autopost sql | true"
    result = subprocess.run(
        ["bash", "-c", command], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
