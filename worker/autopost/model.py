"""The values that travel between the stages of the worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Reason(StrEnum):
    """Why an operation was not posted. The values are what audit rows and the outbox say."""

    MISSING_EXPLANATION = "missing_explanation"
    AGENT_UNKNOWN = "agent_unknown"
    MATURITY_BLOCKED = "maturity_blocked"
    RATE_LIMITED = "rate_limited"
    REFUSED_BY_PLATFORM = "refused_by_platform"
    ALREADY_PROCESSED = "already_processed"


class Generator(StrEnum):
    """Who wrote the text of a post."""

    LLM = "llm"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Operation:
    """A significant operation as the trigger saw it.

    Texts are None where the host's column was NULL. Each is at most 4,000 characters; a longer one was
    cut there by the trigger, possibly within a word.
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

    @property
    def post_type(self) -> str:
        """Return `alert` or `status` (requirements: Alerts)."""
        return "alert" if self.is_alert else "status"


@dataclass(frozen=True, slots=True)
class Agent:
    """What the database said about an agent at one moment.

    `last_post_at` is None for an agent that never posted.
    """

    id: str
    name: str | None
    maturity: str | None
    last_post_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text without its personal data and secrets, and how many findings of each type were replaced."""

    text: str
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """The finished text of a post: redacted, at most 280 characters, and how it came to be.

    `redactions` counts what was taken out by type, input and output together. `fallback` says why the
    template was used although the LLM is on, as one short word without any text of the operation.
    `cost_usd` is None when the price of the model is not known.
    """

    content: str
    generator: Generator
    model: str | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0
    redactions: Mapping[str, int] = field(default_factory=dict)
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """An outbox row that this worker holds.

    `epoch` fences every later statement about the row. `attempts` counts this claim. `kept` is the text of
    an earlier attempt, so that a retry does not pay for the LLM twice.
    """

    id: UUID
    epoch: int
    attempts: int
    operation: Operation
    agent: Agent | None
    captured_at: datetime
    claimed_at: datetime
    kept: Written | None = None
    last_error: str | None = None
    already_processed: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """The operation is on the feed."""

    claim: Claim
    written: Written


@dataclass(frozen=True, slots=True)
class Skipped:
    """The rules forbid the post; `written` is there when the text had already been made."""

    claim: Claim
    reason: Reason
    written: Written | None = None


@dataclass(frozen=True, slots=True)
class Dead:
    """All attempts are used up, or none can succeed."""

    claim: Claim
    error: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """This attempt failed; the row becomes claimable again after `delay_seconds`."""

    claim: Claim
    error: str
    delay_seconds: float


@dataclass(frozen=True, slots=True)
class Lost:
    """Another worker owns the row now; nothing was written for it."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Busy:
    """Somebody else holds the agent's lock at this moment; nothing was written, and the row is still ours."""

    proposal: Posted

    @property
    def claim(self) -> Claim:
        """Return the claim that waits."""
        return self.proposal.claim


Proposal = Posted | Skipped | Dead
Outcome = Posted | Skipped | Dead | Deferred | Lost | Busy
