"""What a target may do with a post beside taking it."""

from __future__ import annotations

from autopost.errors import AutopostError


class NotDelivered(AutopostError):
    """A target did not take a post this time; it is to be sent again, after `wait_seconds` if the target said so."""

    def __init__(self, message: str, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class Rejected(AutopostError):
    """A target will never take this post."""
