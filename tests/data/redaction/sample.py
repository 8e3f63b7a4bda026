"""A labelled text, and how a part of the set is put together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.data.redaction.clean_values import filled
from tests.data.redaction.dice import BEGIN, END, Dice
from tests.data.redaction.disguise import disguised

Maker = Callable[[Dice], str]
Span = tuple[int, int]

DISGUISED_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and the spans in it that have to go; none in a clean one. `kind` is a clean one's template."""

    kind: str
    text: str
    planted: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Generators of one sort, and the frames around their values."""

    name: str
    makers: Mapping[str, Maker]
    frames: Sequence[str] | Mapping[str, Sequence[str]]

    def frames_of(self, kind: str) -> Sequence[str]:
        """Return the frames in which a value of this kind stands."""
        return self.frames[kind] if isinstance(self.frames, Mapping) else self.frames


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the set: what is planted, what is clean, and the seed."""

    name: str
    seed: int
    groups: tuple[Group, ...]
    clean: Sequence[str]

    def planted(self, group: Group, kind: str, count: int) -> list[Sample]:
        """Return texts with a value of this kind each; every frame comes round before one is used again."""
        dice = Dice(f"{self.seed} {group.name} {kind}")
        frames = _round(list(group.frames_of(kind)), count, dice)
        return [_sample(kind, frame, group.makers[kind](dice), dice) for frame in frames]

    def clean_samples(self, count: int) -> list[Sample]:
        """Return clean texts; every sentence comes round before one is used again."""
        dice = Dice(f"{self.seed} clean")
        return [Sample(template, filled(template, dice)) for template in _round(list(self.clean), count, dice)]

    def fingerprint(self, count: int) -> str:
        """Return what tells this part's texts from any others."""
        digest = hashlib.sha256()
        for group in self.groups:
            for kind in group.makers:
                digest.update("\0".join(sample.text for sample in self.planted(group, kind, count)).encode())
        digest.update("\0".join(sample.text for sample in self.clean_samples(count)).encode())
        return digest.hexdigest()[:12]


def _round(choices: list[str], count: int, dice: Dice) -> Iterable[str]:
    dice.shuffle(choices)
    return (choices[index % len(choices)] for index in range(count))


def _sample(kind: str, frame: str, piece: str, dice: Dice) -> Sample:
    if dice.chance(DISGUISED_SHARE):
        piece = disguised(piece, dice)
    text = frame.replace("{}", piece)
    start, end = text.index(BEGIN), text.index(END) - 1
    return Sample(kind, text.replace(BEGIN, "").replace(END, ""), ((start, end),))
