"""What connections know about array types without asking the server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from autopost.database.array_types import _ELEMENTS, described
from autopost.database.connection import connect
from autopost.redaction.redactor import Redactor
from autopost.settings import Settings
from tests.support.host import Host
from tests.support.work import work_off

VALUES: dict[str, list[Any]] = {
    "bool": [True, None],
    "int2": [1, -1],
    "int4": [2**31 - 1],
    "int8": [2**63 - 1],
    "float8": [0.5],
    "timestamptz": [datetime(2026, 1, 31, tzinfo=UTC)],
    "uuid": [UUID(int=7)],
    "jsonb": ['{"a": 1}', None],
}


async def test_known_array_types_are_as_the_server_describes_them(settings: Settings) -> None:
    """In every version of PostgreSQL; values of each of them come back as they were sent."""
    connection = await connect(settings, "test")
    try:
        asked, _ = await asyncpg.Connection._introspect_types(connection, set(_ELEMENTS), 10)  # type: ignore[attr-defined]
        known = described(sorted(_ELEMENTS))
        assert known is not None
        arrays = {row["oid"]: row for row in asked if row["oid"] in _ELEMENTS}
        assert known == [{name: arrays[one["oid"]][name] for name in one} for one in known]
        for name, values in VALUES.items():
            assert await connection.fetchval(f"select $1::{name}[]", values) == values
    finally:
        await connection.close()
    assert VALUES.keys() == {name for name, _ in _ELEMENTS.values()}


async def test_other_types_are_asked_for(settings: Settings) -> None:
    """Also together with one that is known."""
    connection = await connect(settings, "test")
    try:
        row = await connection.fetchrow("select $1::date[] as dates, $2::uuid[] as ids", [], [])
    finally:
        await connection.close()
    assert dict(row) == {"dates": [], "ids": []}


async def test_worker_asks_for_no_type(
    host: Host, settings: Settings, redactor: Redactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it does from its start to a post."""
    asked: list[object] = []
    ask = asyncpg.Connection._introspect_types  # type: ignore[attr-defined]

    async def noted(connection: Any, oids: Any, *arguments: Any) -> Any:
        asked.append(oids)
        return await ask(connection, oids, *arguments)

    monkeypatch.setattr(asyncpg.Connection, "_introspect_types", noted)
    host.agent()
    host.complete()
    await work_off(host, settings, redactor)
    assert [row["state"] for row in host.outbox()] == ["posted"]
    assert asked == []
