"""Settings of how posts are announced."""

from __future__ import annotations

from enum import StrEnum

from pydantic import SecretStr, field_validator

from autopost.settings.field import PREFIX, Group, setting


class Broadcast(StrEnum):
    """What carries announcements."""

    NONE = "none"
    NOTIFY = "notify"
    REDIS = "redis"
    REDIS_STREAM = "redis-stream"


class BroadcastSettings(Group):
    """The carrier, and by which names it is reached."""

    broadcast: Broadcast = setting(
        Broadcast.NONE,
        f"{PREFIX}BROADCAST",
        "What carries new posts to the platform's own back ends and to other instances' viewers. The same for all "
        "workers of a database.",
        "none, notify (PostgreSQL), redis (Pub/Sub) or redis-stream; the latter two with the extra `redis`",
    )
    broadcast_channel: str = setting(
        "auto_post_feed",
        f"{PREFIX}BROADCAST_CHANNEL",
        "The channel of `notify`.",
        "1 to 63 lower-case letters, digits and _, not a digit first",
        pattern=r"^[a-z_][a-z0-9_]{0,62}$",
    )
    broadcast_prefix: str = setting(
        "agent_events",
        f"{PREFIX}BROADCAST_PREFIX",
        "What names in Redis begin with: channels `<prefix>:global`, `<prefix>:agent:<id>` and `<prefix>:alerts`, the "
        "stream `<prefix>:stream`.",
        "1 to 100 letters, digits, _, -, . and :",
        pattern=r"^[A-Za-z0-9_.:-]{1,100}$",
    )
    redis_url: SecretStr = setting(
        SecretStr("redis://localhost:6379/0"),
        "REDIS_URL",
        "Where Redis is.",
        "redis://, rediss:// or unix://, with user and password where needed",
    )

    @field_validator("redis_url")
    @classmethod
    def _is_address_of_redis(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("not an address of Redis")
        return value
