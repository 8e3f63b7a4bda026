"""How many connections there is room for, and how long one may last."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
import structlog
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from autopost.observability.health import Health
from autopost.web import server
from autopost.web.server import RESERVED

CODE = """
import resource, sys
soft, hard, connections = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
from autopost.web.server import room_for
print(room_for(connections), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "room", "limit"),
    [
        (1_024, 2_000, 1_400, 1_400 + RESERVED),
        (1_800, 2_000, 1_400, 1_800),
        (512, 1_024, 1_024 - RESERVED, 1_024),
        (100, 100, 1, 100),
    ],
    ids=["raised", "enough", "too-few", "next-to-none"],
)
def test_limit_of_file_descriptors_is_raised_as_far_as_it_goes(soft: int, hard: int, room: int, limit: int) -> None:
    """And where that is not far enough, fewer connections are let in."""
    command = [sys.executable, "-c", CODE, str(soft), str(hard), "1400"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1].split() == [str(room), str(limit)]


async def test_socket_outlives_the_time_that_a_request_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of whoever sends no whole request ends with the handshake."""
    monkeypatch.setattr(server, "REQUEST_SECONDS", 0.2)

    async def later(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        await asyncio.sleep(0.6)
        await send({"type": "websocket.send", "text": "still here"})

    with structlog.testing.capture_logs() as logs:
        async with server.serve(Health(), "127.0.0.1", 0, beneath=later):
            address = logs[0]["address"].replace("http://", "ws://")
            async with connect(f"{address}/any", proxy=None) as opened:
                assert await asyncio.wait_for(opened.recv(), 20) == "still here"
