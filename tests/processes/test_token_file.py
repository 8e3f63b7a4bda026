"""The file of tokens in a process that serves: read again while it runs, and looked at by `check`."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import httpx2
import pytest
from structlog.testing import capture_logs

from autopost.cli.checking import run_check
from autopost.observability.health import Health
from autopost.observability.problems import Problems
from autopost.processes import serving
from autopost.processes.serving import monitoring, page_and_feeds, reload_tokens
from autopost.settings import load_settings
from autopost.web import streams
from tests.support.host import SCHEMAS, Host
from tests.support.work import eventually

OLD, NEW = (f"token-of-tests-{name}" for name in ("old", "new"))


def bearer(token: str) -> dict[str, str]:
    """Return the header of a token."""
    return {"Authorization": f"Bearer {token}"}


async def test_revoked_token_ends_without_a_restart(
    host: Host, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its open streams too, and its sessions; a file with a mistake changes nothing, and is reported once."""
    monkeypatch.setattr(serving, "reload_tokens", partial(reload_tokens, every_seconds=0.02))
    monkeypatch.setattr(streams, "SESSION_CHECK_SECONDS", 0.05)
    file, beside = tmp_path / "tokens.toml", tmp_path / "one.token"
    beside.write_text(OLD)
    file.write_text('[one]\ntoken_file = "one.token"\n')
    settings = load_settings(database_url=database, http_port=0, http_tokens_file=file)
    problems = Problems()

    def count(event: str) -> int:
        return sum(line["event"] == event for line in lines)

    with capture_logs() as lines:
        async with (
            monitoring(Health(), settings) as server,
            page_and_feeds(server, settings, SCHEMAS, problems),
            httpx2.AsyncClient(timeout=30) as browser,
        ):
            address = next(line["address"] for line in lines if line["event"] == "http.listening")

            async def status(path: str = "/", **headers: str) -> int:
                return (await browser.get(address + path, headers=headers)).status_code

            signed_in = await browser.post(
                f"{address}/sign-in", data={"token": OLD}, headers={"Sec-Fetch-Site": "same-origin"}
            )
            assert (signed_in.status_code, await status()) == (303, 200)
            async with (
                httpx2.AsyncClient(timeout=30) as watching,
                watching.stream("GET", f"{address}/events", headers=bearer(OLD)) as stream,
            ):
                assert stream.status_code == 200
                beside.write_text(NEW)
                async with asyncio.timeout(30):
                    async for _ in stream.aiter_bytes():
                        pass
            assert count("tokens.reloaded") == 1
            assert await status() == 401, "the session was of the token that is gone"
            assert (await status(**bearer(OLD)), await status(**bearer(NEW))) == (401, 200)
            for number, broken in enumerate(("", None), 1):
                if broken is None:
                    file.unlink()
                else:
                    file.write_text(broken)
                await eventually(partial(lambda wanted: count("tokens.invalid") == wanted, number))
                assert "the last usable one stays in use" in str(problems.as_json())
                assert await status(**bearer(NEW)) == 200
            file.write_text(f'[one]\ntoken = "{NEW}"\n[two]\ntoken = "{OLD}"\ntenant = "acme"\n')
            await eventually(lambda: count("tokens.reloaded") == 2)
            await eventually(lambda: problems.as_json() is None)
            assert (await status(**bearer(OLD)), await status("/outbox", **bearer(OLD))) == (200, 403)
    assert OLD not in str(lines)


async def test_check_looks_at_the_file(database: str, tmp_path: Path) -> None:
    """How many tokens it has, or the first problem."""
    file = tmp_path / "tokens.toml"
    cases = [
        (f'[one]\ntoken = "{OLD}"\n', "ok", "1 token"),
        (f'[one]\ntoken = "{OLD}"\nmay = "all"\n', "problem", "[one] may: expected: read or act"),
    ]
    for text, level, finding in cases:
        file.write_text(text)
        given = load_settings(database_url=database, http_tokens_file=file, llm_enabled=False)
        (found,) = [row for row in await run_check(given) if row.subject == "tokens"]
        assert (str(found.level), finding in found.finding) == (level, True), found
        assert OLD not in found.finding
