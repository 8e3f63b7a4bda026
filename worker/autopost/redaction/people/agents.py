"""The names of the platform's agents, which are public and stay in posts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from threading import Lock

from autopost.redaction.merge import Finding
from autopost.redaction.names import NameList

# Names of agents that were met at work and are not on the roster yet. Those that were not met for as many others are
# forgotten.
MAX_MET = 2_000


class AgentNames:
    """The roster, and the names of agents whose operations were redacted. Thread-safe."""

    def __init__(self) -> None:
        self._roster = _Names(())
        self._recent = _Names(())
        self._older = _Names(())
        self._lock = Lock()

    def set(self, names: Iterable[str]) -> None:
        """Replace the roster. CPU-bound."""
        self._roster = _Names(names)

    def add(self, name: str | None) -> None:
        """Add the name of an agent that is at work."""
        if not name or name in self._roster.names or name in self._recent.names:
            return
        with self._lock:
            if len(self._recent.names) >= MAX_MET // 2:
                self._older, self._recent = self._recent, _Names(())
            self._recent.add(name)

    def without(self, found: list[Finding], text: str, entities: Collection[str]) -> list[Finding]:
        """Return the findings without those of these types that are the name of an agent, or a part of one."""
        if not any(finding.entity in entities for finding in found):
            return found
        own = [span for known in (self._roster, self._recent, self._older) for span in known.found.spans(text)]
        if not own:
            return found
        return [
            finding
            for finding in found
            if finding.entity not in entities or not any(s <= finding.start and finding.end <= e for s, e in own)
        ]


class _Names:
    """Names as they are given, and to find them in texts."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = set(names)
        self.found = NameList(self.names)

    def add(self, name: str) -> None:
        self.found.add(name)
        self.names.add(name)
