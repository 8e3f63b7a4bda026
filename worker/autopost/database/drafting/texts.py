"""The lines of the texts: what an operation did, why, and what comes next. Pure."""

from __future__ import annotations

import textwrap
from dataclasses import replace

from autopost.database.drafting.error_text import error_of
from autopost.database.drafting.found_texts import LEAST_POINTS, WHAT, Text, attached_text, best_text, texts_of
from autopost.database.drafting.history import subject_of
from autopost.database.drafting.section import Line, over, plain
from autopost.database.drafting.snapshot import Column, Snapshot, Table, literal, ref
from autopost.database.drafting.status_line import Status
from autopost.database.drafting.times import seconds
from autopost.database.drafting.words import words

_WHY = {
    "why": 20,
    "reason": 8,
    "reasoning": 8,
    "rationale": 9,
    "purpose": 8,
    "goal": 7,
    "objective": 7,
    "explanation": 2,
    # Beside "reason": how it ended, in a word of the program.
    **dict.fromkeys(("stop", "finish", "status", "state", "end", "exit", "cancel", "termination", "skip"), -9),
}
_NEXT = {"next": 12, "followup": 8, "step": 2, "action": 1}
_UNSAID = ("entity", "table", "tracker", "visibility", "completed", "finished", "history")
_MOST_TEXTS = 2


def text_lines(
    table: Table, status: Status, own_name: str | None, agent_name: str | None, snapshot: Snapshot
) -> list[Line]:
    """Return the lines of what, why and next steps.

    `own_name` is an expression of what the operation is called, `agent_name` of what its agent is called.
    """
    why, next_steps = best_text(table, _WHY), best_text(table, _NEXT)
    exact = {column.name.lower(): column for column in table.columns}
    if "next_steps" in exact:
        next_steps = _own(exact["next_steps"])
    if "why_explanation" in exact:
        why = _own(exact["why_explanation"])
    what = exact.get("what_explanation")
    return [
        _what(table, status, (own_name, agent_name), snapshot)
        if what is None
        else Line("what_explanation", plain(what)),
        _line("why_explanation", why),
        _line("next_steps", next_steps),
    ]


def _what(table: Table, status: Status, names: tuple[str | None, str | None], snapshot: Snapshot) -> Line:
    """Return what an operation did: the error of a failed one, else its text, else a sentence built of columns."""
    texts = texts_of(table, WHAT)[:_MOST_TEXTS] or [found for found in (attached_text(table, snapshot),) if found]
    if (subject := subject_of(table, snapshot)) is not None:
        about = texts_of(subject.table, WHAT)[:1]
        texts += [replace(each, expression=subject.lookup(over("p", each.expression), "p")) for each in about]
    error, where = error_of(table, snapshot)
    notes = []
    parts = []
    if error is not None and status.failed not in (None, "false"):
        # The alert itself says which agent it is.
        said = error if names[0] is None else f"coalesce({names[0]} || ': ', '') || {error}"
        parts.append(f"case when {status.failed}\n    then {said}\nend")
        notes.append(f"a failed operation is explained by {where}")
    elif error is not None and status.line.is_undecided:  # which rows failed is not known yet: those that say why
        parts.append(error if names[0] is None else f"{names[0]} || ': ' || {error}")
        notes.append(f"an operation with {where} is explained by it")
    for text in texts:
        parts.append(f"nullif(btrim({text.expression}), '')" if text.is_plain else text.expression)
        notes.append(f"text: {text.where}")
    if not texts:
        notes.append("no column holds a text of what was done: one is built")
    parts.append(_built(table, status, _always(table, *names)))
    value = f"coalesce(\n{_indented(parts)}\n)" if len(parts) > 1 else parts[0]
    doubt = "the best guess of several texts" if texts and texts[0].points <= LEAST_POINTS else None
    return Line("what_explanation", value, tuple(notes), doubt)


def _always(table: Table, own: str | None, agent: str | None) -> str | None:
    """Return what an operation is called: by its own name, and by its agent's where some have none."""
    is_given = any(ref(column) == own and column.not_null for column in table.columns)
    return own or agent if is_given or own is None or agent in (None, own) else f"coalesce({own}, {agent})"


def _indented(parts: list[str]) -> str:
    return textwrap.indent(",\n".join(parts), "    ")


def _built(table: Table, status: Status, name: str | None) -> str:
    """Return a sentence of what is always there: the name, how it ended, and how long it took."""
    # While a person has to say what a status means, nobody knows how it ended.
    ended = "'ended'" if status.line.is_undecided else "'finished'"
    branches = []
    if status.failed not in (None, "false"):
        branches.append(f"when {status.failed} then 'failed'")
    if status.approval is not None:
        branches.append(f"when {status.approval} then 'waits for approval'")
    if branches:
        ended = f"case {' '.join(branches)} else 'finished' end"
    parts = [name or f"{literal(_called(table))}", ended]
    took = seconds(table)
    if took is not None:
        parts.append(f"'after ' || round(({took})::numeric, 1) || ' s'")
    return f"concat_ws(' ',\n{_indented(parts)}\n)"


def _called(table: Table) -> str:
    """Return what an operation is called in a sentence, from the name of its table."""
    said = [word for word in words(table.name) if len(word) > 1 and word not in _UNSAID]
    return " ".join(said) or "it"


def _line(column: str, text: Text | None) -> Line:
    if text is None:
        return Line(column, "null")
    return Line(column, text.expression, () if text.where == column else (f"text: {text.where}",))


def _own(column: Column) -> Text:
    return Text(plain(column), 20, 1.0, column.name, is_plain=True)
