"""What the filter of the feed may choose from: agents as one types, operation types and tenants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from autopost.web.cached import Cached
from autopost.web.database import Database
from autopost.web.filter import FeedFilter

MOST_ROWS_READ = 10_000  # of the audit log, the newest
MOST_AGENTS = 5_000  # the latest to have had an outcome
MOST_OTHERS = 100  # operation types, and tenants
MOST_OFFERED = 20  # agents, at a time
CACHED_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class KnownAgent:
    """An agent that lately had an outcome. The filter calls it `word`: its name where that is unique, else its id."""

    id: str
    name: str
    word: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Agents, the latest first, titles of operation types by type, and tenants."""

    agents: Sequence[KnownAgent] = ()
    types: dict[str, str] = field(default_factory=dict)
    tenants: Sequence[str] = ()

    def offered(self, typed: str) -> list[KnownAgent]:
        """Return the agents whose names or ids have what was typed, those that begin with it first."""
        wanted = typed.casefold().strip()
        found = [agent for agent in self.agents if wanted in agent.name.casefold() or wanted in agent.id.casefold()]
        found.sort(key=lambda agent: not agent.name.casefold().startswith(wanted))
        return found[:MOST_OFFERED]

    def resolved(self, wanted: FeedFilter) -> FeedFilter:
        """Return the filter with the id of the agent where it has its name."""
        ids = {agent.id for agent in self.agents if agent.word == wanted.agent}
        return replace(wanted, agent=ids.pop()) if ids else wanted

    def word_for(self, agent_id: str | None) -> str:
        """Return what the filter calls an agent."""
        return next((agent.word for agent in self.agents if agent.id == agent_id), agent_id or "")


async def read_choices(database: Database, tenant: str | None = None) -> Choices:
    """Return what there is to choose from, with a `tenant` only of it. Raises DatabaseUnavailable."""
    found = await database.fetch("web/agents", MOST_ROWS_READ, MOST_AGENTS, tenant)
    agents = [(row["id"], row["name"]) for row in found]
    rows = await database.fetch("web/choices", MOST_ROWS_READ, MOST_OTHERS, tenant)
    names = Counter(name for _, name in agents)
    ids = {id_ for id_, _ in agents}
    known = [KnownAgent(id_, name, name if names[name] == 1 and name not in ids else id_) for id_, name in agents]
    types = {row["value"]: row["title"] or "" for row in rows if row["kind"] == "type"}
    return Choices(known, types, sorted(row["value"] for row in rows if row["kind"] == "tenant"))


class CachedChoices:
    """The choices of each tenant that a token is limited to, and of all (None), read again after some seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cached: dict[str | None, Cached[Choices]] = {}

    async def of(self, tenant: str | None) -> Choices:
        """Return what there is to choose from. Raises DatabaseUnavailable."""
        if tenant not in self._cached:
            self._cached[tenant] = Cached(partial(read_choices, self._database, tenant), CACHED_SECONDS)
        return await self._cached[tenant].get()
