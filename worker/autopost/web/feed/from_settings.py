"""The source of posts that the settings name."""

from __future__ import annotations

from autopost.errors import ConfigurationError, install_extra
from autopost.settings import PREFIX, Broadcast, Settings
from autopost.web.feed.source import NotifySource, Source


def source_of(settings: Settings) -> Source | None:
    """Return what receives from the transport, or None where there is none. It connects when it is read.

    Raises ConfigurationError without the extra that it needs.
    """
    if settings.broadcast is Broadcast.NONE:
        return None
    if settings.broadcast is Broadcast.NOTIFY:
        return NotifySource(settings)
    try:
        from autopost.web.feed.redis_sources import PubSubSource, StreamSource
    except ImportError:
        raise ConfigurationError(
            f"{PREFIX}BROADCAST={settings.broadcast} needs redis: {install_extra('redis')}"
        ) from None
    kind = PubSubSource if settings.broadcast is Broadcast.REDIS else StreamSource
    return kind(settings.redis_url.get_secret_value(), settings.broadcast_prefix)
