"""The rows that a worker has claimed and not finished."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from uuid import UUID

from autopost.model import Claim


class InFlight:
    """Claims without an outcome, by row and epoch: the same row may be claimed again with a new epoch.

    For use on one event loop. `on_change` is called with their number after each change.
    """

    def __init__(self, on_change: Callable[[int], None] = lambda _: None) -> None:
        self._on_change = on_change
        self._claims: dict[tuple[UUID, int], Claim] = {}
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._claims)

    def __contains__(self, claim: Claim) -> bool:
        return (claim.id, claim.epoch) in self._claims

    @property
    def has_crashed(self) -> bool:
        """Return whether a row is in flight that crashed a worker before."""
        return any(claim.crashes for claim in self._claims.values())

    def add(self, claims: Iterable[Claim]) -> None:
        """Add claims."""
        self._claims.update({(claim.id, claim.epoch): claim for claim in claims})
        self._on_change(len(self))

    def remove(self, claims: Iterable[Claim]) -> None:
        """Remove claims; ignore those that are not in flight."""
        for claim in claims:
            self._claims.pop((claim.id, claim.epoch), None)
        self._on_change(len(self))
        self._changed.set()

    def all(self) -> list[Claim]:
        """Return all claims."""
        return list(self._claims.values())

    def take_all(self) -> list[Claim]:
        """Remove all claims and return them."""
        claims = self.all()
        self.remove(claims)
        return claims

    def wake(self) -> None:
        """Make `fewer_than` check its conditions again."""
        self._changed.set()

    async def fewer_than(self, count: int, *, unless: asyncio.Event) -> None:
        """Wait until fewer than `count` claims are in flight or `unless` is set; call `wake` after setting it."""
        while len(self) >= count and not unless.is_set():
            self._changed.clear()
            await self._changed.wait()
