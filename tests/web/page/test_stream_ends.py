"""Streams at their end, in trouble, and when nobody watches: each with a worker of its own."""

from __future__ import annotations

import re
import signal
import socket
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from psycopg import sql

from tests.support.crew import Crew
from tests.support.host import Host, open_connection, until
from tests.support.web.browsing import TOKEN, Events, Site, site
from tests.support.web.filling import lock_out, looks, post

PATIENCE_MILLISECONDS = 120_000


@pytest.fixture
def guarded(database: str, processes: Crew) -> Iterator[Site]:
    """Return a page."""
    with site(database, processes) as guarded:
        yield guarded


def test_nobody_watching_costs_nothing(host: Host, guarded: Site) -> None:
    """The page looks while somebody watches and stops when the last one has gone, also without a word."""

    def looked() -> object:
        return host.value(
            "select max(query_start) from pg_stat_activity "
            "where application_name = 'autopost page' and datname = current_database()"
        )

    def is_quiet() -> bool:
        last = looked()
        time.sleep(1.5)
        return looked() == last

    assert looks(host) == 0, "no connection before somebody asks"
    with guarded.raw("/events") as end:
        first = until(looked)
        until(lambda: looked() != first)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # closes with a reset
    until(is_quiet)


@pytest.mark.parametrize("reads", [True, False])
def test_stop_does_not_wait_for_viewers(host: Host, guarded: Site, reads: bool) -> None:
    """SIGTERM with open streams: they end, and the worker with them, whether or not the browsers read."""
    ends = [guarded.raw("/events", receive_bytes=None if reads else 4_096) for _ in range(5)]
    for end in ends:
        assert end.recv(500).startswith(b"HTTP/1.1 200")
    if not reads:
        for number in range(10):
            post(host, number, f"agent{number}")
        until(lambda: host.waiting() == 0)
    guarded.worker.signal(signal.SIGTERM)
    assert guarded.worker.wait(60) == 0
    if reads:
        for end in ends:
            assert Events(end).rest().endswith("0\r\n\r\n"), "the stream ended as it should"
    assert "error" not in {line for line in guarded.worker.log.splitlines() if '"level": "error"' in line}
    assert "Traceback" not in guarded.worker.log
    for end in ends:
        end.close()


def errors(guarded: Site) -> float:
    """Return how many errors of the database the page has met."""
    pattern = r'^autopost_database_errors_total\{operation="page",[^}]*\} (\S+)$'
    return sum(map(float, re.findall(pattern, guarded.get("/metrics").text, re.MULTILINE)), 0.0)


@pytest.mark.long
def test_trouble_with_the_database_is_told_and_passes(host: Host, guarded: Site, database: str) -> None:
    """An open stream stays open, and what was posted meanwhile comes when it is over."""
    with guarded.raw("/events") as end:
        events = Events(end)
        events.until("trouble")  # with which a stream begins
        name = sql.Identifier(host.connection.info.dbname)
        with open_connection(database, dbname="postgres", autocommit=True) as other:
            other.execute(sql.SQL("alter database {} with allow_connections false").format(name))
            lock_out(host)
            assert [event.data for event in events.until("trouble", 2)] == [False, True]
            asked = errors(guarded)
            ends = [guarded.raw("/events?after=0~") for _ in range(30)]
            for late in ends:
                assert late.recv(1_000).startswith(b"HTTP/1.1 503")
                late.close()
            assert errors(guarded) < asked + 10, "anyone who comes meanwhile waits for the one look"
            other.execute(sql.SQL("alter database {} with allow_connections true").format(name))
        post(host, 1)
        assert events.until("trouble", 3)[2].data is False
        assert len(events.until("entry")) == 1


@pytest.mark.long
def test_open_and_new_pages_outlast_an_outage(host: Host, guarded: Site, database: str, browser: Browser) -> None:
    """Neither says that it is live while the database is away, and both go on by themselves when it is back."""
    post(host, 1)
    until(lambda: host.waiting() == 0)
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    opened, loaded = context.new_page(), context.new_page()
    opened.goto(guarded.address)
    opened.get_by_label("Token").fill(TOKEN)
    opened.get_by_role("button", name="Sign in").click()
    opened.bring_to_front()
    expect(opened.locator("#live")).to_have_text("Live", timeout=PATIENCE_MILLISECONDS)
    name = sql.Identifier(host.connection.info.dbname)
    with open_connection(database, dbname="postgres", autocommit=True) as other:
        other.execute(sql.SQL("alter database {} with allow_connections false").format(name))
        lock_out(host)
        expect(opened.locator(".trouble")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
        expect(opened.locator("#live")).not_to_have_text("Live")
        expect(opened.locator("#feed > .entry")).to_have_count(1)
        loaded.goto(f"{guarded.address}/outbox")
        expect(loaded.locator(".trouble")).to_be_visible()
        expect(loaded.locator("#live")).to_be_hidden()
        other.execute(sql.SQL("alter database {} with allow_connections true").format(name))
    expect(loaded.get_by_role("heading", name="Dead letters")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    expect(opened.locator("#live")).to_have_text("Live", timeout=PATIENCE_MILLISECONDS)
    expect(opened.locator(".trouble")).to_have_count(0)
    post(host, 2)
    expect(opened.locator("#feed > .entry")).to_have_count(2, timeout=PATIENCE_MILLISECONDS)
    context.close()
