"""The tutorial: each of its commands, typed in its order into one shell, does what the page says."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.support import ROOT
from tests.support.crew import with_forked_program
from tests.support.host import Host, open_connection
from tests.support.programs import postgres_programs
from tests.support.roles import GROUPS, drop_roles, dsn_of, groups_locked, groups_of, owner_of

PAGE = ROOT / "docs" / "tutorial" / "first-post.md"
BESIDE = ROOT / "docs" / "tutorial" / "beside-a-platform.md"
LOGIN = "autopost_tutorial_worker"
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
    with owner_of(empty_database) as dsn, shell(tmp_path, DATABASE_URL=dsn) as typed:
        yield typed


@contextlib.contextmanager
def shell(folder: Path, **variables: str) -> Iterator[Terminal]:
    """Return a shell with autopost, psql and these variables."""
    if shutil.which("bash") is None or (psql := psql_folder()) is None:
        pytest.skip("needs bash and psql")
    path = os.pathsep.join([str(Path(sys.executable).parent), str(psql), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SOCIAL_POST_", "PG", "OPENAI_"))}
    typed = Terminal(folder, {**kept, "PATH": with_forked_program(path), "PSQLRC": os.devnull, **variables})
    try:
        yield typed
    finally:
        typed.close()


@pytest.fixture
def beside(empty_database: str, tmp_path: Path) -> Iterator[Terminal]:
    """Return a shell in a folder like a checkout, for an owner who may create roles. Drop them at the end."""
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    with (
        groups_locked(empty_database),
        open_connection(empty_database, autocommit=True) as connection,
        owner_of(empty_database) as dsn,
    ):
        host = Host(connection)
        if groups_of(host):
            pytest.skip("this server has the groups of another installation")
        owner = conninfo_to_dict(dsn)["user"]
        host.execute(f"alter role {owner} createrole")
        worker = dsn_of(empty_database, user=LOGIN)
        try:
            with shell(tmp_path, DATABASE_URL=dsn, WORKER_URL=worker) as typed:
                yield typed
        finally:
            drop_roles(host, LOGIN, *GROUPS)


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


def test_reader_gets_from_an_existing_platform_to_posts_in_its_feed(beside: Terminal, empty_database: str) -> None:
    """Each block in its order; where the page shows a result, its words are in what was printed."""
    blocks = BLOCK.findall(BESIDE.read_text("utf-8"))
    assert len(blocks) > 12
    with open_connection(empty_database, autocommit=True) as connection:

        def posts() -> int:
            ((count,),) = connection.execute("select count(*) from public.social_posts").fetchall()
            return int(count)

        said = ""
        for kind, block in blocks:
            if kind == "text":
                words = " ".join(said.split())
                assert [line for line in block.splitlines() if line not in words] == [], said
                continue
            if "--to base" in block:
                beside.type("kill %1; wait %1")
            said = beside.type(block)
            if "autopost run" in block:
                eventually(lambda: has_worker(connection))
            for operation, count in (("'op-3'", 1), ("'op-4'", 2)):
                if operation in block:
                    eventually(partial(has_posts, posts, count))
        assert posts() == 2
        ((left,),) = connection.execute("select to_regnamespace('autopost') is not null").fetchall()
        assert not left


def has_posts(posts: Callable[[], int], count: int) -> bool:
    """Return whether there are `count` posts."""
    return posts() == count


def has_worker(connection: psycopg.Connection[Any]) -> bool:
    """Return whether a worker has begun."""
    ((count,),) = connection.execute("select count(*) from autopost.auto_post_workers").fetchall()
    return bool(count)
