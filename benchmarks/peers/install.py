"""Installs a peer's tables in a database, as its own package makes them."""

from __future__ import annotations

import asyncio
import importlib.util

import asyncpg
from tests.support.host import open_connection


def is_installed(name: str) -> bool:
    """Return whether the package is there (requirements/bench.txt)."""
    return importlib.util.find_spec(name) is not None


def install_pgqueuer(dsn: str) -> None:
    """Make pgqueuer's tables, with the autovacuum settings that it recommends."""
    asyncio.run(_install_pgqueuer(dsn))


async def _install_pgqueuer(dsn: str) -> None:
    from pgqueuer.db import AsyncpgDriver
    from pgqueuer.queries import Queries

    connection = await asyncpg.connect(dsn)
    try:
        queries = Queries(AsyncpgDriver(connection))
        await queries.install()
        await queries.optimize_autovacuum()
    finally:
        await connection.close()


def install_procrastinate(dsn: str) -> None:
    """Make procrastinate's tables."""
    from procrastinate.schema import SchemaManager

    with open_connection(dsn, autocommit=True) as connection:
        connection.execute(SchemaManager.get_schema().encode())
