"""The exceptions that autopost raises.

AutopostError
├── ConfigurationError       a setting is missing or malformed; exit code 2
├── Unreadable               bounded_file.py: a file is missing, or not what it should be; callers name the setting
├── DatabaseUnreachable      no connection could be made; exit code 3
├── SchemaMismatch           the database is unmigrated, too new, or a host table lacks columns; exit code 4
├── Unhealthy                a check found what somebody must see to; exit code 5
├── LeaseLost                another worker holds the lease now; nothing was written
├── PostRefused              the platform's feed took a post without keeping it; nothing was written
├── AuditRefused             the platform's audit log took a row without keeping it; nothing was written
├── RedactionFailed          the text could not be redacted, so it must not be published; retried, then dead-lettered
│   ├── TextTooLong          the text has more characters than the redactor accepts
│   ├── DeadlinePassed       redaction used up its CPU time
│   ├── PrefilterFailed      the anchors could not be searched for
│   └── NeverClean           every pass found something new
├── RequestRefused           web/errors.py: an HTTP request or handshake is answered with an error status
│   ├── BroadcastDisabled    404: there is no live feed, as nothing is broadcast
│   ├── DatabaseUnavailable  503: a statement of the dashboard or the feeds failed or took too long
│   ├── InvalidPage          400: a feed document is asked for before what is not a place
│   ├── InvalidPosition      400: a stream is asked for from what is not a position
│   ├── ActionsForbidden     403: the token only reads
│   ├── AllTenantsRequired   403: the token is limited to one tenant
│   ├── OtherTenant          403: the token is limited to another tenant
│   ├── TokenRequired        401
│   │   └── BasicTokenRequired   401, with a question for a feed reader
│   ├── TooManyViewers       503
│   ├── TooManyWrongTokens   429
│   └── UnknownTopic         400
├── ResponseTooLong          writing/bounded_transport.py: the LLM's server sent too much; a template is used
├── TransportLost            web/feed/source.py: the transport is no longer received; the log is read instead
├── LogRewound               web/feed/receiver.py: the database was restored to an earlier state; viewers reconnect
├── NothingToDo              web/database.py: an action on the dashboard found nothing to change
├── DeliveryFailed           a transport or a webhook's target did not take an event; retried
├── DeliveryRejected         a webhook's target refuses this event; dead-lettered if it takes others
└── MalformedEvent           a message of a transport is not a whole event; it is read in the log instead

Messages never contain text of an operation, a post or a secret: they are written to logs and audit rows.
"""

from __future__ import annotations

import re

# What a vendor's key looks like: by its prefix, or as a long run of letters and digits. Neither names of models and
# hosts nor UUIDs have such runs.
_TOKEN = re.compile(r"[A-Za-z0-9_+-]{10,}={0,2}")
_KEY_PREFIX = re.compile(r"(?:sk|pk|rk|gh[opsur]|github_pat|glpat|xox[a-z]|whsec|hf|gsk)[-_]")
_LONG_RUN = re.compile(r"[A-Za-z0-9]{20,}")


def install_extra(extra: str) -> str:
    """Return the command that installs what an extra of the distribution brings.

    It needs no index that has the distribution: pip reads the extra from the one that is installed.
    """
    return f"pip install 'autopost-outbox[{extra}]'"


def mask_keys(text: str) -> str:
    """Return a text without what looks like a key, for a value that stands where it should not."""
    return _TOKEN.sub(lambda token: "***" if _is_key(token[0]) else token[0], text)


def _is_key(token: str) -> bool:
    if _KEY_PREFIX.match(token):
        return True
    return any(not run.isalpha() and not run.isdigit() for run in _LONG_RUN.findall(token))


class AutopostError(Exception):
    """Something went wrong that autopost foresaw."""

    exit_code: int = 1

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").splitlines()[0])


class ConfigurationError(AutopostError):
    """The settings are invalid. Keys in the message are masked: one may be the value of the wrong setting."""

    exit_code = 2

    def __init__(self, message: str | None = None) -> None:
        super().__init__(None if message is None else mask_keys(message))


class Unreadable(AutopostError):
    """The file cannot be read."""

    def __init__(self, why: str, *, is_missing: bool = False) -> None:
        super().__init__(why)
        self.is_missing = is_missing


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
    """Another worker holds the lease now."""


class PostRefused(AutopostError):
    """The platform's table of posts took a row without keeping it: a trigger of its own forbids it."""


class AuditRefused(AutopostError):
    """The platform's audit log took a row without keeping it: a trigger of its own forbids it."""


class RedactionFailed(AutopostError):
    """The text could not be redacted."""


class DeliveryFailed(AutopostError):
    """An event was not taken this time; retry it, not before `retry_after_seconds` if the target said so.

    `is_misconfigured`: the target refuses the webhook, and not this event alone.
    """

    def __init__(
        self, message: str, retry_after_seconds: float | None = None, *, is_misconfigured: bool = False
    ) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
        self.is_misconfigured = is_misconfigured


class DeliveryRejected(AutopostError):
    """A webhook's target will never take this event, or none at all."""


class MalformedEvent(AutopostError):
    """The message is not a whole event."""


class TextTooLong(RedactionFailed):
    """The text is longer than the redactor accepts."""


class DeadlinePassed(RedactionFailed):
    """Redaction took too long."""


class PrefilterFailed(RedactionFailed):
    """The anchors of the rules could not be searched for."""


class NeverClean(RedactionFailed):
    """Every pass of redaction found something new."""
