"""The exceptions that autopost raises.

AutopostError
├── ConfigurationError       a setting is missing or malformed; exit code 2
├── DatabaseUnreachable      no connection could be made; exit code 3
├── SchemaMismatch           the database is unmigrated, too new, or a host table lacks columns; exit code 4
├── Unhealthy                a check found what somebody must see to; exit code 5
├── LeaseLost                another worker owns the row now; nothing was written for it
├── PostRefused              the platform's feed took a post without keeping it; nothing was written
└── RedactionFailed          the text could not be redacted, so it must not be published; retried, then dead-lettered
    ├── TextTooLong          the text has more characters than the redactor accepts
    ├── DeadlinePassed       redaction used up its CPU time
    ├── PrefilterFailed      the anchors could not be searched for
    └── NeverClean           every pass found something new

Messages never contain text of an operation, a post or a secret: they are written to logs and audit rows.
"""

from __future__ import annotations


class AutopostError(Exception):
    """Something went wrong that autopost foresaw."""

    exit_code: int = 1

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").splitlines()[0])


class ConfigurationError(AutopostError):
    """The settings are not usable."""

    exit_code = 2


class DatabaseUnreachable(AutopostError):
    """The database could not be reached."""

    exit_code = 3


class SchemaMismatch(AutopostError):
    """The database's schema is not the one that this version works with."""

    exit_code = 4


class Unhealthy(AutopostError):
    """The check found what somebody must see to."""

    exit_code = 5


class LeaseLost(AutopostError):
    """The row is no longer ours: its epoch moved on or its state changed."""


class PostRefused(AutopostError):
    """The platform's table of posts took a row without keeping it: a trigger of its own forbids it."""


class RedactionFailed(AutopostError):
    """The text could not be redacted."""


class TextTooLong(RedactionFailed):
    """The text is longer than the redactor accepts."""


class DeadlinePassed(RedactionFailed):
    """Redaction took too long."""


class PrefilterFailed(RedactionFailed):
    """The anchors of the rules could not be searched for."""


class NeverClean(RedactionFailed):
    """Every pass of redaction found something new."""
