"""What libraries log is written like everything else, without their texts."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

CODE = """
import asyncio, logging, sys, warnings
from autopost.observability.logs import configure_logs
from autopost.settings import load_settings

configure_logs(load_settings(require_database=False, log_format=sys.argv[1]))
logging.getLogger("some.library").error("a private %s", "text", exc_info=ValueError("private"))
logging.getLogger("some.library").warning("private")
logging.getLogger("uvicorn.error").error("ASGI callable said '%s'.", "private")

warnings.warn("private", UserWarning)

async def fail():
    raise KeyError("private")

async def main():
    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)

asyncio.run(main())
"""


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_errors_of_libraries_are_events_without_their_texts(log_format: str) -> None:
    """A message or an exception may hold a value of a row. Below an error they are silent."""
    command = [sys.executable, "-c", CODE, log_format]
    logged = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert "private" not in logged
    lines = logged.splitlines()
    assert len(lines) == 4
    if log_format == "text":
        assert all("library." in line for line in lines)
        return
    first, second, warning, third = map(json.loads, lines)
    assert (warning["event"], warning["level"], warning["kind"]) == ("library.warning", "warning", "UserWarning")
    assert {line["event"] for line in (first, second, third)} == {"library.error"}
    assert {line["level"] for line in (first, second, third)} == {"error"}
    assert (first["logger"], first["error"], "message" in first) == ("some.library", "ValueError", False)
    assert (second["logger"], second["message"]) == ("uvicorn.error", "ASGI callable said '%s'.")
    assert (third["logger"], third["error"]) == ("asyncio", "KeyError")
    assert third["traceback"][-1].endswith("fail")
