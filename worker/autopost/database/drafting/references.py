"""Which column of a table leads to which other table: by a foreign key, or by its name. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autopost.database.drafting.finished import status_column
from autopost.database.drafting.snapshot import IDS, Column, Kind, Snapshot, Table, ref
from autopost.database.drafting.statuses import knows_an_end
from autopost.database.drafting.words import AGENT_WORDS, AGENTS_PROPER, core, has, points, words

_SHARE = 0.8  # of the ids of two samples that must be the same
_LIKELY = 6  # points of a word that is surely about agents
_ID_WORDS = frozenset(("id", "uuid", "key", "ref", "fk", "pk", "slug", "name", "guid", "code", "no", "number"))


@dataclass(frozen=True, slots=True)
class Link:
    """A way from a row to one of another table: `column` here holds what `target` is there.

    `is_sure` is whether a foreign key says so.
    """

    column: Column
    table: Table
    target: str
    is_sure: bool
    rest: tuple[tuple[Column, str], ...] = ()  # the other columns of a key of several
    way: Link | None = None  # the link to the table that `column` is of, where that is not the operation's own

    @property
    def value(self) -> str | None:
        """Return the expression over `t` of what `column` holds, None where it is of the same row."""
        return self._of(self.column) if self.way is not None else None

    def _of(self, column: Column) -> str:
        return ref(column) if self.way is None else self.way.lookup(ref(column, "a"))

    @property
    def is_to_one(self) -> bool:
        """Return whether it leads to at most one row."""
        return self.table.is_key(self.target, *(target for _, target in self.rest))

    def lookup(self, expression: str, alias: str = "a") -> str:
        """Return the subselect that reads an expression over `alias` from the other table."""
        conditions = []
        for here, target in ((self.column, self.target), *self.rest):
            there = self.table.column(target)
            left, right = ref(there, alias), self._of(here)
            if there.kind is not here.kind:
                left, right = f"{left}::text", f"{right}::text"
            conditions.append(f"{left} = {right}")
        where = " and ".join(conditions)
        return f"(select {expression} from {self.table.qualified} as {alias} where {where} limit 1)"  # noqa: S608 - names of the catalog


def links(table: Table, snapshot: Snapshot) -> list[Link]:
    """Return every link of a table, each column's foreign key before what its name suggests."""
    if table.qualified in snapshot.memo:
        found: list[Link] = snapshot.memo[table.qualified]
        return found
    found = list(_declared(table, snapshot))
    declared = {link.column.name for link in found}
    for column in table.columns:
        if column.name not in declared and column.kind in IDS:
            found.extend(_named(table, column, snapshot))
    snapshot.memo[table.qualified] = found
    return found


def agent_points(link: Link) -> int:
    """Return how much a link of an operation looks like the one to its agent; 0 or less for none."""
    about = core(link.table.name)
    if about[-1] == "instance" and set(about) & AGENTS_PROPER:
        about = about[:-1]
    name = points(" ".join(about), AGENT_WORDS)
    if about[-1] in ("task", "job") and _is_done(link.table):
        return 0
    # The last word says what a row is: an agent's execution is not an agent.
    if name <= 0 or AGENT_WORDS.get(about[-1], 0) < 0 or has(link.column.name, "parent"):
        return 0
    return name + 2 * link.is_sure + 2 * link.column.not_null + (2 if has(link.column.name, "agent") else 0)


def _is_done(table: Table) -> bool:
    """Return whether the rows of a table are finished at some time, and so are not agents."""
    status = status_column(table)
    return status is not None and knows_an_end(table.values(status))


def children(table: Table, snapshot: Snapshot) -> list[Link]:
    """Return the links of other tables to this one, as links of theirs: `table` of a link is the other table."""
    return [
        Link(link.column, other, link.target, link.is_sure)
        for other in snapshot.tables
        if other.qualified != table.qualified and other.is_table
        for link in links(other, snapshot)
        if link.table.qualified == table.qualified
    ]


