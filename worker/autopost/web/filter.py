"""Which posts and outcomes a viewer asked for, in the query of an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol, Self
from urllib.parse import urlencode

KINDS = ("alert", "status")
_MOST_CHARACTERS = 200


class Filterable(Protocol):
    """An outcome, as far as a filter looks at it."""

    @property
    def agent_id(self) -> str | None:
        """Return whose it is."""

    @property
    def is_post(self) -> bool:
        """Return whether it is on the feed."""

    @property
    def is_alert(self) -> bool:
        """Return whether it is an alert."""


@dataclass(frozen=True, slots=True)
class FeedFilter:
    """Which outcomes to show: of one agent, of one kind, and whether also what was not posted."""

    agent: str | None = None
    kind: str | None = None
    silent: bool = False

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """Return what the query of an address asks for; what makes no sense in it counts for nothing."""
        agent = given.get("agent", "").replace("\0", "")[:_MOST_CHARACTERS]
        kind = given.get("kind")
        return cls(agent or None, kind if kind in KINDS else None, given.get("silent") == "1")

    def takes(self, entry: Filterable) -> bool:
        """Tell whether an outcome is wanted."""
        return (
            (entry.is_post or self.silent)
            and (self.agent is None or entry.agent_id == self.agent)
            and (self.kind is None or entry.is_alert == (self.kind == "alert"))
        )

    def only(self, agent: str) -> Self:
        """Return the same of one agent."""
        return replace(self, agent=agent)

    def query(self, **more: str) -> str:
        """Return it as the query of an address."""
        given = {"agent": self.agent, "kind": self.kind, "silent": "1" if self.silent else None, **more}
        return urlencode({name: value for name, value in given.items() if value})
