"""Connection strings, faults, kept texts, what is held, and where the SQL lies."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlparse
from uuid import uuid4

import asyncpg
import pytest

from autopost import audit
from autopost.database.connection import connect_arguments
from autopost.database.errors import is_of_the_connection, is_transient, label
from autopost.database.folders import sql_folder
from autopost.database.sql import Schemas, query, render
from autopost.errors import ConfigurationError, SchemaMismatch
from autopost.model import Claim, Generator, Operation, Redaction, Written
from autopost.processes.reloading import meanwhile
from autopost.settings import load_settings
from autopost.worker.in_flight import InFlight
from autopost.worker.pipeline import OperationTypeRedactor
from tests.support.cases import assert_results
from tests.support.host import SCHEMAS

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def claim(epoch: int = 1) -> Claim:
    """Return a claim."""
    return Claim(uuid4(), epoch, 1, Operation("op", "workflow_execute", "completed"), None, NOW, NOW)


@pytest.mark.parametrize(
    ("dsn", "expected"),
    [
        ("postgresql://u:p%40ss@h:5433/d?sslmode=require", {"host": "h", "password": "p@ss", "sslmode": "require"}),
        ("host=/tmp dbname=d user=u", {"host": "/tmp", "dbname": "d"}),
        ("postgresql://u@/d?host=/var/run/pg&port=5", {"host": "/var/run/pg", "port": "5"}),
        ("postgresql://h1:1,h2:2/d?target_session_attrs=read-write", {"host": "h1,h2", "port": "1,2"}),
        ("postgresql://h/d?keepalives=1&gssencmode=disable", {"host": "h", "keepalives": None}),
        ("hostaddr=127.0.0.1 dbname=d", {"host": "127.0.0.1"}),
    ],
)
def test_connection_string_of_libpq_is_understood_by_the_driver(dsn: str, expected: dict[str, str | None]) -> None:
    """Whatever form is given, asyncpg gets what it knows and nothing else."""
    arguments = connect_arguments(load_settings(database_url=dsn), "test")
    given = parse_qs(urlparse(arguments["dsn"]).query)
    assert {name: given.get(name, [None])[0] for name in expected} == expected


def test_connect_timeout_and_options_of_a_connection_string_count() -> None:
    """They are arguments of their own for asyncpg."""
    dsn = "postgresql://h/d?connect_timeout=3&options=-c%20statement_timeout%3D5000"
    arguments = connect_arguments(load_settings(database_url=dsn), "test")
    assert arguments["timeout"] == 3
    assert arguments["server_settings"]["options"] == "-c statement_timeout=5000"


def test_connect_timeout_of_0_waits_for_ever() -> None:
    """As libpq has it."""
    assert (
        connect_arguments(load_settings(database_url="postgresql://h/d?connect_timeout=0"), "test")["timeout"] is None
    )


def test_promise_that_the_driver_cannot_keep_is_refused() -> None:
    """It is not left out in silence."""
    with pytest.raises(ConfigurationError, match="require_auth"):
        connect_arguments(load_settings(database_url="postgresql://h/d?require_auth=scram-sha-256"), "test")


def test_errors_of_circumstance_are_transient() -> None:
    """The same statement may succeed later."""
    errors: list[BaseException] = [
        asyncpg.DeadlockDetectedError(),
        asyncpg.SerializationError(),
        asyncpg.LockNotAvailableError(),
        asyncpg.AdminShutdownError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.DiskFullError(),
        asyncpg.ReadOnlySQLTransactionError(),
        asyncpg.IdleInTransactionSessionTimeoutError(),
        asyncpg.InFailedSQLTransactionError(),
        asyncpg.InvalidCachedStatementError(),
        asyncpg.InternalServerError(),
        asyncpg.UndefinedTableError(),
        asyncpg.InsufficientPrivilegeError(),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("another operation is in progress"),
        ConnectionResetError(),
        TimeoutError(),
    ]
    assert [error for error in errors if not is_transient(error)] == []


def test_only_errors_that_end_a_session_are_of_the_connection() -> None:
    """What fails on one of many connections may succeed on the next; what a row's value causes does not."""
    of_the_connection: list[BaseException] = [
        asyncpg.AdminShutdownError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.IdleInTransactionSessionTimeoutError(),
        asyncpg.InterfaceError("connection is closed"),
        ConnectionResetError(),
    ]
    of_rows = [asyncpg.LockNotAvailableError(), asyncpg.DataError("x"), asyncpg.InternalServerError(), KeyError("x")]
    assert_results(is_of_the_connection, [(error, True) for error in of_the_connection])
    assert_results(is_of_the_connection, [(error, False) for error in of_rows])


def test_errors_about_rows_are_not_transient() -> None:
    """Trying again would fail again."""
    errors = [
        asyncpg.UniqueViolationError(),
        asyncpg.CheckViolationError(),
        asyncpg.DataError("x"),
        asyncpg.NumericValueOutOfRangeError(),
    ]
    assert [error for error in errors if is_transient(error)] == []


