"""The topics that a viewer subscribes to, as an address names them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from autopost.broadcast.event import ALERTS, GLOBAL, topic_of
from autopost.web.errors import UnknownTopic

MOST_TOPICS = 100
MOST_CHARACTERS = 300
_AGENT = topic_of("")
_ALLOWED = f"The topic cannot be subscribed to: topic is {GLOBAL}, {ALERTS} or {_AGENT}<id>, at most {MOST_TOPICS}."


@dataclass(frozen=True, slots=True)
class Topics:
    """Some topics: `everything`, `alerts`, and those of `agents`."""

    everything: bool = True
    alerts: bool = False
    agents: frozenset[str] = frozenset()

    @classmethod
    def read(cls, given: Sequence[str]) -> Self:
        """Return the topics of these names, or that of all posts when there are none. Raises UnknownTopic."""
        if not given:
            return cls()
        if len(given) > MOST_TOPICS or any("\0" in name or len(name) > MOST_CHARACTERS for name in given):
            raise UnknownTopic(_ALLOWED)
        agents = {name.removeprefix(_AGENT) for name in given if name.startswith(_AGENT)}
        if "" in agents or any(name not in (GLOBAL, ALERTS) and not name.startswith(_AGENT) for name in given):
            raise UnknownTopic(_ALLOWED)
        return cls(GLOBAL in given, ALERTS in given, frozenset(agents))

    @property
    def names(self) -> list[str]:
        """Return their names, as posts carry them."""
        named = [name for name, wanted in ((GLOBAL, self.everything), (ALERTS, self.alerts)) if wanted]
        return [*named, *map(topic_of, sorted(self.agents))]
