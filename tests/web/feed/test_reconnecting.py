"""Clients that come back: all at the same moment, through a deployment behind nginx, and with libraries of others."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.support import ROOT
from tests.support.crew import Crew
from tests.support.feed.announcing import Announcer
from tests.support.feed.instances import BEARER, Instance, instance
from tests.support.host import until
from tests.support.web.visit import PATIENCE_MILLISECONDS
from tests.web.page.conftest import browser

__all__ = ["browser"]

VIEWERS = 300
NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 100; }}
http {{
    access_log off; types {{ text/html html; }}
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{port};
        location / {{ root {folder}; }}
        location /autopost/ {{
            proxy_pass http://127.0.0.1:{upstream}/;
            proxy_set_header Host $http_host;
            proxy_http_version 1.1;
        }}
    }}
}}
"""


@pytest.fixture
def database(shared_database: str) -> str:
    """Return where all tests of this module work."""
    return shared_database


def test_hundreds_that_come_back_at_once_are_all_served(feeds: Instance, announcer: Announcer) -> None:
    """Each gets what it missed, and none is turned away: they share the reads of the log."""
    place = announcer.position
    announcer.post("Before 1", "Before 2", agent="ada")
    announcer.post("Of another", agent="bob")
    host, _, port = feeds.address.removeprefix("http://").partition(":")

    async def come_back(number: int) -> bytes:
        topic = ("global", "agent:ada", "alerts")[number % 3]
        reader, writer = await asyncio.open_connection(host, int(port), limit=1_000_000)
        request = f"GET /feed/events?after={place}&topic={topic} HTTP/1.1\r\nHost: {host}:{port}\r\n"
        writer.write((request + f"Authorization: {BEARER['Authorization']}\r\n\r\n").encode())
        found = b""
        while b"event: position" not in found and (more := await reader.read(65_536)):
            found += more
            if b" 503 " in found[:15]:
                break
        writer.close()
        return found

    async def all_come_back() -> list[bytes]:
        return await asyncio.gather(*(come_back(number) for number in range(VIEWERS)))

    answers = asyncio.run(all_come_back())
    refused = [answer for answer in answers if not answer.startswith(b"HTTP/1.1 200")]
    assert not refused, (len(refused), refused[0], feeds.log[-2000:])
    for number, answer in enumerate(answers):
        contents = re.findall(rb'"content": "([^"]*)"', answer)
        wanted = ([b"Before 1", b"Before 2", b"Of another"], [b"Before 1", b"Before 2"], [])[number % 3]
        assert contents == wanted, number
    retries = {found for answer in answers for found in re.findall(rb"retry: (\d+)", answer)}
    assert len(retries) > VIEWERS / 2, "they come back at different moments"


@pytest.mark.long
@pytest.mark.parametrize("topic", ["global", "agent:nobody"])
def test_library_hands_out_no_empty_message(feeds: Instance, announcer: Announcer, topic: str) -> None:
    """httpx-sse hands out each block of lines as an event: all of them have data."""
    httpx_sse = pytest.importorskip("httpx_sse")
    place = announcer.position
    announcer.post("Hello")
    with (
        httpx.Client(headers=BEARER, timeout=60, trust_env=False) as client,
        httpx_sse.connect_sse(client, "GET", f"{feeds.address}/feed/events?after={place}&topic={topic}") as source,
    ):
        kinds = []
        for event in source.iter_sse():
            assert event.json() is not None
            kinds.append(event.event)
            if len(kinds) == 1 + (topic == "global"):
                announcer.post("A later one")  # of which a quiet topic is told the position after a while
            if len(kinds) > 2 or kinds == ["position", "position"]:
                break
    assert kinds == (["agent_post", "position", "agent_post"] if topic == "global" else ["position", "position"])


@contextlib.contextmanager
def nginx(folder: Path, port: int, upstream: int) -> Iterator[str]:
    """Run nginx, which serves files of a folder and passes /autopost/ on; return its address."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        pytest.skip("nginx is not installed")
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, port=port, upstream=upstream), "utf-8")
    with subprocess.Popen([program, "-p", folder, "-c", configuration], stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: _is_open(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _is_open(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def free_port() -> int:
    """Return a port that is free at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def elsewhere(work: Callable[[], object]) -> None:
    """Do something that runs an event loop, which the browser's thread cannot."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(work).result()


def snippet() -> str:
    """Return the script of the how-to."""
    found = re.search(
        r"```js\n(function follow\(.*?)```", (ROOT / "docs/how-to/feeds.md").read_text("utf-8"), re.DOTALL
    )
    assert found is not None
    return found[1]


@pytest.mark.long
def test_documented_script_survives_a_deployment_behind_nginx(
    browser: Browser, database: str, processes: Crew, announcer: Announcer, tmp_path: Path
) -> None:
    """The instance is away, nginx answers 502, on which an EventSource gives up: it comes back and misses nothing."""
    script = snippet() + (
        "follow('autopost/feed/events?topic=global', (post) => {"
        " const item = document.createElement('li'); item.textContent = post.content; document.body.append(item); },"
        " () => { document.body.append('gap'); });"
    )
    tmp_path.chmod(0o755)
    (tmp_path / "index.html").write_text(f"<!doctype html><body><script>{script}</script>", "utf-8")
    upstream = free_port()
    given = {"token": None, "SOCIAL_POST_HTTP_PORT": str(upstream)}
    with nginx(tmp_path, free_port(), upstream) as address:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        with instance(database, processes, **given) as first:  # type: ignore[arg-type]
            # Its stream has what is posted after the response began; the viewer is counted before that.
            with page.expect_response(lambda response: "/feed/events" in response.url and response.ok):
                page.goto(f"{address}/index.html")
            elsewhere(lambda: announcer.post("Before the deployment"))
            expect(page.get_by_text("Before the deployment")).to_be_visible()
            first.stop()
        with page.expect_response(lambda response: response.status == 502):
            pass
        elsewhere(lambda: announcer.post("While it was away"))
        with instance(database, processes, **given):  # type: ignore[arg-type]
            expect(page.get_by_text("While it was away")).to_be_visible()
            elsewhere(lambda: announcer.post("After it"))
            expect(page.get_by_text("After it")).to_be_visible()
        assert page.locator("li").all_inner_texts() == ["Before the deployment", "While it was away", "After it"]
        page.close()
