"""Look at the file of tokens for the dashboard and the feeds."""

from __future__ import annotations

import asyncio

from autopost.cli.checking.finding import Finding, ok, problem
from autopost.cli.console import counted
from autopost.errors import ConfigurationError
from autopost.processes.reloading import first_problem
from autopost.processes.serving import TOKENS
from autopost.settings import PREFIX, Settings
from autopost.web.token_file import read_tokens


async def token_file(settings: Settings) -> list[Finding]:
    """Return how the file is; nothing where none is set."""
    path = settings.http_tokens_file
    if path is None:
        return []
    try:
        tokens = await asyncio.to_thread(read_tokens, settings)
    except ConfigurationError as error:
        finding = f"{first_problem(error)}: processes that start with {path} do not start, others go on"
        return [problem(TOKENS, finding, f"correct {path}; docs/how-to/access.md has its keys")]
    return [ok(TOKENS, f"{counted(len(tokens), 'token')} in {PREFIX}HTTP_TOKENS_FILE and the settings")]
