"""Cancellation that an error of the database hides."""

from __future__ import annotations

import asyncio


def give_way(error: BaseException) -> None:
    """Raise CancelledError if this task is being cancelled: the rollback of what was ended hides that."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError from error
