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
    """Which outcomes to show: of one agent, kind, tenant or operation type, with a text, also what was not posted."""

    agent: str | None = None
    kind: str | None = None
    silent: bool = False
    tenant: str | None = None
    operation_type: str | None = None
    text: str | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """Return what the query of an address asks for; what it does not understand is ignored."""
        kind = given.get("kind")
        return cls(
            agent=_word(given, "agent"),
            kind=kind if kind in KINDS else None,
            silent=given.get("silent") == "1",
            tenant=_word(given, "tenant"),
            operation_type=_word(given, "type"),
            text=_word(given, "q"),
        )

    @property
    def is_narrow(self) -> bool:
        """Return whether it leaves out some posts."""
        return any((self.agent, self.kind, self.tenant, self.operation_type, self.text))

    def accepts(
        self,
        agent_id: str | None,
        tenant_id: str | None = None,
        *,
        is_post: bool,
        is_alert: bool,
        operation_type: str | None = None,
        content: str | None = None,
        tracker_id: str | None = None,
    ) -> bool:
        """Return whether an outcome passes the filter."""
        return (
            (is_post or self.silent)
            and (self.agent is None or agent_id == self.agent)
            and (self.kind is None or is_alert == (self.kind == "alert"))
            and (self.tenant is None or tenant_id == self.tenant)
            and (self.operation_type is None or operation_type == self.operation_type)
            and (self.text is None or self.text == tracker_id or self.text.lower() in (content or "").lower())
        )

    def only(self, agent: str) -> Self:
        """Return the same filter for one agent."""
        return replace(self, agent=agent)

    def query(self, **more: str) -> str:
        """Return it as the query of an address."""
        given = {
            "q": self.text,
            "agent": self.agent,
            "kind": self.kind,
            "type": self.operation_type,
            "tenant": self.tenant,
            "silent": "1" if self.silent else None,
            **more,
        }
        return urlencode({name: value for name, value in given.items() if value})


def tenant_in(given: Mapping[str, str]) -> str | None:
    """Return the tenant whose posts the query of an address asks for, None for those of all."""
    return _word(given, "tenant")


def _word(given: Mapping[str, str], name: str) -> str | None:
    return given.get(name, "").replace("\0", "").strip()[:_MOST_CHARACTERS] or None
