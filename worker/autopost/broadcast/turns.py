"""Positions of the log that wait for delivery, taken from each agent in turn. Pure."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable


class Turns:
    """Waiting positions: an agent's in their order, and one of each agent before the second of any.

    An agent that was served, or whose delivery failed, goes to the end. Positions are added in the order of the log.
    """

    def __init__(self) -> None:
        self._waiting: OrderedDict[str | None, deque[int]] = OrderedDict()
        self._agents: dict[int, str | None] = {}  # of the positions that `next` returned last
        self._size = 0

    def __len__(self) -> int:
        """Return how many positions wait."""
        return self._size

    def add(self, position: int, agent: str | None) -> None:
        """Add the position of an event of an agent."""
        self._waiting.setdefault(agent, deque()).append(position)
        self._size += 1

    def next(self, limit: int) -> list[int]:
        """Return up to `limit` positions that should be delivered next, without removing them."""
        self._agents = {}
        agents, nth = list(self._waiting.items()), 0
        while agents and len(self._agents) < limit:
            for agent, positions in agents[: limit - len(self._agents)]:
                self._agents[positions[nth]] = agent
            nth += 1
            agents = [(agent, positions) for agent, positions in agents if len(positions) > nth]
        return list(self._agents)

    def remove(self, positions: Iterable[int]) -> None:
        """Remove positions that `next` returned last, if they are still there."""
        for position in sorted(self._agents.keys() & set(positions)):
            agent = self._agents.pop(position)
            waiting = self._waiting[agent]
            waiting.remove(position)
            self._size -= 1
            if waiting:
                self._waiting.move_to_end(agent)
            else:
                del self._waiting[agent]

    def put_off(self, positions: Iterable[int]) -> None:
        """Have the agents of positions that `next` returned last come after all others."""
        for position in sorted(self._agents.keys() & set(positions)):
            self._waiting.move_to_end(self._agents[position])

    def clear(self) -> None:
        """Remove everything."""
        self._waiting.clear()
        self._agents.clear()
        self._size = 0
