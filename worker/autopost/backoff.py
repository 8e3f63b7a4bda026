"""The delay after a failed attempt. Pure, except for the random jitter."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

BASE_SECONDS = 1.0
CAP_SECONDS = 300.0
MAX_RETRY_AFTER_SECONDS = 86_400.0
_MAX_HEADER_CHARACTERS = 100


def delay_seconds(attempts: int, *, base: float = BASE_SECONDS, cap: float = CAP_SECONDS) -> float:
    """Return the delay after `attempts` failures: exponential, with equal jitter.

    Half of the delay is fixed and half is random, so that rows which failed together are not retried together
    ("Exponential Backoff And Jitter", AWS Architecture Blog).
    """
    whole: float = min(cap, base * 2.0 ** min(max(attempts, 1) - 1, 32))
    return whole / 2 + random.uniform(0, whole / 2)


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the delay that a response asks for, at most a day, or None; `headers` have lower-case names.

    `retry-after-ms` is OpenAI's own and more exact; `retry-after` is seconds or a date (RFC 9110, 10.2.3).
    """
    milliseconds = _number(_value(headers, "retry-after-ms"))
    value = _value(headers, "retry-after")
    seconds = milliseconds / 1000 if milliseconds is not None else _number(value)
    if seconds is None:
        seconds = _seconds_until(value, now)
    return None if seconds is None else min(seconds, MAX_RETRY_AFTER_SECONDS)


def _value(headers: Mapping[str, str], name: str) -> str:
    """Return the value of a header, or nothing if it is missing or cannot be what it should be."""
    value = headers.get(name, "")
    return value if value.isascii() and len(value) <= _MAX_HEADER_CHARACTERS else ""


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return None if math.isnan(number) or number < 0 else number


def _seconds_until(value: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:  # the date says "-0000"
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, OverflowError):
        return None
