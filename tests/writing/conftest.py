"""Fixtures of the tests of writing: a redactor, a local LLM, and writers that talk to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from autopost.observability.problems import Problems
from autopost.writing import Writer
from tests.support.llm_server import LlmServer
from tests.writing.samples import MakeWriter, OneRuleRedactor, settings_for


@pytest.fixture(autouse=True)
def _no_openai_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def redactor() -> OneRuleRedactor:
    """Return a redactor of e-mail addresses."""
    return OneRuleRedactor()


@pytest.fixture
def llm() -> Iterator[LlmServer]:
    """Run a local LLM."""
    with LlmServer() as server:
        yield server


@pytest.fixture
async def make_writer(llm: LlmServer, redactor: OneRuleRedactor) -> AsyncIterator[MakeWriter]:
    """Return a maker of writers that talk to the local LLM; they are closed after the test."""
    async with AsyncExitStack() as stack:

        def make(redactor: Any = redactor, problems: Problems | None = None, **overrides: Any) -> Writer:
            writer = Writer(settings_for(llm, **overrides), redactor, problems=problems)
            stack.push_async_callback(writer.aclose)
            return writer

        yield make
