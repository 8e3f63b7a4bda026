"""What is found of labelled sets, by class, and how many of their clean texts are changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.data.redaction.labelled import Labelled

Finder = Callable[[str], list[tuple[int, int]]]


@dataclass(slots=True)
class Score:
    """Of one set: values found and in all by class, clean texts changed and in all."""

    found: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    clean: int = 0

    def share(self, *classes: str) -> float:
        """Return the share of these classes' values that was found; 1 if there is none."""
        wanted = classes or tuple(self.values)
        count = sum(self.values[name] for name in wanted)
        return sum(self.found[name] for name in wanted) / count if count else 1.0

    @property
    def changed_share(self) -> float:
        """Return the share of clean texts that were changed; 0 if there is none."""
        return self.changed / self.clean if self.clean else 0.0


def score(finder: Finder, texts: Sequence[Labelled]) -> Score:
    """Run a redaction over a set. A value is found when no letter and no digit of it is left."""
    result = Score()
    for labelled in texts:
        spans = finder(labelled.text)
        if not labelled.values:
            result.clean += 1
            result.changed += bool(spans)
        for start, end, name in labelled.values:
            result.values[name] += 1
            result.found[name] += all(
                any(left <= place < right for left, right in spans)
                for place in range(start, end)
                if labelled.text[place].isalnum()
            )
    return result


def print_scores(finders: dict[str, Finder], sets: dict[str, list[Labelled]]) -> None:
    """Print a table of all sets."""
    print("\nlabelled sets: share of values found, share of clean texts changed")
    print(f"  {'':44}{'texts':>7}" + "".join(f"{name:>20}" for name in finders))
    for name, texts in sets.items():
        scores = [score(finder, texts) for finder in finders.values()]
        for kind in sorted(scores[0].values):
            shares = "".join(f"{each.share(kind):20.3f}" for each in scores)
            print(f"  {name + ': ' + kind:44}{scores[0].values[kind]:7}{shares}")
        if scores[0].clean:
            print(
                f"  {name + ': clean changed':44}{scores[0].clean:7}"
                + "".join(f"{s.changed_share:20.2%}" for s in scores)
            )
