"""What the agents of a preview did while they were rate-limited, until a post carries it. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from autopost import audit
from autopost.model import Agent, Operation
from autopost.model.digest import Digest, DigestMode
from autopost.worker.digests import Kept, digest_of

Key = tuple[str, str | None]  # agent and tenant


class KeptOperations:
    """The rate-limited operations of each agent and tenant that no post has carried yet.

    Where digests are posts of their own, each waits for the end of its agent's window.
    """

    def __init__(self, mode: DigestMode, window: timedelta) -> None:
        self._mode = mode
        self._window = window
        self._kept: dict[Key, Kept] = {}
        self._first: dict[Key, tuple[Operation, Agent, datetime]] = {}

    def keep(self, operation: Operation, agent: Agent, now: datetime) -> None:
        """Keep an operation that is skipped as rate-limited; of the agent, it is used when it posted last."""
        if self._mode is DigestMode.OFF:
            return
        key = agent.id, operation.tenant_id
        kind = operation.title, audit.word(operation.operation_type), audit.word(operation.status)
        self._kept.setdefault(key, Kept()).kinds[kind] += 1
        self._first.setdefault(key, (operation, agent, (agent.last_post_at or now) + self._window))

    def take(self, operation: Operation, agent: Agent) -> Digest | None:
        """Return what a post of this operation carries, None for nothing."""
        key = agent.id, operation.tenant_id
        self._first.pop(key, None)
        kept = self._kept.pop(key, None)
        return None if kept is None else digest_of(kept, agent.last_post_at)

    def next_due(self) -> tuple[Operation, Agent, datetime] | None:
        """Return the first that a digest post is due for, as one of its operations, and when; None where none is."""
        if self._mode is not DigestMode.POST or not self._first:
            return None
        return min(self._first.values(), key=lambda each: each[2])
