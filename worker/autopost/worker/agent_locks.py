"""Which agents' advisory locks another session keeps. Pure; times are the event loop's."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

BYPASS_SECONDS = 2.0  # a publication holds an agent's lock for some milliseconds
RETRY_SECONDS = 0.1
FORGET_SECONDS = 30.0
MOST_AGENTS = 10_000


@dataclass(slots=True)
class _Held:
    since: float
    last: float
    is_bypassed: bool = False


class AgentLocks:
    """Remembers since when the advisory lock of an agent is not available.

    Any role can take an advisory lock. After a while the agent's posts go on without it: they are guarded by its row
    of auto_post_rate_limits, which only autopost's roles can lock.
    """

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}

    def observed(self, agents: Iterable[str], held: Collection[str], now: float) -> list[str]:
        """Record which of these agents' locks others held; return those that were bypassed for the first time."""
        bypassed = []
        for agent in agents:
            if agent not in held:
                self._held.pop(agent, None)
                continue
            known = self._held.setdefault(agent, _Held(now, now))
            if now - known.last > FORGET_SECONDS:
                known = self._held[agent] = _Held(now, now)
            known.last = now
            if now - known.since >= BYPASS_SECONDS and not known.is_bypassed:
                known.is_bypassed = True
                bypassed.append(agent)
        while len(self._held) > MOST_AGENTS:
            del self._held[next(iter(self._held))]
        return bypassed

    def to_bypass(self, agents: Iterable[str], now: float) -> set[str]:
        """Return those of the agents whose advisory lock has been held for too long."""
        return {agent for agent in agents if self._seconds(agent, now) >= BYPASS_SECONDS}

    def retry_seconds(self, agent: str, now: float) -> float:
        """Return the delay until a row of this agent is tried again: longer each time, up to the bypass."""
        return max(RETRY_SECONDS, min(self._seconds(agent, now) / 2, BYPASS_SECONDS / 4))

    def _seconds(self, agent: str, now: float) -> float:
        held = self._held.get(agent)
        return 0.0 if held is None or now - held.last > FORGET_SECONDS else now - held.since
