"""The rows that a worker holds at this moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from uuid import UUID

from autopost.model import Claim


class InFlight:
    """Claims without an outcome, by row and epoch: the same row may come back under a new epoch.

    For use on one event loop. `on_change` is told how many there are.
    """

    def __init__(self, on_change: Callable[[int], None] = lambda _: None) -> None:
        self._on_change = on_change
        self._claims: dict[tuple[UUID, int], Claim] = {}
        self._fewer = asyncio.Event()

    def __len__(self) -> int:
        return len(self._claims)

    def __contains__(self, claim: Claim) -> bool:
        return (claim.id, claim.epoch) in self._claims

    def add(self, claims: Iterable[Claim]) -> None:
        """Hold these too."""
        self._claims.update({(claim.id, claim.epoch): claim for claim in claims})
        self._on_change(len(self))

    def remove(self, claims: Iterable[Claim]) -> None:
        """Hold these no longer; nothing happens with those that are not held."""
        for claim in claims:
            self._claims.pop((claim.id, claim.epoch), None)
        self._on_change(len(self))
        self._fewer.set()

    def all(self) -> list[Claim]:
        """Return what is held."""
        return list(self._claims.values())

    def take_all(self) -> list[Claim]:
        """Return what is held, and hold nothing."""
        claims = list(self._claims.values())
        self._claims.clear()
        self._on_change(0)
        self._fewer.set()
        return claims

    def nudge(self) -> None:
        """Make whoever waits look again."""
        self._fewer.set()

    async def fewer_than(self, count: int, *, unless: asyncio.Event) -> None:
        """Wait until fewer than `count` rows are held, or `unless` is set; whoever sets it must `nudge`."""
        while len(self) >= count and not unless.is_set():
            self._fewer.clear()
            await self._fewer.wait()
