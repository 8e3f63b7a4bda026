"""Settings of the worker and its logs."""

from __future__ import annotations

import os
import socket
from enum import StrEnum
from typing import Any

from pydantic import field_validator

from autopost.model.digest import DigestMode
from autopost.settings.field import PREFIX, Group, setting


class LogFormat(StrEnum):
    """The format of log lines. `auto` is text on a terminal and JSON elsewhere."""

    AUTO = "auto"
    JSON = "json"
    TEXT = "text"


class WorkerSettings(Group):
    """Intervals, limits, name and logs of a worker."""

    rate_limit_minutes: float = setting(
        5.0,
        f"{PREFIX}RATE_LIMIT_MINUTES",
        "The window in which an agent can post once. Alerts are exempt.",
        "minutes, above 0 and at most 1440",
        gt=0,
        le=1440,
    )
    alert_burst: int = setting(
        20,
        f"{PREFIX}ALERT_BURST",
        "How many alerts of an agent and operation type are posted one by one in the window of the rate limit. "
        "The rest are skipped and summarised in one post. Approval requests are exempt.",
        "a whole number, 0 to 1000; 0 for no limit",
        ge=0,
        le=1000,
    )
    digest: DigestMode = setting(
        DigestMode.METADATA,
        f"{PREFIX}DIGEST",
        "Where to say what an agent did while it was rate-limited: in the metadata of its next post, which is shown "
        "beside the post; also in the post's text; or also in a post of its own at the end of the window.",
        "metadata, text, post or off",
    )
    poll_seconds: float = setting(
        5.0,
        f"{PREFIX}POLL_SECONDS",
        "The maximum time between two polls of the outbox, in case notifications are lost.",
        "seconds, 0.05 to 300",
        ge=0.05,
        le=300,
    )
    lease_seconds: float = setting(
        60.0,
        f"{PREFIX}LEASE_SECONDS",
        "The lease of a claimed row, after which another worker can claim it; sooner if its worker crashed.",
        "seconds, 1 to 3600; more than SOCIAL_POST_LLM_TIMEOUT_SECONDS",
        ge=1,
        le=3600,
    )
    max_attempts: int = setting(
        5,
        f"{PREFIX}MAX_ATTEMPTS",
        "The maximum number of attempts before a row is dead-lettered.",
        "a whole number, 1 to 100",
        ge=1,
        le=100,
    )
    batch_size: int = setting(
        500,
        f"{PREFIX}BATCH_SIZE",
        "The maximum number of rows that are claimed or published at once.",
        "a whole number, 1 to 2000",
        ge=1,
        le=2000,
    )
    shutdown_seconds: float = setting(
        20.0,
        f"{PREFIX}SHUTDOWN_SECONDS",
        "The time to finish claimed rows after SIGTERM; the rest is released.",
        "seconds, 0 to 600",
        ge=0,
        le=600,
    )
    maintenance_seconds: float = setting(
        30.0,
        f"{PREFIX}MAINTENANCE_SECONDS",
        "The interval of maintenance: capture operations that the trigger missed, remove rows after their retention.",
        "seconds, 0.05 to 86400",
        ge=0.05,
        le=86400,
    )
    retention_days: float = setting(
        7.0,
        f"{PREFIX}RETENTION_DAYS",
        "How long finished rows are kept in the outbox, with the operation's text. A worker without the rights of the "
        "tables' owner keeps them for at least an hour.",
        "days, 0 to 3650, fractions allowed",
        ge=0,
        le=3650,
    )
    startup_wait_seconds: float = setting(
        0.0,
        f"{PREFIX}STARTUP_WAIT_SECONDS",
        "The time to wait at startup for the database and its migration. With 0 a worker exits at once without them.",
        "seconds, 0 to 86400",
        ge=0,
        le=86400,
    )
    worker_name: str = setting(
        "",
        f"{PREFIX}WORKER_NAME",
        "The name of the worker in the outbox and the audit log. It must differ from that of every other worker. "
        "Default: host name and process id.",
        "at most 100 characters",
        max_length=100,
    )
    log_level: str = setting(
        "info",
        f"{PREFIX}LOG_LEVEL",
        "The minimum level of log lines.",
        "debug, info, warning or error",
        pattern=r"^(?i:debug|info|warning|error)$",
    )
    log_format: LogFormat = setting(
        LogFormat.AUTO, f"{PREFIX}LOG_FORMAT", "The format of log lines.", "auto, json or text"
    )

    @field_validator("log_format", "digest", mode="before")
    @classmethod
    def _without_regard_to_case(cls, value: Any) -> Any:
        return value.strip().lower() if isinstance(value, str) else value

    def model_post_init(self, _context: Any, /) -> None:
        """Fill in the default name of the worker."""
        if not self.worker_name:
            object.__setattr__(self, "worker_name", f"{socket.gethostname()[:80]}-{os.getpid()}")
