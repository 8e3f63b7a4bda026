"""Asks the two checkers: what contradicts what in the database, and which operations have no outcome."""

from __future__ import annotations

from pathlib import Path

from autopost.database.sql import dba_statements, render
from tests.support.host import SCHEMAS, Host, Row

LOST = Path(__file__).with_name("lost.sql")


def violations(host: Host, *, window_seconds: float = 300) -> list[Row]:
    """Return what `autopost sql consistency` answers, for a window of this length."""
    with host.connection.transaction():
        host.execute(f"set local autopost.check_window = '{window_seconds} seconds'")
        return host.rows(dba_statements(SCHEMAS)["consistency"])


def lost(host: Host) -> list[Row]:
    """Return the significant operations without an outcome."""
    return host.rows(render(LOST.read_text("utf-8"), SCHEMAS))
