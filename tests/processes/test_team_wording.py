"""The file of the team's wording in a worker: read at its start and again while it runs, and looked at by `check`."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from autopost.cli.checking import run_check
from autopost.errors import ConfigurationError
from autopost.observability.problems import Problems
from autopost.processes import team_wording, worker_process
from autopost.processes.team_wording import reload_wording
from autopost.redaction.redactor import Redactor
from autopost.settings import load_settings
from tests.support.host import Host
from tests.support.work import eventually, working

TEMPLATE = '[[templates]]\noutcome = "completed"\ntext = "{}"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with a template of the rule of completed workflows."""
    path = tmp_path / "wording.toml"
    path.write_text(f"{TEMPLATE.format('{agent_name} is through: {what_explanation}')}rule = 1\n")
    return path


@pytest.mark.long
async def test_a_change_needs_no_restart_and_a_mistake_changes_nothing(
    host: Host, database: str, redactor: Redactor, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last usable wording stays, is logged once, and the worker says so; what is mended counts again."""
    monkeypatch.setattr(worker_process, "reload_wording", partial(reload_wording, every_seconds=0.02))
    host.agent()
    given = load_settings(
        database_url=database, wording_file=file, llm_enabled=False, poll_seconds=0.2, heartbeat_seconds=1
    )

    async def posted() -> str:
        host.age_posts("1 hour")
        host.complete(f"op{len(host.posts())}", what="Saw to it")
        await eventually(lambda: host.waiting() == 0)
        return str(host.posts()[-1]["content"])

    def count(event: str) -> int:
        return sum(line["event"] == event for line in lines)

    with capture_logs() as lines:
        async with working(given, redactor):
            assert await posted() == "Ada is through: Saw to it"
            file.write_text(TEMPLATE.format("{what_explanation}, says {agent_name}"))
            await eventually(lambda: count("wording.reloaded") == 1)
            assert await posted() == "Saw to it, says Ada"
            file.write_text(TEMPLATE.format("{what}"))
            await eventually(lambda: count("wording.invalid") == 1)
            assert await posted() == "Saw to it, says Ada"
            reported = "select max(problems ->> 0) from auto_post_workers where problems ->> 0 like '%wording%'"
            assert "line 3: [[templates]] 1 text: character 1: {what}" in await eventually(lambda: host.value(reported))
            file.unlink()
            await eventually(lambda: count("wording.invalid") == 2)
            assert await posted() == "Saw to it, says Ada"
            file.write_text("")
            await eventually(lambda: count("wording.reloaded") == 2)
            assert await posted() == "Just finished workflow_execute! Saw to it #automation"
    assert "cannot read" in [line["problem"] for line in lines if line["event"] == "wording.invalid"][1]


async def test_a_file_that_is_being_written_does_not_count(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there already may be valid; only what is the same at two reads in a row is read as a wording."""
    whole = file.read_text()
    reads = iter([whole, whole, "", whole[:30], f"{whole}# more", f"{whole}# more"])
    counted: list[int] = []
    done = asyncio.Event()

    def read(_path: Path) -> str:
        text = next(reads, None)
        if text is None:
            done.set()
        return f"{whole}# more" if text is None else text

    monkeypatch.setattr(team_wording, "_text", read)
    problems = Problems()
    task = asyncio.create_task(
        reload_wording(file, lambda wording: counted.append(len(wording.entries)), problems, every_seconds=0)
    )
    await done.wait()
    task.cancel()
    assert counted == [1, 1]
    assert problems.as_json() is None


async def test_a_worker_does_not_start_with_a_file_that_is_not_usable(database: str, file: Path) -> None:
    """Nor without it: there is no last usable one."""
    for text, expected in ((TEMPLATE.format("{x}"), "{x} is no placeholder"), (None, "cannot read")):
        if text is None:
            file.unlink()
        else:
            file.write_text(text)
        with pytest.raises(ConfigurationError, match="SOCIAL_POST_WORDING_FILE") as caught:
            async with working(load_settings(database_url=database, wording_file=file)):
                pass
        assert expected in str(caught.value)


async def test_check_looks_at_the_file_and_at_the_rules_in_it(host: Host, database: str, file: Path) -> None:
    """Rules that are off or unknown are a warning, a file that is not usable is a problem."""
    ok = file.read_text()
    cases = [
        (ok, "ok", "1 template in SOCIAL_POST_WORDING_FILE"),
        (f"{ok}{TEMPLATE.format('x')}rule = 3\n", "ok", "2 templates"),
        (f"{ok}{TEMPLATE.format('x')}rule = 99\n", "warning", "templates of rules that are off or unknown: 99"),
        (ok.replace("agent_name", "agent"), "problem", "{agent} is no placeholder; did you mean {agent_name}?"),
    ]
    for text, level, finding in cases:
        file.write_text(text)
        given = load_settings(database_url=database, wording_file=file, llm_enabled=False)
        (found,) = [row for row in await run_check(given) if row.subject == "wording"]
        assert (str(found.level), finding in found.finding) == (level, True), found
