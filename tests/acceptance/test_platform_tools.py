"""Dumps and copies, as docs/how-to/platform-tools.md says; Alembic is in test_host_alembic."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from autopost.database.embedded import VERSIONS
from autopost.database.migrate import migrate
from autopost.settings import load_settings
from tests.support import ROOT
from tests.support.command_line import autopost
from tests.support.host import Host, open_connection
from tests.support.programs import postgres_programs
from tests.support.roles import dsn_of

PAGE = ROOT / "docs" / "how-to" / "platform-tools.md"


def programs_for(host: Host) -> Path:
    """Return the folder of the programs of the server's version: newer ones say what an older server does not know."""
    version = host.connection.info.server_version // 10_000
    folder = postgres_programs(version) if version in VERSIONS else Path(f"/usr/lib/postgresql/{version}/bin")
    if not (folder / "pg_dump").exists():
        pytest.skip(f"needs pg_dump of PostgreSQL {version}")
    return folder


def program(host: Host, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs."""
    command = [str(programs_for(host) / name), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def copy(host: Host, database: str) -> Iterator[str]:
    """Return the connection string of an empty database; the one to copy has an operation that waits, and a title."""
    programs_for(host)
    host.complete(agent=host.agent())
    host.execute("select auto_post_title_rule(1, 'a workflow')")
    name = f"{host.value('select current_database()')}_copy"
    with open_connection(dsn_of(database, dbname="postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
        try:
            yield dsn_of(database, dbname=name)
        finally:
            connection.execute(f"drop database {name} with (force)".encode())


def test_copy_of_a_whole_database_works_at_once(host: Host, database: str, copy: str, tmp_path: Path) -> None:
    """Nothing in it differs from what a fresh install has, and what waited waits there too."""
    dump = str(tmp_path / "full.dump")
    dumped = program(host, "pg_dump", "-Fc", "-f", dump, database)
    assert dumped.returncode == 0, dumped.stderr
    restored = program(host, "pg_restore", "--exit-on-error", "-d", copy, dump)
    assert restored.returncode == 0, restored.stderr
    with open_connection(copy, autocommit=True) as connection:
        copied = Host(connection)
        assert [row["tracker_id"] for row in copied.outbox()] == ["op"]
        copied.complete("in the copy")
        assert len(copied.outbox()) == 2
    assert autopost("migrate", dsn=copy).returncode == 0
    findings = json.loads(autopost("check", "--json", dsn=copy).stdout)["findings"]
    (objects,) = [row for row in findings if row["subject"] == "objects"]
    assert objects["level"] == "ok", objects


def test_copy_of_the_platforms_schema_needs_the_list_of_the_page(
    host: Host, database: str, copy: str, tmp_path: Path
) -> None:
    """Without the list pg_restore stops at the trigger; with it the copy takes an install of its own."""
    dump, listed = str(tmp_path / "public.dump"), tmp_path / "list"
    assert program(host, "pg_dump", "-Fc", "--schema=public", "-f", dump, database).returncode == 0
    everything = program(host, "pg_restore", "-l", dump).stdout.splitlines()
    assert [line for line in everything if "auto_post" in line and "auto_post_capture" not in line] == []
    (pattern,) = re.findall(r"grep -v -e (\S+) -e '([^']+)'", PAGE.read_text("utf-8"))
    listed.write_text("\n".join(line for line in everything if not any(part in line for part in pattern)), "utf-8")
    without_schema = [line for line in everything if pattern[1] not in line]
    (tmp_path / "all").write_text("\n".join(without_schema), "utf-8")
    stopped = program(host, "pg_restore", "--exit-on-error", "-1", "-L", str(tmp_path / "all"), "-d", copy, dump)
    assert "auto_post_capture" in stopped.stderr
    restored = program(host, "pg_restore", "--exit-on-error", "-L", str(listed), "-d", copy, dump)
    assert restored.returncode == 0, restored.stderr
    migrate(load_settings(database_url=copy))
    with open_connection(copy, autocommit=True) as connection:
        copied = Host(connection)
        copied.complete("in the copy")
        assert [row["tracker_id"] for row in copied.outbox()] == ["in the copy"]
