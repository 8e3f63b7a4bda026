"""Finds the tables that look like operations, posts and audit log: by names, columns, references and rows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from autopost.database.drafting.agents import names_agents
from autopost.database.drafting.finished import Finish, end_column, finish_of, has_ended, is_a_period
from autopost.database.drafting.history import subject_of
from autopost.database.drafting.references import agent_points, links, whole_of
from autopost.database.drafting.snapshot import Kind, Snapshot, Table
from autopost.database.drafting.words import (
    AGENT_WORDS,
    AGENTS_PROPER,
    AUDIT_WORDS,
    OPERATION_WORDS,
    POST_WORDS,
    core,
    has,
    points,
)

_LEAST_WORD = 4
LEAST_POINTS = {"operations": 10, "posts": 16, "audit log": 17}
_LIKELY_AGENTS = 4
_SURELY_AGENTS = 7
_OF_NOBODY = 4
_TRIES = ("execution", "run", "attempt", "invocation")
_RECORDS = ("log", "history")
_OWN_TABLES = 5  # sampled for each role


@dataclass(frozen=True, slots=True)
class Candidate:
    """A table with its points for a role, and what speaks for it."""

    table: Table
    points: int
    why: str


def operations(snapshot: Snapshot) -> list[Candidate]:
    """Return the tables that could hold operations, the best first."""
    found = [
        candidate
        for table in snapshot.tables
        if table.is_table and table.is_readable
        if (candidate := _operations(table, snapshot)) is not None
    ]
    good = {candidate.table.qualified: candidate for candidate in found}
    ranked = [_below_its_parent(candidate, good, snapshot) for candidate in found]
    enough = [candidate for candidate in ranked if candidate.points >= LEAST_POINTS["operations"]]
    # One that holds rows goes before one that holds none, whatever they are called.
    # One that says who works goes before one that does not, unless much more speaks for that.
    whose = {each.table.qualified: _OF_NOBODY * (not names_agents(each.table, snapshot)) for each in enough}
    return sorted(
        enough, key=lambda each: (each.table.rows > 0, each.points - whose[each.table.qualified]), reverse=True
    )


def posts(snapshot: Snapshot) -> list[Candidate]:
    """Return the tables that could be the feed, the best first."""
    return _written(snapshot, "posts", POST_WORDS, ("post", "feed", "timeline"), _posts_columns)


def audit_logs(snapshot: Snapshot) -> list[Candidate]:
    """Return the tables that could be the audit log, the best first."""
    return _written(snapshot, "audit log", AUDIT_WORDS, ("audit",), _audit_columns)


def worth_a_sample(snapshot: Snapshot) -> list[Table]:
    """Return the tables whose rows a draft looks at: candidates, and what operations lead to."""
    chosen = [
        candidate.table
        for found in (operations(snapshot), posts(snapshot), audit_logs(snapshot))
        for candidate in found[:_OWN_TABLES]
    ]
    for candidate in operations(snapshot)[:_OWN_TABLES]:
        chosen.extend(link.table for link in links(candidate.table, snapshot))
        chosen.extend(_attached(candidate.table, snapshot))
        chosen.extend(whole_of(candidate.table, snapshot)[:_OWN_TABLES])
    about_agents = [table for table in snapshot.tables if AGENT_WORDS.get(core(table.name)[-1], 0) >= _LIKELY_AGENTS]
    chosen.extend(sorted(about_agents, key=lambda table: table.rows, reverse=True)[:_OWN_TABLES])
    unique = {table.qualified: table for table in chosen if table.is_readable}
    return list(unique.values())


def _operations(table: Table, snapshot: Snapshot) -> Candidate | None:
    subject = subject_of(table, snapshot)
    about = core(table.name)
    named = table if subject is None else subject.table
    name = points(named.name, OPERATION_WORDS)
    finish = finish_of(table)
    most = max(OPERATION_WORDS.get(word, 0) for word in core(named.name))
    # A workflow is a definition in most platforms, and a finished one in some.
    if finish is Finish.NEVER or (most < _LEAST_WORD and not (about[-1] == "workflow" and has_ended(table))):
        return None
    if about[-1] == "instance" and set(about) & AGENTS_PROPER:
        return None
    if about[-1] in _RECORDS and is_a_period(table):
        name -= OPERATION_WORDS[about[-1]]  # an execution's log with a row for each execution
    elif subject is None:
        name -= 6 * (OPERATION_WORDS.get(about[-1], 0) < 0)
    if name <= 0:
        return None
    total, why = name, ["its name"]
    for given, reason in (
        (8 if finish is Finish.STATUS else 3, finish.value),
        (4 if end_column(table) is not None else 0, "an end time"),
        (4 if _leads_to_agents(table, snapshot) else 0, "a reference to agents"),
        (2 if any(has(c.name, "error", "exception") for c in table.columns) else 0, "an error"),
        (6 if any(has(c.name, "explanation") for c in table.columns) else 0, "explanations"),
        (3 if any(c.name.lower() in ("operation_type", "operationtype") for c in table.columns) else 0, "a type"),
        (3 if table.rows > 0 else 0, "rows"),
    ):  # fmt: skip
        if given:
            total += given
            why.append(reason)
    return Candidate(table, total, ", ".join(dict.fromkeys(why)))


def _leads_to_agents(table: Table, snapshot: Snapshot) -> bool:
    if any(agent_points(link) >= _SURELY_AGENTS for link in links(table, snapshot)):
        return True
    return any(has(c.name, *AGENTS_PROPER) and not has(c.name, "user") for c in table.columns)


def _below_its_parent(candidate: Candidate, good: dict[str, Candidate], snapshot: Snapshot) -> Candidate:
    """Return fewer points for the steps of what is an operation itself: the tasks of a run, the attempts of a job."""
    whole = _attempted(candidate.table, good)
    if whole is not None:
        return _part_of(candidate, good[whole.qualified])
    for link in links(candidate.table, snapshot):
        parent = good.get(link.table.qualified)
        if parent is None or parent.table.qualified == candidate.table.qualified or has(link.column.name, "parent"):
            continue
        is_work = max(OPERATION_WORDS.get(word, 0) for word in core(candidate.table.name)) >= _LEAST_WORD
        if is_work and names_agents(candidate.table, snapshot) and not names_agents(parent.table, snapshot):
            continue  # a council has no agent: its members are who works
        shared_key = candidate.table.is_key(link.column.name)
        if parent.table.rows >= candidate.table.rows > 0 and shared_key:
            continue
        if parent.points >= LEAST_POINTS["operations"] and (parent.table.rows > 0 or candidate.table.rows == 0):
            return _part_of(candidate, parent)
    return candidate


def _part_of(candidate: Candidate, whole: Candidate) -> Candidate:
    points = min(candidate.points - 9, whole.points - 1)
    return Candidate(candidate.table, points, f"{candidate.why}; part of {whole.table.name}")


def _attempted(table: Table, good: dict[str, Candidate]) -> Table | None:
    """Return the table of jobs whose every execution is a row of this one: jobs and job_executions; None for none."""
    name = core(table.name)
    for candidate in good.values():
        other = candidate.table
        if name[-1] in _TRIES and core(other.name) == name[:-1] and other.schema == table.schema and has_ended(other):
            return other if other.rows > 0 or table.rows == 0 else None
    return None


def _attached(table: Table, snapshot: Snapshot) -> list[Table]:
    """Return the small tables that hold more of an operation: attributes, or its text."""
    found = [
        other
        for other in snapshot.tables
        if other.is_table and any(link.table.qualified == table.qualified for link in links(other, snapshot))
    ]
    return found[:_OWN_TABLES]


def _written(
    snapshot: Snapshot,
    role: str,
    vocabulary: Mapping[str, int],
    needed: tuple[str, ...],
    columns: Callable[[Table], int],
) -> list[Candidate]:
    found = []
    for table in snapshot.tables:
        if not table.is_table or not has(table.name, *needed):
            continue
        name = points(table.name, vocabulary)
        if vocabulary.get(core(table.name)[-1], 0) < 0:  # the last word says what a row is
            continue
        total = name + columns(table)
        if total >= LEAST_POINTS[role]:
            found.append(Candidate(table, total, "its name and columns"))
    return sorted(found, key=lambda each: each.points, reverse=True)


def _posts_columns(table: Table) -> int:
    return (
        4 * _any(table, "content", "body", "text")
        + 4 * _any(table, "author", "sender", "poster", "agent", "creator")
        + 2 * _any(table, "created", "posted", "published")
        + 2 * _any(table, "type", "kind")
    )


def _audit_columns(table: Table) -> int:
    return (
        4 * _any(table, "action", "verb", "event", "activity")
        + 3 * any(column.kind in (Kind.TIME, Kind.NAIVE_TIME) for column in table.columns)
        + 3 * any(column.kind is Kind.JSON for column in table.columns)
        + 1 * _any(table, "actor", "agent", "user")
    )


def _any(table: Table, *names: str) -> bool:
    return any(map(partial(_named, names=names), (column.name for column in table.columns)))


def _named(name: str, names: tuple[str, ...]) -> bool:
    return has(name, *names)
