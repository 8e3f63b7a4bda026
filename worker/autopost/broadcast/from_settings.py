"""The transport that the settings name."""

from __future__ import annotations

import asyncpg

from autopost.broadcast.transport import NotifyTransport, Transport
from autopost.errors import ConfigurationError, install_extra
from autopost.settings import PREFIX, Broadcast, Settings
from autopost.settings.broadcast import BroadcastChannels

TRANSPORT = "transport"  # its name among the consumers of the log


def transport_from_settings(settings: Settings, pool: asyncpg.Pool[asyncpg.Record]) -> Transport | None:
    """Return the transport, or None without one. It connects when it sends. Raises ConfigurationError."""
    require_extra(settings)
    if settings.broadcast is Broadcast.NONE:
        return None
    if settings.broadcast is Broadcast.NOTIFY:
        return NotifyTransport(pool, settings.broadcast_channel)
    from autopost.broadcast.redis_transports import PubSubTransport, StreamTransport, connect

    client = connect(settings.redis_url.get_secret_value())
    if settings.broadcast is Broadcast.REDIS:
        once = settings.broadcast_channels is BroadcastChannels.GLOBAL
        return PubSubTransport(client, settings.broadcast_prefix, once=once)
    return StreamTransport(client, settings.broadcast_prefix)


def require_extra(settings: Settings) -> None:
    """Raise ConfigurationError without the extra that the transport needs."""
    if settings.broadcast in (Broadcast.REDIS, Broadcast.REDIS_STREAM):
        try:
            import redis.asyncio  # noqa: F401 - only whether it is there
        except ImportError:
            raise ConfigurationError(
                f"{PREFIX}BROADCAST={settings.broadcast} needs redis: {install_extra('redis')}"
            ) from None