def test_kind_of_an_error_carries_no_data() -> None:
    """Its message may hold text of a row."""
    assert label(asyncpg.UniqueViolationError("Key (email)=(x@example.com)")) == "UniqueViolationError 23505"


def test_kept_text_comes_back_as_it_was() -> None:
    """With model, tokens, cost, redactions and all."""
    written = Written("Done 🎉", Generator.LLM, "m", 10, 20, 0.001, {"EMAIL_ADDRESS": 2}, None)
    assert audit.load_draft(audit.save_draft(written)) == written
    assert audit.load_draft(None) is None


async def test_in_flight_waits_until_there_is_room() -> None:
    """It ends when a row is removed, not before."""
    in_flight = InFlight()
    first, second = claim(), claim()
    in_flight.add([first, second])
    room = asyncio.create_task(in_flight.fewer_than(2, unless=asyncio.Event()))
    await asyncio.sleep(0)
    assert not room.done()
    in_flight.remove([first])
    await asyncio.wait_for(room, 60)
    assert len(in_flight) == 1


async def test_in_flight_wait_ends_when_it_is_cancelled() -> None:
    """A worker that is told to stop does not wait for room."""
    in_flight = InFlight()
    in_flight.add([claim()])
    stop = asyncio.Event()
    room = asyncio.create_task(in_flight.fewer_than(1, unless=stop))
    await asyncio.sleep(0)
    stop.set()
    in_flight.wake()
    await asyncio.wait_for(room, 60)


def test_same_row_under_a_new_epoch_is_another_claim() -> None:
    """The end of the old claim does not end the new one."""
    in_flight = InFlight()
    old = claim(epoch=1)
    new = Claim(old.id, 2, 2, old.operation, None, NOW, NOW)
    in_flight.add([old, new])
    in_flight.remove([old])
    assert new in in_flight
    assert old not in in_flight


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("autopost", "autopost.t"),
        ("public", "public.t"),
        ("Agents", '"Agents".t'),
        ("a-b", '"a-b".t'),
        ("select", '"select".t'),
    ],
)
def test_schema_is_quoted_where_it_must_be(schema: str, expected: str) -> None:
    """A plain name stays readable."""
    assert render("{{ schema }}.t", Schemas(schema, "public")) == expected
    assert render("{{ platform }}.t", Schemas("autopost", schema)) == expected


def test_placeholder_that_nobody_knows_is_refused() -> None:
    """A misspelt name does not reach a database."""
    with pytest.raises(KeyError):
        render("select {{ lock.door }}", SCHEMAS)


def test_every_query_says_what_it_does() -> None:
    """The first line of each file is a comment."""
    folder = sql_folder() / "queries"
    names = [str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.sql")]
    assert [name for name in names if not query(name, SCHEMAS).startswith("-- ")] == []


def test_status_is_shown_when_it_is_a_word() -> None:
    """A platform may write any text there."""
    cases: list[tuple[str, str | None]] = [(word, word) for word in ("completed", "Timed_Out", "on-hold")]
    other = ("", "x" * 41, "waiting for Ada", "bob" + "@" + "example.com", "42", "done\n")
    assert_results(audit.word, [*cases, *((text, None) for text in other)])


async def for_ever() -> None:
    """Never end."""
    await asyncio.Event().wait()


async def fail_soon() -> None:
    """Fail after others had their turn."""
    await asyncio.sleep(0)
    raise SchemaMismatch("soon")


async def test_error_beside_work_that_goes_on_is_raised_as_it_is() -> None:
    """With its exit code, not in a group."""
    with pytest.raises(SchemaMismatch, match="here"):
        async with meanwhile(for_ever):
            raise SchemaMismatch("here")


async def test_error_of_work_that_goes_on_ends_what_is_beside_it() -> None:
    """A worker does not go on with names that nobody keeps."""
    with pytest.raises(SchemaMismatch, match="soon"):
        async with meanwhile(fail_soon):
            await for_ever()


async def test_work_that_goes_on_ends_with_what_is_beside_it() -> None:
    """Without a word."""
    before = asyncio.all_tasks()
    async with meanwhile(for_ever):
        assert len(asyncio.all_tasks() - before) == 1
    assert asyncio.all_tasks() == before


async def test_clean_names_are_remembered_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of people that are looked for may change while a worker runs."""
    asked: list[str] = []

    class Asked:
        def redact(self, text: str) -> Redaction:
            asked.append(text)
            return Redaction(text, {})

    seconds = 600.0
    monkeypatch.setattr("autopost.worker.pipeline.monotonic", lambda: seconds)
    names = OperationTypeRedactor(Asked())
    assert await names.redact(["report", "report"]) == await names.redact(["report"]) == {"report": "report"}
    assert asked == ["report"]
    seconds += 61
    await names.redact(["report"])
    assert asked == ["report"] * 2
