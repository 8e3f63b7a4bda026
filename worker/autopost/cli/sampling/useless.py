"""Finds a mapping under which nothing can ever be posted, by the newest operations. Pure.

What it says holds types, statuses and levels only where they are plain words: anything longer could be text of a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autopost import audit
from autopost.cli.console import counted, listed
from autopost.cli.sampling.sample import Sample
from autopost.model import Reason
from autopost.policy import MATURITIES_THAT_MAY_POST, governance_block
from autopost.writing import has_explanation

MOST_OPERATIONS = 1_000
MOST_SHOWN = 6
NOT_SHOWN = "(not shown)"


@dataclass(frozen=True, slots=True)
class Useless:
    """Why nothing can be posted, with counts, and what to change."""

    finding: str
    advice: str


def useless(sample: Sample) -> list[Useless]:
    """Return every reason for which none of the operations can be posted; nothing where there are no operations."""
    if not sample.operations and not sample.unread:
        return []
    begin = f"of the newest {counted(len(sample.operations) + sample.unread, 'operation')}"
    if not sample.operations:
        columns = listed(sorted({each.column for each in sample.unreadable}))
        return [Useless(f"{begin} none can be read: {columns} fails", "change the expression in the mapping's file")]
    return [
        Useless(f"{begin} {finding}", advice)
        for check in (_no_rule, _no_agent, _no_text)
        for finding, advice in check(sample)
    ]


def _no_rule(sample: Sample) -> Iterable[tuple[str, str]]:
    if sample.rules:
        return
    changes = Counter(each.change for each in sample.operations)
    seen = _counts({(_type(type_), _word(status)): count for (type_, status), count in changes.items()})
    types = list(dict.fromkeys(type_ for type_, _ in sample.rule_words))
    statuses = list(dict.fromkeys(status for _, status in sample.rule_words if status is not None))
    (type_, status), _ = changes.most_common(1)[0]
    add = f"autopost rules add {_type(type_) if type_ else 'TYPE'} --status {_word(status) if status else 'STATUS'}"
    advice = f"map operation_type onto one of {listed(types)}, and status onto {listed(statuses)}, or add rules: {add}"
    yield f"no rule names any: {seen}", advice


def _no_agent(sample: Sample) -> Iterable[tuple[str, str]]:
    reasons: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    for each in sample.operations:
        agent = sample.agent_of(each.operation)
        blocked = governance_block(agent, each.operation.tenant_id)
        if blocked is None:
            return
        if each.operation.agent_id in sample.unreadable_agents:
            reasons["of agents that an expression cannot read"] += 1
        elif len(sample.agents.get(each.operation.agent_id or "", ())) > 1:
            reasons["of an id that several agents have"] += 1
        elif blocked is Reason.MATURITY_BLOCKED:
            levels[_word(agent.maturity if agent else None)] += 1
        elif blocked is Reason.TENANT_MISMATCH:
            reasons["of another tenant than their agent"] += 1
        else:
            reasons["of agents that [agents] does not have"] += 1
    reasons |= Counter({f"with maturity {level}": count for level, count in levels.items()})
    said = ", ".join(f"{count:,} {why}" for why, count in reasons.most_common(MOST_SHOWN))
    allowed = listed(sorted(level.upper() for level in MATURITIES_THAT_MAY_POST))
    advice = (
        f"map maturity in [agents.columns] onto {allowed}, or a constant such as maturity = \"'SUPERVISED'\"; "
        "agent_id, and id and tenant_id of agents, must name the same agents"
    )
    yield f"none is of an agent that may post: {said}", advice


def _no_text(sample: Sample) -> Iterable[tuple[str, str]]:
    if not any(has_explanation(each.operation) for each in sample.operations):
        yield (
            "none says what was done: what_explanation is empty in each",
            "map what_explanation in [operation_trackers.columns] to a text, or build one of columns with concat_ws",
        )


def _counts(counts: dict[tuple[str, str], int]) -> str:
    most = sorted(counts.items(), key=lambda each: -each[1])
    shown = ", ".join(f"{type_} {status} {count:,}" for (type_, status), count in most[:MOST_SHOWN])
    rest = len(most) - MOST_SHOWN
    return shown + (f" and {counted(rest, 'other')}" if rest > 0 else "")


def _type(type_: str | None) -> str:
    return NOT_SHOWN if type_ is None else audit.shown_type(type_) or NOT_SHOWN


def _word(word: str | None) -> str:
    if word is None:
        return "NULL"
    return audit.word(word) or ("''" if not word else NOT_SHOWN)


def said_of(findings: Sequence[Useless]) -> str:
    """Return the findings and what to change, a line for each."""
    return "\n".join(f"{each.finding}\n  {each.advice}" for each in findings)
