"""Print what each set of anchors costs: memory for its states, CPU time, and the anchors that add most to it.

An anchor that adds much more than it takes alone multiplies the states of its set: give it another one in
`autopost/redaction/rules/sets.py`. Needs glibc.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Sequence

from tests.data.redaction.parts import DEVELOPMENT, HELD_OUT

from autopost.redaction.normalise import normalise
from autopost.redaction.prefilter import Prefilter
from autopost.redaction.rule import Rule
from autopost.redaction.rules import IDS
from autopost.redaction.rules.sets import set_of
from benchmarks.redaction.speed import clean_texts

TEXTS_OF_EACH_PART = 300
_MOST_SHOWN = 4


class _Memory(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
        )
    ]  # fmt: skip


_LIBC = ctypes.CDLL(None)
_LIBC.mallinfo2.restype = _Memory


def main() -> None:
    """Measure each set, and each without one of its anchors."""
    texts = [normalise(text).text for part in (DEVELOPMENT, HELD_OUT) for text in clean_texts(part, TEXTS_OF_EACH_PART)]
    sets: dict[int, list[Rule]] = {}
    for rule, rule_id in IDS.items():
        sets.setdefault(set_of(rule_id), []).append(rule)
    for chosen in sets.values():
        kilobytes, microseconds = _cost(chosen, texts)
        print(f"{len(chosen):4} anchors {kilobytes:7.0f} kB {microseconds:6.1f} us a text")
        added = [
            (kilobytes - _cost([r for r in chosen if r is not rule], texts)[0], IDS[rule], rule) for rule in chosen
        ]
        for more, rule_id, rule in sorted(added, key=lambda row: -row[0])[:_MOST_SHOWN]:
            print(f"{'':8}{rule_id:45} adds {more:6.0f} kB, alone {_cost([rule], texts)[0]:6.0f} kB")


def _cost(rules: Sequence[Rule], texts: Sequence[str]) -> tuple[float, float]:
    """Return the kilobytes for the states that the texts need, and the microseconds a text when they are first met."""
    prefilter = Prefilter(rules)
    prefilter.candidates("")
    before, began = _used(), time.thread_time()
    for text in texts:
        prefilter.candidates(text)
    return (_used() - before) / 1e3, (time.thread_time() - began) / len(texts) * 1e6


def _used() -> int:
    memory = _LIBC.mallinfo2()
    return int(memory.uordblks) + int(memory.hblkhd)


if __name__ == "__main__":
    main()
