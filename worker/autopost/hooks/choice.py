"""The hooks that the settings name."""

from __future__ import annotations

import contextlib
import ipaddress
import secrets
from collections.abc import AsyncIterator, Collection, Sequence
from urllib.parse import urlsplit

import asyncpg

from autopost.errors import ConfigurationError
from autopost.hooks.addresses import is_within, may_be_reached
from autopost.hooks.delivery import Delivery
from autopost.hooks.hook import Hook, parse_hooks
from autopost.hooks.target import Target
from autopost.hooks.turns import Turns
from autopost.setting_definitions.hooks import Network
from autopost.settings import PREFIX, Settings


def hooks_of(settings: Settings) -> list[Hook]:
    """Return the hooks, in the order of their file. Raises ConfigurationError with every problem of it."""
    path = settings.hooks_file
    if path is None:
        return []
    variable = f"{PREFIX}HOOKS"
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ConfigurationError(f"{variable}: cannot read {path}: {why}") from None
    hooks = parse_hooks(text, f"{variable}: {path}", path.parent)
    refused = [problem for hook in hooks if (problem := _refused(hook, settings.allowed_networks))]
    if refused:
        raise ConfigurationError(f"{variable}: {path} is not usable:\n" + "\n".join(f"  {line}" for line in refused))
    return hooks


@contextlib.asynccontextmanager
async def deliveries(
    hooks: Sequence[Hook], pool: asyncpg.Pool[asyncpg.Record], settings: Settings
) -> AsyncIterator[list[Delivery]]:
    """Return what delivers to each hook, to be run beside a worker; targets are let go of at the end."""
    holder = f"{settings.worker_name} {secrets.token_hex(4)}"  # two workers may have one name
    async with contextlib.AsyncExitStack() as targets:
        found = []
        for hook in hooks:
            target = await targets.enter_async_context(contextlib.aclosing(Target(hook, settings.allowed_networks)))
            turns = Turns(pool, settings.schema_name, hook.name, hook.reader, holder)
            found.append(Delivery(hook, turns, target))
        yield found


def _refused(hook: Hook, allowed: Collection[Network]) -> str | None:
    """Return what is wrong with an address that is given as a number; a name is judged when it is connected to."""
    parts = urlsplit(hook.url)
    try:
        address = ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return None
    is_plain = parts.scheme == "http"
    if is_within(address, allowed) if is_plain else may_be_reached(address, allowed):
        return None
    why = "without TLS hooks go to allowed networks only" if is_plain else "no public address"
    return f"[{hook.name}] url: {hook.where}: {why}; allowed: also what {PREFIX}HOOK_NETWORKS holds"
