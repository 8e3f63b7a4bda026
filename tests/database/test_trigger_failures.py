"""Whatever is wrong with autopost's half of the database, agents commit, and what was missed is captured later."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.support.breakage import BREAKAGES, Breakage
from tests.support.host import Host, open_connection
from tests.support.thoroughness import THOROUGH
from tests.support.work import eventually, work_off, working

MANY = 10_000 if THOROUGH else 1_000  # operations of one statement
MORE_THAN_FITS = 10_000  # on a small disk

each_breakage = pytest.mark.parametrize("breakage", BREAKAGES.values(), ids=BREAKAGES.keys())


def start_many(host: Host, count: int = MANY, operation_type: str = "workflow_execute") -> None:
    """Add operations that run."""
    host.execute(
        "insert into operation_trackers (id, agent_id, operation_type, status, what_explanation) "
        "select 'op' || n, 'ada', %s, 'running', repeat('did it ', 20) from generate_series(1, %s) as n",
        (operation_type, count),
    )


def finished(host: Host) -> int:
    """Return how many operations are completed or failed."""
    count: int = host.value("select count(*) from operation_trackers where status in ('completed', 'failed')")
    return count


def reconcile_all(host: Host) -> int:
    """Reconcile until a whole round found nothing; return how many operations had been missed."""
    found = 0
    while step := host.value("select auto_post_reconcile(100000, 5000)"):
        found += step
    return found


@each_breakage
def test_agents_commit_and_what_was_missed_is_captured_once(host: Host, database: str, breakage: Breakage) -> None:
    """One completion and a thousand in one statement stand, few words are said, and the reconciler finds them all."""
    start_many(host)
    host.start("single")
    with breakage.of(host.connection, database):
        host.warnings.clear()
        host.move("single")
        said_of_one = len(host.warnings)
        host.execute("update operation_trackers set status = 'failed' where id <> 'single'")
        said_of_many = len(host.warnings) - said_of_one
        assert all(warning.endswith(f"(SQLSTATE {breakage.sqlstate})") for warning in host.warnings)
    assert finished(host) == MANY + 1
    assert host.outbox() == []
    assert (said_of_one, said_of_many) == (min(breakage.warnings, 1), breakage.warnings)
    assert reconcile_all(host) == (MANY + 1 if breakage.found else 0)
    tracked = {row["tracker_id"] for row in host.rows("select tracker_id from auto_post_outbox")}
    assert len(tracked) == (MANY + 1 if breakage.found else 0)


@each_breakage
async def test_worker_posts_what_was_missed_once_and_what_comes_after_the_repair(
    host: Host, database: str, settings: Settings, redactor: Redactor, breakage: Breakage
) -> None:
    """By its maintenance; what a DBA did not want captured is no news afterwards either."""
    host.agent()
    with breakage.of(host.connection, database):
        for number in range(3):
            host.complete(f"missed{number}", "security_scan")
    host.complete("after", "security_scan")
    expected = {"after", *(f"missed{number}" for number in range(3) if breakage.found)}
    async with working(settings.model_copy(update={"maintenance_seconds": 0.05}), redactor):
        await eventually(lambda: len(host.posts()) >= len(expected))
        posted_at = host.value("select clock_timestamp()")
        another_round = "select count(*) from auto_post_reconciliation where last_round_at > %s"
        await eventually(lambda: host.value(another_round, (posted_at,)))
    assert sorted(row["tracker_id"] for row in host.audit() if row["tracker_id"]) == sorted(expected)
    assert len(host.posts()) == len(expected)


async def test_what_was_posted_before_the_outbox_was_lost_is_not_posted_again(
    host: Host, database: str, settings: Settings, redactor: Redactor
) -> None:
    """The reconciler finds it once more in the new outbox, and the post's own id forbids a second one."""
    host.agent()
    host.complete("early", "security_scan")
    await work_off(host, settings, redactor)
    with BREAKAGES["outbox dropped"].of(host.connection, database):
        host.complete("missed", "security_scan")
    assert reconcile_all(host) == 2
    await work_off(host, settings.model_copy(update={"max_attempts": 1}), redactor)
    assert len(host.posts()) == 2


