"""The webhooks that the settings name."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

import asyncpg

from autopost.broadcast.broadcaster import holder_name
from autopost.broadcast.lease import ConsumerLease
from autopost.database.sql import Schemas
from autopost.errors import ConfigurationError, Unreadable
from autopost.settings import PREFIX, Settings
from autopost.settings.bounded_file import read_bounded
from autopost.webhooks.delivery import LEASE_SECONDS, WebhookConsumer
from autopost.webhooks.summaries import SummarySender, WriteLead
from autopost.webhooks.target import Target
from autopost.webhooks.webhook import Webhook, WebhookKind
from autopost.webhooks.webhook_file import parse_webhooks

if TYPE_CHECKING:
    from autopost.webhooks.mail import MailTarget


def webhooks_from_settings(settings: Settings) -> list[Webhook]:
    """Return the webhooks, in the order of their file. Raises ConfigurationError with every problem of it."""
    if settings.webhooks_file is None:
        return []
    variable, path = f"{PREFIX}WEBHOOKS_FILE", settings.webhooks_file
    try:
        text = read_bounded(path)
    except Unreadable as error:
        raise ConfigurationError(f"{variable}: cannot read {path}: {error}") from None
    return parse_webhooks(text, f"{variable}: {path}", path.expanduser().absolute().parent, settings.allowed_networks)


def target_of(webhook: Webhook, settings: Settings) -> Target | MailTarget:
    """Return where a webhook's posts go."""
    if webhook.kind is not WebhookKind.EMAIL:
        return Target(webhook, settings.allowed_networks)
    from autopost.webhooks.mail import MailTarget  # its library takes 0.1 seconds to import

    return MailTarget(webhook, settings.allowed_networks)


@contextlib.asynccontextmanager
async def webhook_consumers(
    webhooks: Sequence[Webhook],
    pool: asyncpg.Pool[asyncpg.Record],
    settings: Settings,
    schemas: Schemas,
    write_lead: WriteLead | None = None,
) -> AsyncIterator[list[WebhookConsumer]]:
    """Yield a consumer for each webhook, to be run beside a worker; connections to targets are closed at the end.

    Summaries that are due are sent while the context lasts.
    """
    holder, one_at_a_time = holder_name(settings), asyncio.Lock()
    async with contextlib.AsyncExitStack() as targets:
        consumers, senders = [], []
        for webhook in webhooks:
            target = await targets.enter_async_context(contextlib.aclosing(target_of(webhook, settings)))
            lease = ConsumerLease(pool, schemas, webhook.consumer, holder, LEASE_SECONDS, one_at_a_time)
            consumers.append(WebhookConsumer(webhook, lease, target))
            if (due := webhook.summary) is not None:
                sender = SummarySender(
                    webhook, due, pool, schemas, target, holder, write_lead=write_lead, one_at_a_time=one_at_a_time
                )
                senders.append(sender)
        tasks = [asyncio.create_task(sender.run(), name="summary") for sender in senders]
        try:
            yield consumers
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
