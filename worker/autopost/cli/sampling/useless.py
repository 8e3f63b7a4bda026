"""Finds a mapping under which nothing can ever be posted, by the newest operations. Pure.

What it says holds types, statuses and levels only where they are plain words: anything longer could be text of a row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from autopost import audit
from autopost.cli.console import counted, listed
from autopost.cli.sampling.sample import Sample
from autopost.model import Reason
from autopost.policy import MATURITIES_THAT_MAY_POST, governance_block
from autopost.writing import has_explanation

MOST_OPERATIONS = 1_000
MOST_SHOWN = 6
NOT_ENDED = frozenset(
    ("running", "pending", "queued", "waiting", "started", "scheduled", "created", "new", "in_progress", "in progress")
)
NOT_SHOWN = "(not shown)"
MAKE_UNIQUE = "make ids of agents unique, or change id in [agents.columns] of the mapping's file"
_SEVERAL = "of an id that several agents have"


@dataclass(frozen=True, slots=True)
class Useless:
    """Why nothing can be posted, with counts, and what to change."""

    finding: str
    advice: str


def useless(sample: Sample) -> list[Useless]:
    """Return every reason for which none of the operations can be posted; nothing where there are no operations."""
    if not sample.operations:
        return []
    begin = f"of the newest {counted(len(sample.operations), 'operation')}"
    return [
        Useless(f"{begin} {finding}", advice)
        for check in (_no_rule, _no_agent, _no_text)
        for finding, advice in check(sample)
    ]


def unreadable(sample: Sample) -> list[Useless]:
    """Return that operations cannot be read, with the expressions and a few ids; nothing where all can."""
    if not sample.unread:
        return []
    total = counted(len(sample.operations) + sample.unread, "operation")
    columns = sorted({each.column for each in sample.unreadable})
    ids = [each.id or "without an id" for each in sample.unreadable][:MOST_SHOWN]
    return [
        Useless(
            f"of the newest {total} {sample.unread:,} cannot be read: {listed(columns)} fails, as for {listed(ids)}",
            "change the expression in the mapping's file: autopost.auto_post_json(...) is NULL for invalid JSON",
        )
    ]


def ambiguous(sample: Sample) -> list[Useless]:
    """Return that operations are of an id that several agents have, where some others are not; nothing for none."""
    blocked = [each for each in sample.operations if len(sample.agents.get(each.operation.agent_id or "", ())) > 1]
    if not blocked or len(blocked) == len(sample.operations):  # useless() names the latter
        return []
    total = counted(len(sample.operations), "operation")
    return [
        Useless(
            f"of the newest {total} {len(blocked):,} are of an id that several agents have: they are not posted",
            MAKE_UNIQUE,
        )
    ]


def _no_rule(sample: Sample) -> Iterable[tuple[str, str]]:
    """Report if no type meets a rule, or no status does although none is of work that goes on."""
    if sample.rules:
        return
    changes = Counter(each.change for each in sample.operations)
    known = {type_ for type_, _ in changes if any(_names(rule, type_) for rule, _ in sample.rule_words)}
    if known and all((status or "").lower() in NOT_ENDED for type_, status in changes if type_ in known):
        return
    seen = _counts({(_type(type_), _word(status)): count for (type_, status), count in changes.items()})
    types = list(dict.fromkeys(type_ for type_, _ in sample.rule_words))
    statuses = list(dict.fromkeys(status for _, status in sample.rule_words if status is not None))
    (type_, status), _ = changes.most_common(1)[0]
    add = f"autopost rules add {_type(type_) if type_ else 'TYPE'} --status {_word(status) if status else 'STATUS'}"
    onto_type = "" if known else f"map operation_type onto one of {listed(types)}, and "
    advice = f"{onto_type}map status onto {listed(statuses)}, or add rules: {add}"
    yield f"no rule matches any: {seen}", advice


def _names(pattern: str, type_: str | None) -> bool:
    """Return whether a rule may be about a type. Wider than a rule is: as a pattern, where it is one or not."""
    parts = (re.escape(part) for part in re.split("%", pattern.lower()))
    return re.fullmatch(".*".join(parts), (type_ or "").lower(), re.DOTALL) is not None


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
        elif blocked is Reason.AGENT_AMBIGUOUS:
            reasons[_SEVERAL] += 1
        elif blocked is Reason.MATURITY_BLOCKED:
            levels[_word(agent.maturity if agent else None)] += 1
        elif blocked is Reason.TENANT_MISMATCH:
            reasons["of another tenant than their agent"] += 1
        else:
            reasons["of agents that [agents] does not have"] += 1
    reasons |= Counter({f"with maturity {level}": count for level, count in levels.items()})
    said = ", ".join(f"{count:,} {why}" for why, count in reasons.most_common(MOST_SHOWN))
    allowed = listed(sorted(level.upper() for level in MATURITIES_THAT_MAY_POST))
    advice = []
    if levels:
        constant = "maturity = \"'SUPERVISED'\""
        advice.append(f"map maturity in [agents.columns] onto {allowed}, or a constant such as {constant}")
    if _SEVERAL in reasons:
        advice.append(MAKE_UNIQUE)
    if reasons.keys() - {_SEVERAL, *(f"with maturity {level}" for level in levels)}:
        advice.append("agent_id, and id and tenant_id of agents, must name the same agents")
    yield f"none is of an agent that may post: {said}", "; ".join(advice)


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
