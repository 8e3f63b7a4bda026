"""The names of the platform's agents, which are public and stay in posts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from threading import Lock

from autopost.redaction.merge import Finding
from autopost.redaction.names import NameList

# Names of agents that were met at work and are not on the roster yet. The oldest are forgotten.
MAX_MET = 2_000


class AgentNames:
    """The roster, and the names of agents whose operations were redacted. Thread-safe."""

    def __init__(self) -> None:
        self._roster = NameList(())
        self._listed: frozenset[str] = frozenset()
        self._met: OrderedDict[str, NameList] = OrderedDict()
        self._lock = Lock()
        self._both: tuple[NameList, ...] = ()

    def set(self, names: Iterable[str]) -> None:
        """Replace the roster. CPU-bound."""
        listed = frozenset(names)
        roster = NameList(listed)
        with self._lock:
            self._listed, self._roster = listed, roster
            self._met = OrderedDict((name, found) for name, found in self._met.items() if name not in listed)
            self._join()

    def add(self, name: str | None) -> None:
        """Add the name of an agent that is at work."""
        if not name or name in self._listed or name in self._met:
            return
        with self._lock:
            self._met[name] = NameList(())
            if len(self._met) > MAX_MET:
                self._met.popitem(last=False)
            self._join()

    def _join(self) -> None:
        self._both = tuple(names for names in (self._roster, NameList(self._met)) if names)

    def without(self, found: list[Finding], text: str, entities: Collection[str]) -> list[Finding]:
        """Return the findings without those of these types that are the name of an agent, or a part of one."""
        if not self._both or not any(finding.entity in entities for finding in found):
            return found
        own = [span for names in self._both for span in names.spans(text)]
        return [
            finding
            for finding in found
            if finding.entity not in entities or not any(s <= finding.start and finding.end <= e for s, e in own)
        ]