@pytest.mark.parametrize("first", ["exact", "like"])
def test_which_rule_counts_does_not_depend_on_where_the_rules_lie(host: Host, first: str) -> None:
    """Rules that a DBA changed lie behind the others, and a pattern may come first."""
    pattern = host.value("select auto_post_add_rule('%flow%', 'completed', 'like')")
    any_status = host.value("select auto_post_add_rule('workflow_execute', null)")
    moved = "match = 'exact' and status is not null" if first == "like" else "match = 'like' or status is null"
    host.execute(f"update auto_post_rules set description = 'moved' where {moved}")
    host.execute("vacuum auto_post_rules")
    for status in ("running", "completed"):
        host.complete(f"named {status}", "workflow_execute", status=status)
    host.complete("other", "flow_control")
    exact = host.value(
        "select id from auto_post_rules where operation_type = 'workflow_execute' and status = 'completed'"
    )
    met = {(row["tracker_id"], row["rule_id"]) for row in host.outbox()}
    assert met == {
        ("named running", any_status),
        ("named completed", any_status),  # at first sight, when it still ran
        ("named completed", exact),
        ("other", pattern),
    }


@pytest.mark.parametrize(("bad", "captured"), [(9, 21), (10, 0)])
def test_row_after_row_that_fails_is_given_up_for_the_rest_of_the_transaction(
    host: Host, bad: int, captured: int
) -> None:
    """Nine rows that fail by themselves hide no other, ten do, and the next transaction begins again."""
    start_many(host, 30)
    host.execute(f"alter table auto_post_outbox add constraint no_check check (substr(tracker_id, 3)::int > {bad})")
    host.execute("update operation_trackers set status = 'completed'")
    assert len(host.warnings) == bad
    assert len(host.outbox()) == captured
    host.complete("op31")
    assert len(host.warnings) == bad
    assert host.outbox()[-1]["tracker_id"] == "op31"


def test_capture_that_is_switched_off_or_on_counts_from_the_next_statement(host: Host, database: str) -> None:
    """Also in a transaction that began before."""
    with open_connection(database) as connection:
        agent = Host(connection)
        agent.start("on", "approval_requested")
        host.execute("select auto_post_capture_off()")
        agent.start("off", "approval_requested")
        host.execute("select auto_post_capture_on()")
        agent.start("on again", "approval_requested")
        connection.commit()
    assert [row["tracker_id"] for row in host.outbox()] == ["on", "on again"]


def test_warning_says_that_it_speaks_for_the_rest_of_the_transaction(host: Host, database: str) -> None:
    """One warning for 10,000 operations names one of them."""
    details: list[str | None] = []
    host.connection.add_notice_handler(lambda notice: details.append(notice.message_detail))
    host.start()
    with BREAKAGES["outbox renamed"].of(host.connection, database):
        host.move()
    assert details == ["Nothing more of this transaction is captured."]


@contextlib.contextmanager
def small_disk(host: Host) -> Iterator[Path]:
    """Mount a small file system that the server may write to; skip the test where that is not to be had."""
    data = host.value("select current_setting('data_directory', true)")
    if os.geteuid() != 0 or not data or not Path(data).is_dir():
        pytest.skip("a file system of its own needs root on the server's machine; the portable form is tested above")
    server = Path(data).stat()
    with tempfile.TemporaryDirectory(prefix="autopost-disk-") as folder:
        Path(folder).chmod(0o755)
        mount = ["mount", "-t", "tmpfs", "-o", f"size=1m,uid={server.st_uid},gid={server.st_gid},mode=700", "tmpfs"]
        if subprocess.run([*mount, folder], check=False, capture_output=True).returncode != 0:
            pytest.skip("this machine lets nobody mount a file system; the portable form is tested above")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def test_disk_that_really_fills_up_in_the_middle_of_a_statement_fails_nobody(host: Host) -> None:
    """What fitted is captured, one warning tells of the rest, and with more room the reconciler has it all."""
    start_many(host, MORE_THAN_FITS)
    space = f"autopost_small_{host.connection.info.backend_pid}"
    with small_disk(host) as folder:
        host.execute(f"create tablespace {space} location '{folder}'")
        host.execute(f"alter table auto_post_outbox set tablespace {space}")
        try:
            host.execute("update operation_trackers set status = 'completed'")
            fitted = len(host.outbox())
            assert 0 < fitted < MORE_THAN_FITS
            assert ["SQLSTATE 53100" in warning for warning in host.warnings] == [True]
            assert finished(host) == MORE_THAN_FITS
            subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)
            assert reconcile_all(host) == MORE_THAN_FITS - fitted
            assert len({row["tracker_id"] for row in host.outbox()}) == MORE_THAN_FITS
        finally:
            host.execute("alter table auto_post_outbox set tablespace pg_default")
            host.execute(f"drop tablespace {space}")
