"""The tutorial: each of its commands, typed in its order into one shell, does what the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.host import open_connection
from tests.support.programs import postgres_programs
from tests.support.roles import owner_of

PAGE = ROOT / "docs" / "tutorial" / "first-post.md"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DONE = "--- done ---"
OUTCOMES = "select count(*) from autopost.audit_log where action in ('auto_post.posted', 'auto_post.skipped')"


class Terminal:
    """A shell that is told one block after another, as a reader would."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._output = folder / "output.txt"
        with self._output.open("wb") as output:
            self._shell = subprocess.Popen(
                ["bash"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )

    def type(self, block: str) -> str:
        """Return what the block printed; fails when its last command does."""
        assert self._shell.stdin is not None
        before = len(self._output.read_text())
        self._shell.stdin.write(f'set -o pipefail\n{block}\necho "{DONE} $?"\n'.encode())
        self._shell.stdin.flush()
        deadline = time.monotonic() + 60
        while DONE not in (said := self._output.read_text()[before:]):
            assert time.monotonic() < deadline, f"no end of\n{block}\n{said}"
            time.sleep(0.05)
        assert f"{DONE} 0" in said, f"{block}\n{said}"
        return said

    def close(self) -> None:
        """End the shell, and the worker that it may have left."""
        assert self._shell.stdin is not None
        self._shell.stdin.write(b"kill %1 2>/dev/null; wait\n")
        self._shell.stdin.close()
        self._shell.wait(60)


@pytest.fixture
def terminal(empty_database: str, tmp_path: Path) -> Iterator[Terminal]:
    """Return a shell with autopost and psql, and in DATABASE_URL an empty database of a role that is no superuser."""
    if shutil.which("bash") is None or (psql := psql_folder()) is None:
        pytest.skip("needs bash and psql")
    path = os.pathsep.join([str(Path(sys.executable).parent), str(psql), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SOCIAL_POST_", "PG", "OPENAI_"))}
    with owner_of(empty_database) as dsn:
        shell = Terminal(tmp_path, {**kept, "PATH": path, "DATABASE_URL": dsn, "PSQLRC": os.devnull})
        yield shell
        shell.close()


def psql_folder() -> Path | None:
    """Return where psql is: beside the private server, or on the PATH."""
    beside = postgres_programs()
    found = shutil.which("psql")
    return beside if (beside / "psql").exists() else Path(found).parent if found else None


def eventually(look: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 30
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_reader_gets_from_nothing_to_posts_from_a_table_of_its_own(terminal: Terminal, empty_database: str) -> None:
    """Each block in its order; where the page shows a result, its words are in what was printed."""
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    assert len(blocks) > 10
    with open_connection(empty_database, autocommit=True) as connection:

        def outcomes() -> int:
            ((count,),) = connection.execute(OUTCOMES).fetchall()
            return int(count)

        said = ""
        for kind, block in blocks:
            if kind == "text":
                assert [line for line in block.splitlines() if line not in said] == [], said
                continue
            if "--to base" in block:
                ((posts,),) = connection.execute("select count(*) from autopost.social_posts").fetchall()
                assert posts == 2, "the report, and the alert"
                terminal.type("kill %1; wait %1")
            said = terminal.type(block)
            if "autopost run" in block:
                eventually(lambda: outcomes() == 1)
            if "job-4" in block:
                eventually(lambda: outcomes() == 3)
        assert outcomes() == 3, "what the reader did is still to be read"
