"""How much of what was planted is found, and how many clean texts are touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.data.redaction.sample import Part, Sample

Finder = Callable[[str], list[tuple[int, int]]]


@dataclass(slots=True)
class Tally:
    """How many of a kind were right, and those that were not."""

    right: int = 0
    wrong: list[Sample] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Return how many there were."""
        return self.right + len(self.wrong)

    @property
    def share(self) -> float:
        """Return the share that was right."""
        return self.right / self.count if self.count else 1.0

    def add(self, right: bool, sample: Sample) -> None:
        """Count one."""
        if right:
            self.right += 1
        else:
            self.wrong.append(sample)


@dataclass(frozen=True, slots=True)
class Result:
    """Of one system on one part: found by group and kind, clean texts untouched, and words lost around findings."""

    found: dict[str, dict[str, Tally]]
    clean: Tally
    neat: Tally

    def group(self, name: str) -> Tally:
        """Return the tally of a group, all its kinds together."""
        kinds = self.found[name].values()
        return Tally(sum(tally.right for tally in kinds), [sample for tally in kinds for sample in tally.wrong])


def measure(finder: Finder, part: Part, planted_each: int, clean_count: int) -> Result:
    """Run a system over a part."""
    neat = Tally()
    found: dict[str, dict[str, Tally]] = {}
    for group in part.groups:
        for kind in group.makers:
            tally = found.setdefault(group.name, {}).setdefault(kind, Tally())
            for sample in part.planted(group, kind, planted_each):
                spans = finder(sample.text)
                tally.add(_covered(sample, spans), sample)
                neat.add(_words_outside(sample, spans) == 0, sample)
    clean = Tally()
    for sample in part.clean_samples(clean_count):
        clean.add(not finder(sample.text), sample)
    return Result(found, clean, neat)


def _covered(sample: Sample, spans: Sequence[tuple[int, int]]) -> bool:
    """Return whether no letter and no digit of what was planted is left."""
    return all(
        any(start <= place < end for start, end in spans)
        for left, right in sample.planted
        for place in range(left, right)
        if sample.text[place].isalnum()
    )


def _words_outside(sample: Sample, spans: Sequence[tuple[int, int]]) -> int:
    """Return how many findings have nothing to do with what was planted."""
    return sum(all(end <= left or start >= right for left, right in sample.planted) for start, end in spans)
