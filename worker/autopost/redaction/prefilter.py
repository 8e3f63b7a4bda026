"""Find the rules that can match a text, in linear time.

Every rule has an anchor, a pattern that occurs in every text in which the rule finds something. Rules whose anchor does
not occur are skipped; most texts of agents contain no anchor. The anchor of a user's own pattern are its keywords;
without keywords it always runs.

The anchors are compiled into RE2 sets, one pass each. The automaton of a set has states for each combination of anchors
begun so far, and builds one when a text first needs it. Most of the time of a pass goes into reading states that are
not in the processor's cache, so few small sets are faster than one large; `rules/sets.py` names the set of each anchor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import re2

from autopost.errors import PrefilterFailed
from autopost.redaction.rule import Rule
from autopost.redaction.rules import IDS
from autopost.redaction.rules.sets import set_of

# Memory for the states of one set. When it is used up, RE2 discards states and goes on. Most sets need less.
MEMORY_BYTES = 8 << 20

# The empty pattern, index 0 of each set, matches every text. A set that ran out of memory reports no match at all, and
# the missing index 0 distinguishes that from a text without anchors.
_NOTHING = [0]


class Prefilter:
    """The anchors of rules, in the sets that `rules.sets` names; those of a user's own patterns share one."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = list(rules)
        self._always = [number for number, rule in enumerate(rules) if _always_runs(rule)]
        numbers: dict[int, list[int]] = {}
        for number, rule in enumerate(rules):
            if not _always_runs(rule):
                numbers.setdefault(set_of(IDS.get(rule, "")), []).append(number)
        self._sets = [(_set([self._rules[one] for one in some]).Match, some) for some in numbers.values()]

    def candidates(self, text: str) -> list[Rule]:
        """Return the rules that can find something in `text`, always in the same order. Raises PrefilterFailed."""
        encoded = text.encode()
        found: list[int] = []
        for match, numbers in self._sets:
            indices = match(encoded)
            if indices == _NOTHING:
                continue
            if not indices or 0 not in indices:
                raise PrefilterFailed
            found += [numbers[index - 1] for index in indices if index]
        return [self._rules[number] for number in (*self._always, *sorted(found))]


def _always_runs(rule: Rule) -> bool:
    return rule.own and rule.anchor is None


def _set(rules: Sequence[Rule]) -> Any:
    options = re2.Options()
    options.max_mem = MEMORY_BYTES
    options.log_errors = False
    anchors = re2.Set.SearchSet(options)  # type: ignore[no-untyped-call]
    for pattern in ["", *(rule.anchor or rule.pattern for rule in rules)]:
        anchors.Add(pattern)
    anchors.Compile()
    return anchors
