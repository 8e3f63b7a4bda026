"""Keeps metrics, traces and log lines from failing what they are about."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import structlog

from autopost.database.errors import label
from autopost.observability import metrics

log = structlog.get_logger(__name__)


@contextlib.contextmanager
def bookkeeping(step: str) -> Iterator[None]:
    """Log and count an exception, and let it pass no further.

    For what runs after a commit: an error there must not end the worker, and must not look as if nothing was committed.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, the commit stands
        with contextlib.suppress(Exception):
            metrics.count_internal_error(step, error)
        with contextlib.suppress(Exception):
            log.log(logging.ERROR, "bookkeeping.failed", step=step, error=label(error))
