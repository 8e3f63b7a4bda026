"""What a table of agents says of each: name, who may post, tenant, category. Pure."""

from __future__ import annotations

from dataclasses import replace

from autopost.database.drafting.references import children
from autopost.database.drafting.section import Line, among, decide, plain
from autopost.database.drafting.snapshot import FEW_VALUES, TIMES, Column, Kind, Snapshot, Table, ref
from autopost.database.drafting.status_line import occurrences
from autopost.database.drafting.words import TENANT_WORDS, core, has, split, words

LEVELS = ("student", "intern", "supervised", "autonomous")
SUPERVISED = "'SUPERVISED'"
_NAMES = ("displayname", "name", "agentname", "title", "label")
_HANDLES = ("slug", "handle", "path")
_FLAGS = frozenset(("active", "enabled", "is", "disabled", "archived", "deleted"))
_ON = ("active", "enabled", "live", "published")
_AT_WORK = frozenset(("idle", "busy", "running", "online", "offline", "working", "error"))  # now, and not in general
_OFF_FLAGS = ("disabled", "archived", "deleted")


def tenant_column(table: Table) -> Column | None:
    """Return the column that says whose a row is, None for none."""
    for name in TENANT_WORDS:
        for column in table.columns:
            parts = [word for word in words(column.name) if word not in ("id", "uuid", "slug", "key", "name")]
            if column.kind in (Kind.TEXT, Kind.UUID, Kind.INTEGER) and tuple(parts) == name:
                return column
    return None


def name_line(table: Table, snapshot: Snapshot, key: str | None = None) -> Line:
    """Return what an agent is called: by a column, by its newest version, by `key` or the table's own."""
    by_name = {column.name.lower().replace("_", ""): column for column in table.columns if column.kind is Kind.TEXT}
    about = "".join(core(table.name))  # a table of workflows may have workflow_name
    found = [by_name[name] for name in (*_NAMES, *(about + name for name in _NAMES), *_HANDLES) if name in by_name]
    if not found and (elsewhere := _name_of_a_version(table, snapshot)) is not None:
        return elsewhere
    if not found:
        own = table.keys[0][0] if table.keys and len(table.keys[0]) == 1 else None
        return Line("name", plain(name) if (name := key or own) else "null")
    if not found[0].not_null and len(found) > 1 and found[1].name.lower().endswith("name"):
        return Line("name", f"coalesce({ref(found[0])}, {ref(found[1])})")
    return Line("name", plain(found[0]))


def _name_of_a_version(table: Table, snapshot: Snapshot) -> Line | None:
    """Return the name that the newest version of an agent has, where the agent itself has none."""
    for link in children(table, snapshot):
        names = [c for c in link.table.columns if c.kind is Kind.TEXT and c.name.lower().replace("_", "") in _NAMES[:4]]
        if names and has(link.table.name, "version", "revision", "definition"):
            times = [c for c in link.table.columns if has(c.name, "version", "revision", "created", "updated")]
            order = f" order by {ref(times[0], 'v')} desc" if times else ""
            where = f"{ref(link.column, 'v')} = {ref(link.target)}"
            value = f"(select {ref(names[0], 'v')} from {link.table.qualified} as v where {where}{order} limit 1)"  # noqa: S608
            return Line("name", value, (f"the name of its newest row of {link.table.qualified}",))
    return None


def maturity_line(table: Table) -> Line:
    """Return who may post: by level, by a flag that says who is active, or everybody."""
    line = _maturity(table)
    unseen = [each for each in table.columns if _could_hold_levels(each) and not table.values(each)]
    if table.sample or not unseen or line.value == plain(unseen[0]) or line.is_undecided:
        return line
    return replace(line, doubt=f"no agent is there yet: if {unseen[0].name} will hold levels, write {plain(unseen[0])}")


def _could_hold_levels(column: Column) -> bool:
    return column.kind is Kind.TEXT and words(column.name)[-1] in ("status", "level", "stage", "rank", "tier")


def _maturity(table: Table) -> Line:
    for column in table.columns:
        if column.kind not in (Kind.TEXT, Kind.ENUM, Kind.INTEGER):
            continue
        values = table.values(column)
        named = has(column.name, "maturity", "autonomy") and not has(column.name, "required", "at", "score")
        if len(values) <= FEW_VALUES and {value.lower() for value in values} & set(LEVELS):
            return Line("maturity", plain(column), (f"{column.name}: {occurrences(values)}",))
        if named and column.kind is Kind.TEXT and not values:
            return Line("maturity", plain(column))
        if named:
            levels = ", ".join(LEVELS).upper()
            what = f"which level ({levels}) each value of {column.name} is: {occurrences(values)}"
            return Line("maturity", decide(what))
    for column in table.columns:
        said = set(split(column.name))
        if column.kind is Kind.BOOLEAN and said <= _FLAGS and said - {"is"}:
            off = bool(said & set(_OFF_FLAGS))
            if table.sample and set(table.counts(column.name)) <= {"true" if off else "false"}:
                continue
            condition = f"{ref(column)} is not {'true' if off else 'false'}"
            what = " ".join(split(column.name)).removeprefix("is ")
            note = f"agents have no levels here: one that is {'not ' if off else ''}{what} may post"
            return Line("maturity", f"case when {condition} then {SUPERVISED} end", (note,))
        if (
            column.kind in TIMES
            and said & {"deleted", "archived"}
            and said <= {"deleted", "archived", "at", "on", "time"}
        ):
            note = f"agents have no levels here: one without {column.name} may post"
            return Line("maturity", f"case when {ref(column)} is null then {SUPERVISED} end", (note,))
    for column in table.columns:
        if column.kind in (Kind.TEXT, Kind.ENUM) and words(column.name)[-1] in ("status", "state"):
            values = table.words(column)
            on = [value for value in values if value.lower() in _ON]
            if {value.lower() for value in values} & _AT_WORK:
                continue
            if on and len(on) < len(values) and (not table.sample or any(values[value] for value in on)):
                note = f"agents have no levels here: one that is {' or '.join(on)} may post ({occurrences(values)})"
                return Line("maturity", f"case when {among(ref(column), on)} then {SUPERVISED} end", (note,))
    return Line("maturity", SUPERVISED, ("agents have no levels here: each may post (STUDENT may not)",))


def category_line(table: Table) -> Line:
    """Return the line of an agent's category."""
    for name in ("category", "kind", "type", "mode", "framework", "role"):
        for column in table.columns:
            if column.name.lower() == name and column.kind in (Kind.TEXT, Kind.ENUM):
                return Line("category", plain(column))
    return Line("category", "null")
