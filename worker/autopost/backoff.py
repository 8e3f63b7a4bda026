"""The delay after a failed attempt. Pure, except for the random jitter."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

BASE_SECONDS = 1.0
CAP_SECONDS = 300.0


def delay_seconds(attempts: int, *, base: float = BASE_SECONDS, cap: float = CAP_SECONDS) -> float:
    """Return the delay after `attempts` failures: exponential, with equal jitter.

    Half of the delay is fixed and half is random, so that rows which failed together are not retried together
    ("Exponential Backoff And Jitter", AWS Architecture Blog).
    """
    whole: float = min(cap, base * 2.0 ** min(max(attempts, 1) - 1, 32))
    return whole / 2 + random.uniform(0, whole / 2)


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the delay that a response asks for, or None; `headers` have lower-case names.

    `retry-after-ms` is OpenAI's own and more exact; `retry-after` is seconds or a date (RFC 9110, 10.2.3).
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None:
        return seconds
    return _seconds_until(value, now)


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return None if math.isnan(number) or number < 0 else number


def _seconds_until(value: str | None, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(value or "")
        if moment.tzinfo is None:  # the date says "-0000"
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, OverflowError):
        return None
