"""The values that the stages of the worker exchange."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from autopost.model.digest import Digest

# What a redacted text shows where a finding was: its type in angle brackets, such as `<EMAIL_ADDRESS>`.
# The most characters of a type, the prefix of one that began with a digit included (see redaction/pattern_file.py).
MOST_TYPE_CHARACTERS = 65

# Matches the placeholder of any type, for `re` and `regex`; without a group, as it is a part of other patterns.
PLACEHOLDER = f"<[A-Z][A-Z0-9_]{{0,{MOST_TYPE_CHARACTERS - 1}}}>"

# A title that begins with one of these was written as at the start of a sentence.
_BEGINNING = re.compile(r"(A|An|The|Our|Your|Their|His|Her|Its|This|That|Some|Another|Each|Every)(?=\s)")
_FIRST_WORD = re.compile(r"\S+")


def placeholder(entity: str) -> str:
    """Return the placeholder of a finding of this type."""
    return f"<{entity}>"


def mid_sentence(title: str) -> str:
    """Return a title for the middle of a sentence: `A workflow` as `a workflow`, `CRM sync` as it is."""
    return _BEGINNING.sub(lambda found: found[0].lower(), title, count=1) if _BEGINNING.match(title) else title


def start_of_sentence(title: str) -> str:
    """Return a title for the start of a sentence: `a workflow` as `A workflow`, `iOS build` and `e-mail2x` as they are.

    The first letter is changed where the first word is in lower case, letters of any script included.
    """
    first = _FIRST_WORD.match(title)
    return title[0].upper() + title[1:] if first and first[0].islower() and len(title[0].upper()) == 1 else title


class Reason(StrEnum):
    """Why an operation was not posted; the values are stored in the outbox and the audit log."""

    MISSING_EXPLANATION = "missing_explanation"
    AGENT_UNKNOWN = "agent_unknown"
    AGENT_AMBIGUOUS = "agent_ambiguous"
    MATURITY_BLOCKED = "maturity_blocked"
    TENANT_MISMATCH = "tenant_mismatch"
    RATE_LIMITED = "rate_limited"
    ALERT_STORM = "alert_storm"
    DIGEST_EMPTY = "digest_empty"
    REFUSED_BY_PLATFORM = "refused_by_platform"
    ALREADY_PROCESSED = "already_processed"


class Generator(StrEnum):
    """What wrote the text of a post."""

    LLM = "llm"
    TEMPLATE = "template"


APPROVAL_TYPE = "approval_requested"


@dataclass(frozen=True, slots=True)
class Summary:
    """The alerts that were skipped in a window, which a row sums up; an empty operation type: of several."""

    operation_type: str
    began_at: datetime
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Operation:
    """A significant operation as it was committed, or as the trigger captured it if it could not be read again.

    Texts are None where the platform's column was NULL. Each is cut at 4,000 characters, possibly within a word. With
    `summary` it is the first of the alerts that the row sums up. `title` is what its rule calls it (a text of the
    team, not redacted), None where posts show the operation type; `rule_id` is None for a rule that was removed.
    With `is_digest` it is not an operation: the row becomes the post that says what the agent did while rate-limited.
    """

    tracker_id: str
    operation_type: str
    status: str
    agent_id: str | None = None
    tenant_id: str | None = None
    what_explanation: str | None = None
    why_explanation: str | None = None
    next_steps: str | None = None
    is_alert: bool = False
    summary: Summary | None = None
    title: str | None = None
    rule_id: int | None = None
    is_digest: bool = False

    @property
    def is_approval(self) -> bool:
        """Return whether the operation asks people for approval; case-insensitive."""
        return self.operation_type.strip().casefold() == APPROVAL_TYPE

    @property
    def post_type(self) -> str:
        """Return `alert` or `status` (requirements: Alerts)."""
        return "alert" if self.is_alert else "status"


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent as the database had it at one moment; `last_post_at` is None for an agent that never posted.

    Of an id that is not unique it is any of the agents.
    """

    id: str
    name: str | None
    maturity: str | None
    last_post_at: datetime | None = None
    tenant_id: str | None = None
    is_unique: bool = True


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text without personal data and secrets, and the number of replaced findings by type."""

    text: str
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """The finished text of a post, redacted and at most 280 characters long, and how it was written.

    `redactions` counts the redacted findings by type, input and output together. `fallback` is the reason for using the
    template although the LLM is on: one short word without text of the operation. `cost_usd` is None when the price of
    the model is not known. `title` is the operation's when the text was written, `prompt` the version of the prompt
    if the LLM was asked and answered.
    """

    content: str
    generator: Generator
    model: str | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0
    redactions: Mapping[str, int] = field(default_factory=dict)
    fallback: str | None = None
    title: str | None = None
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """The LLM's account after a reservation. `is_exhausted`: nothing was reserved. Of a day in UTC."""

    day: date
    is_exhausted: bool
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Claim:
    """An outbox row on which this worker has a lease.

    `epoch` fences every later statement about the row. `attempts` includes this claim. `draft` is the text of an
    earlier attempt, so that a retry does not pay for the LLM again. `already_processed`: retention or a purge removed
    a row of the same operation and rule before. `crashes` counts the crashes of workers while they had the row.
    `read_error` is why the operation could not be read again: a SQLSTATE, or `slow`.
    """

    id: UUID
    epoch: int
    attempts: int
    operation: Operation
    agent: Agent | None
    captured_at: datetime
    claimed_at: datetime
    draft: Written | None = None
    last_error: str | None = None
    already_processed: bool = False
    crashes: int = 0
    read_error: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """The operation is posted, or will be. `digest` is what the post carries besides, None for nothing."""

    claim: Claim
    written: Written
    digest: Digest | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """The policy forbids the post; `written` is set if the text was already written."""

    claim: Claim
    reason: Reason
    written: Written | None = None


@dataclass(frozen=True, slots=True)
class Dead:
    """All attempts are used up, or none can succeed: the row is dead-lettered."""

    claim: Claim
    error: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """The attempt failed; the row can be claimed again after `delay_seconds`.

    An attempt that does not count is not the row's fault.
    """

    claim: Claim
    error: str
    delay_seconds: float
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Lost:
    """The lease is lost to another worker; nothing was written for the row."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Busy:
    """Another transaction holds the agent's lock; nothing was written, and the lease is still valid."""

    proposal: Posted

    @property
    def claim(self) -> Claim:
        """Return the claim of the proposal."""
        return self.proposal.claim


@dataclass(frozen=True, slots=True)
class Outdated:
    """What was decided or written after the claim no longer holds: the row is returned and claimed again."""

    claim: Claim


Proposal = Posted | Skipped | Dead
Outcome = Posted | Skipped | Dead | Deferred | Lost | Busy | Outdated
