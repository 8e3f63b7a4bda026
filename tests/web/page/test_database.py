"""What the page makes of errors of the database, on a real one."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from structlog.testing import capture_logs

from autopost.observability import metrics
from autopost.settings import Settings
from autopost.web.database import POOL_SIZE, open_database
from autopost.web.errors import DatabaseUnavailable
from tests.support.host import SCHEMAS, Host, open_connection


def counted(error: str) -> float:
    """Return how many errors of a class were counted."""
    labels = {"operation": "page", "error": error}
    return metrics.REGISTRY.get_sample_value("autopost_database_errors_total", labels) or 0.0


async def test_error_is_named_by_its_sqlstate_and_logged_when_it_begins_and_ends(
    host: Host, settings: Settings
) -> None:
    """Once, however many ask meanwhile; each is counted, and no log line holds what a statement was given."""
    before = counted("UndefinedTableError")
    async with open_database(settings, SCHEMAS) as connections:
        host.execute("alter table audit_log rename to hidden")
        with capture_logs() as logs:
            for _ in range(3):
                with pytest.raises(DatabaseUnavailable) as caught:
                    await connections.fetch("web/agents", 10, 10, None)
                assert caught.value.kind == "UndefinedTableError 42P01"
                assert caught.value.lacks_rights
            host.execute("alter table hidden rename to audit_log")
            for _ in range(2):
                assert await connections.fetch("web/agents", 10, 10, None) == []
    assert [(line["event"], line["purpose"], line.get("error"), line.get("statement")) for line in logs] == [
        ("database.unavailable", "page", "UndefinedTableError 42P01", "web/agents"),
        ("database.available", "page", None, None),
    ]
    assert counted("UndefinedTableError") == before + 3


async def test_table_that_is_locked_is_no_answer(host: Host, settings: Settings) -> None:
    """The server ends the wait, and the page's role is not at fault."""
    async with open_database(settings, SCHEMAS) as connections:
        with open_connection(host.connection.info.dsn) as other:
            other.execute("lock table audit_log in access exclusive mode")
            with pytest.raises(DatabaseUnavailable) as caught:
                await connections.fetch("web/agents", 10, 10, None)
        assert caught.value.kind == "LockNotAvailableError 55P03"
        assert not caught.value.lacks_rights
        assert await connections.fetch("web/agents", 10, 10, None) == []


async def test_statement_that_takes_too_long_is_no_answer(host: Host, settings: Settings) -> None:
    """The server ends it before the page gives up."""
    host.execute("alter table audit_log rename to hidden")
    host.execute("create view audit_log as select hidden.* from pg_sleep(60) left join hidden on true")
    async with open_database(settings, SCHEMAS) as connections:
        with pytest.raises(DatabaseUnavailable) as caught:
            await connections.fetch("web/agents", 10, 10, None)
        assert caught.value.kind == "QueryCanceledError 57014"
        assert not caught.value.lacks_rights
        host.execute("drop view audit_log")
        host.execute("alter table hidden rename to audit_log")
        assert await connections.fetch("web/agents", 10, 10, None) == []


async def test_no_free_connection_is_no_answer(host: Host, settings: Settings) -> None:
    """Anyone who waits for one gives up in time, although the server says nothing."""
    async with open_database(settings, SCHEMAS) as connections:
        async with contextlib.AsyncExitStack() as held:
            pool: Any = connections._runner
            for _ in range(POOL_SIZE):
                await held.enter_async_context(pool.acquire())
            with pytest.raises(DatabaseUnavailable) as caught:
                await connections.fetch("web/agents", 10, 10, None)
        assert caught.value.kind == "TimeoutError"
        assert await connections.fetch("web/agents", 10, 10, None) == []
