"""What somebody wants to hear of, as an address says it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from autopost.broadcast.event import ALERTS, GLOBAL, topic_of

MOST_TOPICS = 100
MOST_CHARACTERS = 300
_AGENT = topic_of("")
ALLOWED = f"topic is {GLOBAL}, {ALERTS} or {_AGENT}<id>, at most {MOST_TOPICS} of them"


class NotATopic(Exception):
    """An address asks for what is no topic."""


@dataclass(frozen=True, slots=True)
class Topics:
    """Some topics: `everything`, `alerts`, and those of `agents`."""

    everything: bool = True
    alerts: bool = False
    agents: frozenset[str] = frozenset()

    @classmethod
    def read(cls, given: Sequence[str]) -> Self:
        """Return the topics of these names; those of all posts when there are none. Raises NotATopic."""
        if not given:
            return cls()
        if len(given) > MOST_TOPICS or any("\0" in name or len(name) > MOST_CHARACTERS for name in given):
            raise NotATopic
        agents = {name.removeprefix(_AGENT) for name in given if name.startswith(_AGENT)}
        if "" in agents or any(name not in (GLOBAL, ALERTS) and not name.startswith(_AGENT) for name in given):
            raise NotATopic
        return cls(GLOBAL in given, ALERTS in given, frozenset(agents))

    @property
    def names(self) -> list[str]:
        """Return them as announcements name theirs."""
        named = [name for name, wanted in ((GLOBAL, self.everything), (ALERTS, self.alerts)) if wanted]
        return [*named, *map(topic_of, sorted(self.agents))]
