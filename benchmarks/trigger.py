"""The triggers that are compared: autopost's own, none, bare ones, and those that enqueue with a peer."""

from __future__ import annotations

from pathlib import Path

from tests.support.host import SCHEMAS

from autopost.database.folders import sql_folder
from autopost.database.sql import render
from benchmarks.stand import Connection

FOLDER = Path(__file__).parent / "sql"
NONE = "no_trigger"
OURS = "auto_post_capture"


def set_trigger(host: Connection, name: str) -> None:
    """Let this be the only trigger on operation_trackers: a file of benchmarks/sql, or autopost's own."""
    host.execute((FOLDER / f"{NONE}.sql").read_bytes())
    if name == OURS:
        host.execute(render((sql_folder() / "triggers" / f"{OURS}.sql").read_text("utf-8"), SCHEMAS).encode())
    elif name != NONE:
        host.execute((FOLDER / f"{name}.sql").read_bytes())
    host.execute("vacuum analyze operation_trackers")
