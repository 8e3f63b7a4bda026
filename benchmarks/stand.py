"""The stand that benchmarks run on: a private server that flushes to disk, a platform's tables, a worker process."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from tests.support.host import open_connection

from autopost.database.embedded import EmbeddedServer, embedded_server
from autopost.database.migrate import migrate
from autopost.settings import load_settings

Connection = psycopg.Connection[Any]
RESULTS = Path(__file__).parent / "results"


@contextlib.contextmanager
def stand(
    version: int = 18, *, settings: Mapping[str, str] | None = None
) -> Iterator[tuple[EmbeddedServer, Connection]]:
    """Run a migrated server with a connection of its owner, in autocommit; `settings` are the server's."""
    for name in list(os.environ):
        if name == "DATABASE_URL" or name.startswith(("PG", "OPENAI_", "SOCIAL_POST_")):
            del os.environ[name]
    with embedded_server(version, durable=True, settings={"shared_buffers": "'256MB'", **(settings or {})}) as server:
        migrate(load_settings(database_url=server.dsn()))
        with open_connection(server.dsn(), autocommit=True) as connection:
            yield server, connection


@contextlib.contextmanager
def worker(server: EmbeddedServer, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker process in template mode, from its first heartbeat on."""
    environment = {
        **os.environ,
        "DATABASE_URL": server.dsn(),
        "SOCIAL_POST_LLM_ENABLED": "false",
        "SOCIAL_POST_ALERT_BURST": "0",
        "SOCIAL_POST_LOG_LEVEL": "error",
        **variables,
    }
    process = subprocess.Popen([sys.executable, "-m", "autopost", "run"], env=environment)
    try:
        with open_connection(server.dsn(), autocommit=True) as connection:
            wait_for(connection, "select exists (select from auto_post_workers)", seconds=60)
        yield process
    finally:
        process.terminate()
        process.wait(60)


def add_agents(connection: Connection, count: int) -> None:
    """Add agents `agent1` to `agent<count>` that may post."""
    connection.execute(
        "insert into agents (id, tenant_id, name, maturity, category) "
        "select 'agent' || n, 'tenant', 'Agent ' || n, 'AUTONOMOUS', 'ops' from generate_series(1, %s) as n",
        (count,),
    )


def wait_for(connection: Connection, question: str, *, seconds: float = 600) -> None:
    """Wait until a query's one value is true."""
    end = time.monotonic() + seconds
    while True:
        row = connection.execute(question.encode()).fetchone()
        if row is not None and row[0]:
            return
        if time.monotonic() > end:
            raise TimeoutError(question)
        time.sleep(0.02)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def spread(values: Sequence[float]) -> str:
    """Return median, least and most."""
    return f"{statistics.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def report(name: str, line: str, **figures: object) -> None:
    """Print the one line of a benchmark, and keep its figures as JSON."""
    print(f"{name}: {line}", flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps({"line": line, **figures}, indent=2) + "\n", "utf-8")
