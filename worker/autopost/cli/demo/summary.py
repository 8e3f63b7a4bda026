"""The outcomes of the operations, as the database has them, and whether it adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import asyncpg

from autopost.cli.demo.sql import statement


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers at the end. `captured` is rows of the outbox, `audited` rows of the audit log."""

    operations: int
    captured: int
    audited: int
    status_posts: int
    alert_posts: int
    dead: int
    insignificant: int
    cost_usd: float = 0.0
    median_ms: float | None = None
    skips: Mapping[str, int] = field(default_factory=dict)
    generators: Mapping[str, int] = field(default_factory=dict)
    redactions: Mapping[str, int] = field(default_factory=dict)

    @property
    def posts(self) -> int:
        """Return how many posts there are."""
        return self.status_posts + self.alert_posts

    @property
    def outcomes(self) -> dict[str, int]:
        """Return the outcomes of the operations: each of them counts under exactly one name."""
        return {"posted": self.posts, **self.skips, "insignificant": self.insignificant, "dead": self.dead}

    def equation(self) -> str:
        """Return the sum that must come out."""
        terms = [str(number) for number in self.outcomes.values() if number]
        return f"{' + '.join(terms)} = {sum(self.outcomes.values())}"

    def problems(self) -> list[str]:
        """Return what does not add up; empty when all is accounted for."""
        accounted = sum(self.outcomes.values())
        decided = accounted - self.insignificant
        problems = []
        if accounted != self.operations:
            problems.append(f"{self.operations} operations, but {self.equation()} outcomes")
        if not self.captured == self.audited == decided:
            problems.append(
                f"{decided} outcomes of captured operations, but {self.captured} rows in the outbox "
                f"and {self.audited} in the audit log"
            )
        if sum(self.generators.values()) != self.posts:
            problems.append(
                f"{self.posts} posts, but {sum(self.generators.values())} audit rows that say who wrote one"
            )
        return problems


async def read_summary(connection: asyncpg.Connection[asyncpg.Record]) -> Summary:
    """Ask the database; nothing here comes from the script."""
    totals = dict(await connection.fetchrow(statement("totals")) or {})
    tallies: dict[str, dict[str, int]] = defaultdict(dict)
    for row in await connection.fetch(statement("tallies")):
        tallies[row["kind"]][row["name"]] = row["number"]
    return Summary(
        **{**totals, "median_ms": float(totals["median_ms"]) if totals["median_ms"] is not None else None},
        insignificant=len(await connection.fetch(statement("insignificant"))),
        skips=tallies["skip"],
        generators=tallies["generator"],
        redactions=tallies["redaction"],
    )
