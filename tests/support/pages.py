"""Pages whose statements are run: what a block of a page says, what comes of it, and whether the two agree.

A block fenced as ``sql`` is run by psql, one as ``sh`` by bash; one fenced as ``text`` after it is its sample output.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from autopost.database.sql import dba_statements
from tests.support import ROOT
from tests.support.crew import with_forked_program
from tests.support.host import SCHEMAS
from tests.support.programs import postgres_programs

HOW_TO = ROOT / "docs" / "how-to"
WRITE = "AUTOPOST_WRITE_SAMPLES"
_BLOCK = re.compile(r"^```(sql|sh)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
_RULE = re.compile(r"-[-+]*")
_RECORD = re.compile(r"-\[ RECORD (\d+) \][-+]*")
# What differs from run to run, wherever it stands. Everything else must agree.
_MASKS = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+0[01]"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "<date>"),
    (re.compile(r"\d+ days?( \d\d:\d\d:\d\d(\.\d+)?)?|\d\d:\d\d:\d\d(\.\d+)?"), "<interval>"),
    (re.compile(r"\d+ (bytes|kB|MB)\b"), "<size>"),
    (re.compile(r"\d{4}_[a-z_]+"), "<revision>"),
)
_NUMBER = re.compile(r"\d+(\.\d+)?")
# Columns in which any number is as good as another, and those in which anything is.
VARYING = frozenset(
    {"pid", "waiting", "blocked_by", "listener", "holder", "to_end_it", "xids", "oldest_waiting_seconds", "blocks"}
    | {"rows", "live_rows", "dead_rows", "bloat_percent", "scans", "entries_read", "seq_scans"}
)
FREE = frozenset({"last_scan", "is_superuser"})


@dataclass(frozen=True, slots=True)
class Block:
    """Statements of a page, and the output that it prints for them, None where it prints none."""

    language: str
    text: str
    sample: str | None
    line: int


def check_page(name: str, run_block: Callable[[Block], str]) -> None:
    """Run all blocks of a page in order, and compare what came of them with its samples; or write those again."""
    path = HOW_TO / name
    page = path.read_text("utf-8")
    outputs, differences = {}, []
    for block in blocks(page):
        output = run_block(block)
        if block.sample is None:
            continue
        said, found = ([" | ".join(row) for row in shape(text)] for text in (block.sample, output))
        if found != said:
            outputs[block.line] = output
            lines = difflib.unified_diff(said, found, "page", "database", n=1, lineterm="")
            differences.append(f"{name} line {block.line}: {block.text.strip()}\n" + "\n".join(lines))
    if os.environ.get(WRITE):
        path.write_text(rewritten(page, outputs), "utf-8")
        return
    how = f"write them again: {WRITE}=1 .venv/bin/pytest tests/outbox/test_runbook.py tests/database/test_remove.py"
    assert not differences, "\n\n".join([*differences, how])


def blocks(page: str) -> Iterator[Block]:
    """Yield the blocks of a page, in order."""
    for found in _BLOCK.finditer(page):
        yield Block(found[1], found[2], found[3], page.count("\n", 0, found.start()) + 1)


def _time_zone() -> str:
    """Return UTC; an hour beside it just after midnight, so that what is a few minutes old is of the same day."""
    now = datetime.now(UTC)
    return "Etc/GMT-1" if now.hour == 0 and now.minute < 30 else "UTC"


def run(block: Block, dsn: str) -> str:
    """Run a block and return what it printed. Raises AssertionError if it fails.

    What `autopost sql` would print is taken without starting it, which would take a second each time.
    """
    parts = conninfo_to_dict(dsn)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    environment = {
        **os.environ,
        **{variable: str(parts[name]) for name, variable in names.items() if name in parts},
        "PATH": with_forked_program(os.pathsep.join((str(postgres_programs()), os.environ["PATH"]))),
        "PGTZ": _time_zone(),
        "PSQLRC": os.devnull,
        "LC_ALL": "C.UTF-8",
    }
    if block.language == "sql":
        command = ["psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1"]
    else:
        command = ["bash", "-euo", "pipefail"]
    with tempfile.TemporaryDirectory(prefix="autopost-test-") as folder:
        for name, statement in dba_statements(SCHEMAS).items():
            (Path(folder) / f"{name}.sql").write_text(statement, "utf-8")
        text = re.sub(r"^autopost sql (\w+)", r"cat \1.sql", block.text, flags=re.MULTILINE)
        result = subprocess.run(
            command,
            cwd=folder,
            input=text,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert result.returncode == 0, f"line {block.line}:\n{block.text}\n{result.stderr}"
    return "".join(f"{line.rstrip()}\n" for line in result.stdout.strip("\n").splitlines())


def shape(output: str) -> list[list[str]]:
    """Return psql's output as rows of cells, without what differs from run to run."""
    rows: list[list[str]] = []
    columns: list[str] = []
    for line in output.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if _RULE.fullmatch(line):
            columns = rows[-1]
        elif _RECORD.fullmatch(line):
            columns = []
            rows.append([_RECORD.sub(r"record \1", line)])
        elif columns and len(cells) == len(columns):
            rows.append([_masked(cell, name) for name, cell in zip(columns, cells, strict=True)])
        elif not columns and len(cells) == 2:
            rows.append([cells[0], _masked(cells[1], cells[0])])
        else:
            rows.append([_masked(cell) for cell in cells])
            columns = []
    return rows


def _masked(cell: str, column: str = "") -> str:
    if column in FREE:
        return "<anything>"
    for pattern, mask in _MASKS:
        cell = pattern.sub(mask, cell)
    return _NUMBER.sub("<number>", cell) if column in VARYING else cell


def rewritten(page: str, outputs: dict[int, str]) -> str:
    """Return the page with other samples, by the line that their block begins in."""

    def replaced(found: re.Match[str]) -> str:
        line = page.count("\n", 0, found.start()) + 1
        if found[3] is None or line not in outputs:
            return found[0]
        return f"```{found[1]}\n{found[2]}```\n\n```text\n{outputs[line]}```\n"

    return _BLOCK.sub(replaced, page)
