"""The filter of a feed: which posts and outcomes the query of an address asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

KINDS = ("alert", "status")
_MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class FeedFilter:
    """Which outcomes to show: of one agent, of one kind, and whether also what was not posted."""

    agent: str | None = None
    kind: str | None = None
    silent: bool = False
    tenant: str | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """Return what the query of an address asks for; what it does not understand is ignored."""
        agent = given.get("agent", "").replace("\0", "")[:_MOST_CHARACTERS]
        kind = given.get("kind")
        return cls(agent or None, kind if kind in KINDS else None, given.get("silent") == "1", tenant_in(given))

    def accepts(self, agent_id: str | None, tenant_id: str | None, *, is_post: bool, is_alert: bool) -> bool:
        """Return whether an outcome passes the filter."""
        return (
            (is_post or self.silent)
            and (self.agent is None or agent_id == self.agent)
            and (self.tenant is None or tenant_id == self.tenant)
            and (self.kind is None or is_alert == (self.kind == "alert"))
        )

    def only(self, agent: str) -> Self:
        """Return the same filter for one agent."""
        return replace(self, agent=agent)

    def query(self, **more: str) -> str:
        """Return it as the query of an address."""
        silent = "1" if self.silent else None
        given = {"agent": self.agent, "kind": self.kind, "tenant": self.tenant, "silent": silent, **more}
        return urlencode({name: value for name, value in given.items() if value})


def tenant_in(given: Mapping[str, str]) -> str | None:
    """Return the tenant whose posts the query of an address asks for, None for those of all."""
    return given.get("tenant", "").replace("\0", "")[:_MOST_CHARACTERS] or None
