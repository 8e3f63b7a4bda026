"""Settings of the broadcast: how new posts are broadcast to other systems."""

from __future__ import annotations

from enum import StrEnum

from pydantic import SecretStr, field_validator

from autopost.settings.field import PREFIX, Group, setting


class Broadcast(StrEnum):
    """The transports for broadcast events."""

    NONE = "none"
    NOTIFY = "notify"
    REDIS = "redis"
    REDIS_STREAM = "redis-stream"


class BroadcastChannels(StrEnum):
    """On which channels of Redis Pub/Sub a post is published."""

    TOPICS = "topics"
    GLOBAL = "global"


class BroadcastSettings(Group):
    """The transport, and the names it uses."""

    broadcast: Broadcast = setting(
        Broadcast.NONE,
        f"{PREFIX}BROADCAST",
        "The transport that broadcasts new posts to the platform's back ends and to viewers of other instances. Must "
        "be the same for all workers of a database.",
        "none, notify (PostgreSQL), redis (Pub/Sub) or redis-stream; the last two need the extra `redis`",
    )
    broadcast_channel: str = setting(
        "auto_post_feed",
        f"{PREFIX}BROADCAST_CHANNEL",
        "The channel for `notify`.",
        "1 to 63 lower-case letters, digits and _, not starting with a digit",
        pattern=r"^[a-z_][a-z0-9_]{0,62}$",
    )
    broadcast_prefix: str = setting(
        "agent_events",
        f"{PREFIX}BROADCAST_PREFIX",
        "The prefix of names in Redis: channels `<prefix>:global`, `<prefix>:agent:<id>` and `<prefix>:alerts`, stream "
        "`<prefix>:stream`.",
        "1 to 100 letters, digits, _, -, . and :",
        pattern=r"^[A-Za-z0-9_.:-]{1,100}$",
    )
    broadcast_channels: BroadcastChannels = setting(
        BroadcastChannels.TOPICS,
        f"{PREFIX}BROADCAST_CHANNELS",
        "For `redis`: whether a post is published on the channel of each of its topics, or once, on `<prefix>:global`, "
        "with all topics in the message. A subscriber of `<prefix>:*` needs `global` to get each post once.",
        "topics or global",
    )
    redis_url: SecretStr = setting(
        SecretStr("redis://localhost:6379/0"),
        "REDIS_URL",
        "The address of Redis.",
        "redis://, rediss:// or unix://, with user and password if needed",
    )

    @field_validator("redis_url")
    @classmethod
    def _is_redis_address(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("not a Redis address")
        return value
