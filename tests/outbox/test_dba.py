"""The statements that a DBA runs: each works on a live install, as it stands in its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from autopost.database.folders import sql_folder
from autopost.database.sql import render
from tests.support.host import SCHEMAS, Host

FILES = sorted((sql_folder() / "dba").glob("*.sql"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_statement_of_a_dba_runs_and_writes_nothing(host: Host, path: Path) -> None:
    """In a read-only transaction, with rows in every state."""
    for number, state in enumerate(("pending", "claimed", "posted", "skipped", "dead")):
        host.complete(f"op{number}")
        host.execute(
            "update auto_post_outbox set state = %s, reason = 'rate_limited', last_error = 'boom', "
            "worker = case when %s = 'claimed' then 'w' end, post_id = case when %s = 'posted' then 'p' end, "
            "finished_at = case when %s in ('posted', 'skipped', 'dead') then now() end, "
            "available_at = now() - interval '1 hour' where tracker_id = %s",
            (state, state, state, state, f"op{number}"),
        )
    host.execute("insert into auto_post_workers values ('w', '1', now(), now(), 0)")
    with host.connection.transaction():
        host.execute("set transaction read only")
        assert host.rows(render(path.read_text("utf-8"), SCHEMAS)), "each has something to say here"
