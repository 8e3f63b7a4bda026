"""The line of an operation's type: the platform's kinds of work as the types that rules name. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from autopost.database.drafting.finished import status_column
from autopost.database.drafting.references import links
from autopost.database.drafting.section import Line, among, over, plain
from autopost.database.drafting.snapshot import FEW_VALUES, IDS, Column, Kind, Snapshot, Table, ref
from autopost.database.drafting.status_line import Status, occurrences, shown
from autopost.database.drafting.statuses import Meaning, meaning
from autopost.database.drafting.words import has, phrase, split, word_set, words

WORKFLOW = "workflow_execute"
# The types that rules name, and the words that say one.
_TYPES = {
    "approval_requested": ("approval_requested", "approval_request", "request_approval", "human_approval", "approval"),
    "human_feedback_received": ("human_feedback_received", "human_feedback", "feedback_received", "feedback"),
    "agent_to_agent_call": (
        "agent_to_agent_call", "agent_to_agent", "agent_call", "a2a", "call_agent", "handoff", "delegation", "delegate",
    ),
    "browser_automate": (
        "browser_automate", "browser_automation", "browser", "browse", "web_navigation", "playwright", "puppeteer",
        "selenium", "web_automation",
    ),
    "integration_connect": (
        "integration_connect", "integration", "connect", "connector", "connection", "oauth_connect", "oauth",
    ),
    "report_generate": ("report_generate", "report_generation", "generate_report", "report"),
    WORKFLOW: (WORKFLOW, "workflow", "workflow_run", "execute_workflow", "flow", "pipeline", "dag"),
}  # fmt: skip
_TESTS = word_set(
    "test testing debug debugging debugger preview dry dryrun evaluation eval playground sandbox simulation flowpreview"
)
_CHILDREN = frozenset(["subflow", "subworkflow", "subrun", "child", "nested", "subprocess"])
_PAUSES = frozenset(("paused", "suspended", "waiting", "blocked", "hold", "interrupted"))
_ORIGINS = ("mode", "trigger", "triggered", "source", "invoke", "origin", "run", "environment", "kind", "type")


def type_line(table: Table, status: Status, snapshot: Snapshot) -> Line:
    """Return how the type of an operation reads: sub-runs and test runs have none, so that no rule meets them."""
    notes: list[str] = []
    doubts: list[str] = []
    open_ = (Meaning.PENDING, Meaning.UNKNOWN)
    waiting = [value for value in status.values if set(split(value)) & _PAUSES and meaning(value) in open_]
    if waiting:
        condition = f"when {among(status.column, waiting)} then 'approval_requested'"
        notes.append(f"if {', '.join(map(shown, waiting))} means that a person must approve, write: {condition}")
    left_out = [*_sub_runs(table, notes), *_test_runs(table, notes)]
    for link in links(table, snapshot):
        if table.is_key(link.column.name) and link.is_to_one:  # the other table says more about the same operation
            more = [*_sub_runs(link.table, notes), *_test_runs(link.table, notes)]
            left_out += [link.lookup(over("a", condition)) for condition in more]
    base, is_column = _base(table, notes, doubts)
    cases = [f"    when {condition} then null" for condition in left_out]
    if status.approval is not None:
        cases.append(f"    when {status.approval} then 'approval_requested'")
    if not cases:
        return Line("operation_type", plain(is_column) if is_column else base, tuple(notes), "; ".join(doubts) or None)
    if base.startswith("case\n"):
        text = "\n".join(["case", *cases, *base.split("\n")[1:]])
    else:
        text = "\n".join(["case", *cases, f"    else {base}", "end"])
    return Line("operation_type", text, tuple(notes), "; ".join(doubts) or None)


def type_of(value: str) -> str | None:
    """Return the type of a rule that a kind of work surely is, None for none."""
    said = "_".join(split(value))
    if "security" in split(value):
        return said
    for name, known in _TYPES.items():
        if said in known or any(len(each) > 3 and phrase(value, (each.replace("_", " "),)) for each in known[:3]):
            return name
    return None


def type_column(table: Table) -> Column | None:
    """Return the column that says what kind of work an operation is, None for none."""
    taken = status_column(table)
    best: tuple[int, Column] | None = None
    for column in table.columns:
        if column.kind not in (Kind.TEXT, Kind.ENUM) or (taken and column.name == taken.name):
            continue
        score = _likeness(column.name)
        if score == 0 or len(table.values(column)) > FEW_VALUES:
            continue
        if any(type_of(value) not in (None, WORKFLOW) for value in table.values(column)):
            score += 10
        if best is None or score > best[0]:
            best = (score, column)
    return best[1] if best else None


def _likeness(name: str) -> int:
    parts = split(name)
    if parts in (("operation", "type"), ("op", "type")):
        return 20
    if parts in (("type",), ("kind",), ("category",), ("action",), ("operation",)):
        return 8
    if parts[-1:] in (("type",), ("kind",)) and set(parts) & {
        "job",
        "task",
        "run",
        "work",
        "execution",
        "action",
        "workflow",
    }:
        return 9
    return 0


def _base(table: Table, notes: list[str], doubts: list[str]) -> tuple[str, Column | None]:
    """Return the type of an ordinary operation: an expression, and the column where it is one as it is."""
    column = type_column(table)
    values = table.words(column) if column is not None else {}
    known = {value: found for value in values if (found := type_of(value)) is not None}
    if column is not None and not values and _likeness(column.name) == 20:
        doubts.append(f"no row shows a value of {column.name}: one that no rule names is not posted")
        return ref(column), column
    if column is None or not set(known.values()) - {WORKFLOW}:
        notes.append(f"every operation counts as {WORKFLOW}; for a type of its own: `autopost rules add`")
        if column is not None and values:
            notes.append(f"{column.name}: {occurrences(values)}")
        return f"'{WORKFLOW}'", None
    name = f"concat({ref(column)})" if column.kind is Kind.ENUM else ref(column)
    notes.append(f"{column.name}: {occurrences(values)}")
    unnamed = [value for value in values if value not in known]
    if unnamed:
        listed = ", ".join(
            f"{shown(value)} {values[value]}" if values[value] else shown(value) for value in unnamed[:8]
        )
        doubts.append(f"no rule names {listed}: nothing is posted for them; `autopost rules add` adds a rule")
    if all(value == found for value, found in known.items()):
        return name, column if column.kind is Kind.TEXT else None
    by_type: dict[str, list[str]] = {}
    for value, found in known.items():
        by_type.setdefault(found, []).append(value)
    cases = [f"    when {among(ref(column), given)} then '{found}'" for found, given in by_type.items()]
    return "\n".join(["case", *cases, f"    else {name}", "end"]), None


def _sub_runs(table: Table, notes: list[str]) -> Iterable[str]:
    """Return the conditions under which a row is a part of another operation of the same table."""
    own = {column.kind for key in table.keys[:1] for name in key if (column := table.column(name))}
    for column in table.columns:
        if column.kind not in IDS or column.kind not in own or not has(column.name, "parent"):
            continue
        if column.not_null and column.kind is not Kind.TEXT:
            continue
        if set(words(column.name)) & {"agent", "span", "folder", "node", "name", "type", "attempt", "event", "message"}:
            continue
        if table.filled(column.name) > 0.95:
            notes.append(f"almost every row has a {column.name}: none is left out as a part of another")
            continue
        notes.append(f"rows with a {column.name} are parts of another operation and are not posted")
        yield (
            f"{ref(column)} is not null"
            if column.kind is not Kind.TEXT or not column.not_null
            else f"{ref(column)} <> ''"
        )
        return


def _test_runs(table: Table, notes: list[str]) -> Iterable[str]:
    """Return the conditions under which a row is a test of somebody who builds, or a nested run."""
    for column in table.columns:
        if (
            column.kind is Kind.BOOLEAN
            and set(words(column.name)) - {"is"} <= {*_TESTS, "run"}
            and has(column.name, *_TESTS)
        ):
            notes.append(f"rows with {column.name} are tests and are not posted")
            yield ref(column)
        elif column.kind in (Kind.TEXT, Kind.ENUM) and has(column.name, *_ORIGINS):
            values = table.words(column)
            if len(table.values(column)) > FEW_VALUES:
                continue
            tests = [value for value in values if set(split(value)) & (_TESTS | _CHILDREN)]
            if tests and len(tests) < len(values):
                notes.append(f"{column.name} {', '.join(map(shown, tests))}: tests and parts of others are not posted")
                yield among(ref(column), tests)
