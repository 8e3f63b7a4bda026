"""The hooks that the settings name."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Sequence

import asyncpg

from autopost.errors import ConfigurationError
from autopost.settings import PREFIX, Settings
from autopost.webhooks.delivery import Delivery
from autopost.webhooks.hook import Hook
from autopost.webhooks.hook_file import parse_hooks
from autopost.webhooks.target import Target
from autopost.webhooks.turns import Turns


def hooks_of(settings: Settings) -> list[Hook]:
    """Return the hooks, in the order of their file. Raises ConfigurationError with every problem of it."""
    if settings.webhooks_file is None:
        return []
    variable, path = f"{PREFIX}WEBHOOKS_FILE", settings.webhooks_file.expanduser().absolute()
    if path.exists() and not path.is_file():
        raise ConfigurationError(f"{variable}: cannot read {path}: it is not a regular file")
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ConfigurationError(f"{variable}: cannot read {path}: {why}") from None
    return parse_hooks(text, f"{variable}: {path}", path.parent, settings.allowed_networks)


@contextlib.asynccontextmanager
async def deliveries(
    hooks: Sequence[Hook], pool: asyncpg.Pool[asyncpg.Record], settings: Settings
) -> AsyncIterator[list[Delivery]]:
    """Return what delivers to each hook, to be run beside a worker; targets are let go of at the end."""
    holder = f"{settings.worker_name} {secrets.token_hex(4)}"  # two workers may have one name
    one_at_a_time = asyncio.Lock()
    async with contextlib.AsyncExitStack() as targets:
        found = []
        for hook in hooks:
            target = await targets.enter_async_context(contextlib.aclosing(Target(hook, settings.allowed_networks)))
            turns = Turns(pool, settings.schema_name, hook.name, hook.reader, holder, one_at_a_time)
            found.append(Delivery(hook, turns, target))
        yield found