def _declared(table: Table, snapshot: Snapshot) -> Iterator[Link]:
    for reference in table.references:
        there = snapshot.table(reference.table)
        if there is None:
            continue
        pairs = list(zip(reference.columns, reference.targets, strict=True))
        if len(pairs) > 1:  # the part that is the other row's own name: not a tenant or a version that both have
            pairs = [pair for pair in pairs if set(words(pair[0])) & set(core(there.name))] or pairs
            pairs = [pair for pair in pairs if set(words(pair[0])) & _ID_WORDS] or pairs
        rest = tuple(
            (table.column(here), target)
            for here, target in zip(reference.columns, reference.targets, strict=True)
            if here != pairs[0][0]
        )
        yield Link(table.column(pairs[0][0]), there, pairs[0][1], is_sure=True, rest=rest)


def _named(table: Table, column: Column, snapshot: Snapshot) -> Iterator[Link]:
    """Find a table that is called as the column is: `workflowId` and `workflow_entity`, `dag_id` and `dag`."""
    parts = words(column.name)
    if table.is_key(column.name) and column.kind is not Kind.INTEGER:
        yield from _with_the_same_key(table, column, snapshot)
    about = tuple(part for part in parts if part not in _ID_WORDS)
    if not about or about == parts:
        return
    best: tuple[int, Link] | None = None
    for other in snapshot.about(about[-1]):
        if other.qualified == table.qualified or other.kind == "m":
            continue
        name = core(other.name)
        if name[-len(about) :] != about and about[-len(name) :] != name:
            continue
        target = _target(column, other)
        if target is None:
            continue
        own = core(table.name)
        # state_id of flow_run is of flow_run_state before any other state.
        fit = 10 - (0 if name == own + about else abs(len(name) - len(about))) + 3 * (other.schema == table.schema)
        if best is None or fit > best[0]:
            best = (fit, Link(column, other, target, is_sure=False))
    if best is not None:
        yield best[1]
    elif AGENT_WORDS.get(about[-1], 0) >= _LIKELY:
        yield from _alone_of_its_kind(table, column, about[-1], snapshot)


def _with_the_same_key(table: Table, column: Column, snapshot: Snapshot) -> Iterator[Link]:
    """Find the table that this one says more about, row by row, such as job for job_completed: by the same ids."""
    here = table.counts(column.name)
    for other in whole_of(table, snapshot):
        there = other.counts(column.name) if other.is_key(column.name) else {}
        if here and sum(value in there for value in here) >= _SHARE * len(here):
            yield Link(column, other, column.name, is_sure=False)
            return


def whole_of(table: Table, snapshot: Snapshot) -> list[Table]:
    """Return the tables whose name is a part of this one's: job of job_completed."""
    own = set(core(table.name))
    return [other for other in snapshot.tables if other.schema == table.schema and set(core(other.name)) < own]


def _alone_of_its_kind(table: Table, column: Column, word: str, snapshot: Snapshot) -> Iterator[Link]:
    """Find the only table that could be meant: `agentflowId` and chat_flow."""
    found = [
        Link(column, other, target, is_sure=False)
        for other in snapshot.about(word)
        if other.qualified != table.qualified
        and other.kind != "m"
        and (target := _target(column, other)) is not None
        and other.is_key(target)
    ]
    if len(found) == 1:
        yield found[0]


def _target(column: Column, other: Table) -> str | None:
    """Return the column of another table that holds what this one does: of the same name and a key, or its id."""
    names = {each.name for each in other.columns}
    # workflow_code leads to a workflow's code before its id.
    same = [key[0] for key in other.keys if len(key) == 1 and words(key[0]) == words(column.name)[-1:]]
    for name in [column.name, *same, "id", "uuid"]:
        if name in names and _alike(column, other.column(name)):
            return name
    for key in other.keys:
        if len(key) == 1 and _alike(column, other.column(key[0])) and set(words(key[0])) & _ID_WORDS:
            return key[0]
    return None


def _alike(here: Column, there: Column) -> bool:
    return here.kind is there.kind
