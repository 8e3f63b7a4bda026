"""The carrier that the settings name."""

from __future__ import annotations

from autopost.broadcast.carrier import Carrier, NotifyCarrier
from autopost.errors import ConfigurationError
from autopost.settings import PREFIX, Broadcast, Settings

CARRIER = "carrier"  # its name among the readers of the log


def carrier_of(settings: Settings) -> Carrier | None:
    """Return the carrier, or None where posts are not announced. It connects when it sends.

    Raises ConfigurationError without the extra that it needs.
    """
    if settings.broadcast is Broadcast.NONE:
        return None
    if settings.broadcast is Broadcast.NOTIFY:
        return NotifyCarrier(settings.broadcast_channel, settings.schema_name)
    try:
        from autopost.broadcast.redis_carriers import PubSubCarrier, StreamCarrier, connect
    except ImportError:
        raise ConfigurationError(f"{PREFIX}BROADCAST={settings.broadcast} needs the extra `redis`") from None
    client = connect(settings.redis_url.get_secret_value())
    if settings.broadcast is Broadcast.REDIS:
        return PubSubCarrier(client, settings.broadcast_prefix)
    return StreamCarrier(client, settings.broadcast_prefix)
