"""The lines of the texts: what an operation did, why, and what comes next. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from autopost.database.drafting.finished import error_column
from autopost.database.drafting.history import subject_of
from autopost.database.drafting.references import Link, children, links
from autopost.database.drafting.section import Line, over, plain
from autopost.database.drafting.snapshot import Column, Kind, Snapshot, Table, as_json, literal, ref
from autopost.database.drafting.status_line import Status
from autopost.database.drafting.times import seconds
from autopost.database.drafting.words import has, split, word_set, words

JSON_OF_TEXT = "autopost.auto_post_json"
_WHAT = {
    "what": 20, "explanation": 12, "summary": 15, "description": 7, "title": 6, "result": 9, "outcome": 9, "answer": 9,
    "message": 6, "response": 7, "output": 8, "outputs": 8, "objective": 6, "goal": 6, "text": 6, "content": 5,
    "activity": 7, "instruction": 4, "prompt": 3, "task": 2, "query": 3, "question": 3, "name": 2, "subject": 6,
    "final": 2, "report": 3, "note": 3, "comment": 2, "headline": 8,
}  # fmt: skip
_WHY = {
    "why": 20,
    "reason": 8,
    "reasoning": 8,
    "rationale": 9,
    "purpose": 8,
    "goal": 7,
    "objective": 7,
    "explanation": 2,
}
_NEXT = {"next": 12, "followup": 8, "step": 2, "action": 1}
_NO_TEXT = word_set(
    "id uuid url uri path file type kind status state code hash key token error exception failure "
    "traceback user email ip agent version config schema model created updated at by tag label logs log "
    "input inputs params parameters metadata meta data context settings options payload size count "
    "storage bucket format language locale image icon worker host queue trigger cron timezone state_type "
    "digest signature cursor parent encoding namespace handler"
)
_UNSAID = ("entity", "table", "tracker", "visibility", "completed", "finished", "history")
_LEAST = 6
_SENTENCES = 3
_MOST_TEXTS = 2
_RARELY, _ALWAYS = 0.03, 0.9  # shares of the rows
_ROWS_OF_JSON = 60


@dataclass(frozen=True, slots=True)
class Text:
    """A text of an operation: an expression over `t`, how good it is, and in how many of the sampled rows it is."""

    expression: str
    points: float
    filled: float
    where: str
    is_plain: bool = False


def text_lines(
    table: Table, status: Status, own_name: str | None, agent_name: str | None, snapshot: Snapshot
) -> list[Line]:
    """Return the lines of what, why and next steps.

    `own_name` is an expression of what the operation is called, `agent_name` of what its agent is called.
    """
    why, next_steps = _best(table, _WHY), _best(table, _NEXT)
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
    texts = _texts(table, _WHAT)[:_MOST_TEXTS] or [found for found in (_attached(table, snapshot),) if found]
    if (subject := subject_of(table, snapshot)) is not None:
        about = _texts(subject.table, _WHAT)[:1]
        texts += [replace(each, expression=subject.lookup(over("p", each.expression), "p")) for each in about]
    error, where = error_of(table, snapshot)
    notes = []
    parts = []
    if error is not None and status.failed not in (None, "false"):
        # The alert itself says which agent it is.
        said = error if names[0] is None else f"coalesce({names[0]} || ': ', '') || {error}"
        parts.append(f"case when {status.failed}\n    then {said}\nend")
        notes.append(f"a failed operation is explained by {where}")
    for text in texts:
        parts.append(f"nullif(btrim({text.expression}), '')" if text.is_plain else text.expression)
        notes.append(f"text: {text.where}")
    if not texts:
        notes.append("no column holds a text of what was done: one is built")
    parts.append(_built(table, status, names[0] or names[1]))
    value = f"coalesce(\n{_indented(parts)}\n)" if len(parts) > 1 else parts[0]
    doubt = "the best guess of several texts" if texts and texts[0].points <= _LEAST else None
    return Line("what_explanation", value, tuple(notes), doubt)


def _indented(parts: list[str]) -> str:
    return textwrap.indent(",\n".join(parts), "    ")


def error_of(table: Table, snapshot: Snapshot) -> tuple[str | None, str]:
    """Return what went wrong, on one line, and where that stands: a column, a key of JSON, or the row of a state."""
    column = error_column(table) or next(
        (each for each in table.columns if each.kind is Kind.TEXT and words(each.name) == ("status", "message")), None
    )
    if column is not None:
        return error_text(table, column), column.name
    for each in table.columns:
        if each.kind is Kind.JSON:
            found = [value for text in table.counts(each.name) if isinstance(value := as_json(text), dict)]
            for key in ("error", "error_message", "exception"):
                if any(isinstance(value.get(key), str) for value in found):
                    return _first_line(f"{ref(each)} ->> {literal(key)}"), f"{key} in {each.name}"
                if any(isinstance(inner := value.get(key), dict) and "message" in inner for value in found):
                    return _first_line(f"{ref(each)} -> {literal(key)} ->> 'message'"), f"{key}.message in {each.name}"
    for link in links(table, snapshot):
        if has(link.table.name, "state", "status", "result", "error") and link.is_to_one:
            said = [c for c in link.table.columns if c.kind is Kind.TEXT and has(c.name, "message", "error", "reason")]
            if said and not link.table.column(said[0].name).labels:
                return _first_line(link.lookup(ref(said[0], "a"))), f"{said[0].name} of {link.table.qualified}"
    return None, ""


def error_text(table: Table, column: Column) -> str:
    """Return the first line of what went wrong, or the last of a traceback."""
    name = ref(column)
    if column.kind is Kind.JSON:
        return _first_line(_json_error(name, column, table))
    looks = [as_json(value) for value in table.counts(column.name)]
    if any(isinstance(found, dict) for found in looks):
        return _first_line(f"coalesce({_json_error(f'{JSON_OF_TEXT}({name})', column, table)}, {name})")
    if has(column.name, "traceback", "stacktrace", "stack"):
        return f"left(regexp_replace(btrim({name}), '^.*\\n', ''), 400)"
    return _first_line(name)


def _json_error(name: str, column: Column, table: Table) -> str:
    found = [value for text in table.counts(column.name) if isinstance(value := as_json(text), dict)]
    keys = [
        key
        for key in ("message", "error", "detail", "reason", "description", "text", "type")
        if any(key in each for each in found)
    ]
    picks = [f"{name} ->> '{key}'" for key in keys] or [f"{name} ->> 'message'"]
    if column.kind is Kind.JSON:
        picks.append(f"{name} #>> '{{}}'")
    return f"coalesce({', '.join(picks)})" if len(picks) > 1 else picks[0]


def _first_line(text: str) -> str:
    return f"left(nullif(split_part(btrim({text}), chr(10), 1), ''), 400)"


def _built(table: Table, status: Status, name: str | None) -> str:
    """Return a sentence of what is always there: the name, how it ended, and how long it took."""
    ended = "'finished'"
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


def _best(table: Table, points: dict[str, int]) -> Text | None:
    """Return the text that these words describe best, None where none is good enough."""
    return next(iter(_texts(table, points)), None)


def _texts(table: Table, points: dict[str, int]) -> list[Text]:
    """Return the texts that these words describe, the best first; one that every row has ends the list."""
    found = [text for column in table.columns for text in _of_column(table, column, points)]
    good = [text for text in found if text.points >= _LEAST and (text.filled >= _RARELY or not table.sample)]
    ranked = sorted(good, key=lambda text: text.points, reverse=True)
    ends = next((place for place, text in enumerate(ranked) if text.filled >= _ALWAYS), len(ranked))
    return ranked[: ends + 1]


def _of_column(table: Table, column: Column, points: dict[str, int]) -> Iterator[Text]:
    parts = split(column.name)
    score = sum(points.get(word, 0) for word in dict.fromkeys(parts)) - 2 * (len(parts) > 3)
    if column.kind is Kind.TEXT and not column.labels:
        if score <= 0 or (set(parts) & _NO_TEXT and not set(parts) & {"output", "outputs", "result"}):
            return
        values = table.counts(column.name)
        parsed = [value for text in list(values)[:_ROWS_OF_JSON] if isinstance(value := as_json(text), (dict, list))]
        if parsed and len(parsed) * 2 >= min(len(values), _ROWS_OF_JSON):
            yield from _of_json(f"{JSON_OF_TEXT}({ref(column)})", column, parsed, score, table, points)
        elif not table.sample and set(parts) & {"output", "result", "outputs", "results", "response"}:
            return  # of a table without rows nobody knows whether it is JSON
        elif _reads_like_text(values):
            score += _SENTENCES * _are_sentences(values)
            yield Text(ref(column), score, table.filled(column.name), column.name, is_plain=True)
    elif column.kind is Kind.JSON:
        values = table.counts(column.name)
        read: list[Any] = [as_json(text) for text in list(values)[:_ROWS_OF_JSON]]
        strings = [value for value in read if isinstance(value, str)]
        if strings and len(strings) * 2 >= len(read) and score > 0:
            yield Text(
                f"nullif(btrim({ref(column)} #>> '{{}}'), '')",
                score,
                table.filled(column.name),
                f"the text in {column.name}",
            )
        yield from _of_json(
            ref(column), column, [value for value in read if isinstance(value, dict)], score, table, points
        )


def _of_json(
    name: str, column: Column, parsed: list[Any], score: float, table: Table, points: dict[str, int]
) -> Iterator[Text]:
    """Find texts in JSON objects, at the top and one level below."""
    objects = [value for value in parsed if isinstance(value, dict)]
    found: dict[tuple[str, ...], list[str]] = {}
    nested: set[tuple[str, ...]] = set()  # of JSON that is a text in JSON
    for value in objects:
        for key, inner in value.items():
            within = as_json(inner) if isinstance(inner, str) and inner.lstrip()[:1] == "{" else inner
            if isinstance(inner, str) and isinstance(within, dict):
                nested.update((key, below) for below in within)
            below_it = within.items() if isinstance(within, dict) else ()
            for path, text in (((key,), inner), *(((key, below), text) for below, text in below_it)):
                if isinstance(text, str) and text.strip() and (len(path) > 1 or not isinstance(within, dict)):
                    found.setdefault(path, []).append(text)
    for path, texts in found.items():
        last = split(path[-1])
        said: float = sum(points.get(word, 0) for word in dict.fromkeys(last))
        if said <= 0 or last == ("status",) or set(last) & (_NO_TEXT - {"status"}):
            continue
        if path in nested:
            operators = f"{JSON_OF_TEXT}({name} ->> {literal(path[0])}) ->> {literal(path[1])}"
        else:
            operators = " -> ".join([name, *map(literal, path[:-1])]) + f" ->> {literal(path[-1])}"
        said += _SENTENCES * _are_sentences(texts) + max(0, min(score, 6)) / 2 - len(path)
        share = len(texts) / len(objects) * table.filled(column.name)
        yield Text(f"nullif(btrim({operators}), '')", said, share, f"{'.'.join(path)} in {column.name}")


def _reads_like_text(values: Any) -> bool:
    """Return whether values are words of people and not ids, hashes or addresses; true where there are none."""
    given = [value for value in list(values)[:_ROWS_OF_JSON] if value.strip()]
    if not given:
        return True
    plain_words = sum(" " in value.strip() or (value.isalpha() and len(value) < 30) or "-" in value for value in given)
    return plain_words * 2 >= len(given)


def _are_sentences(values: Any) -> bool:
    """Return whether most values have three words or more."""
    given = list(values)[:_ROWS_OF_JSON]
    return bool(given) and sum(len(value.split()) >= 3 for value in given) * 2 >= len(given)


def _attached(table: Table, snapshot: Snapshot) -> Text | None:
    """Return a text that another table holds for the operation: by its name, or as an attribute with a name."""
    for link in children(table, snapshot):
        found = _attribute(link) or _one_to_one(link)
        if found is not None:
            return found
    return None


def _attribute(link: Link) -> Text | None:
    """Return the text of a table of names and values, such as run_attributes (run_id, key, value)."""
    other = link.table
    names = [c for c in other.columns if c.kind is Kind.TEXT and has(c.name, "key", "name", "attribute", "field")]
    values = [c for c in other.columns if c.kind is Kind.TEXT and has(c.name, "value", "content", "text")]
    if not names or not values or not other.sample:
        return None
    keys = {key: sum(_WHAT.get(word, 0) for word in split(key)) for key in other.counts(names[0].name) if len(key) < 60}
    best = max(keys, key=lambda key: keys[key], default=None)
    if best is None or keys[best] < _LEAST:
        return None
    where = f"{ref(link.column, 'a')} = {ref(link.target)} and {ref(names[0], 'a')} = {literal(best)}"
    text = f"(select max({ref(values[0], 'a')}) from {other.qualified} as a where {where})"  # noqa: S608 - names of the catalog
    return Text(text, keys[best], 0.5, f"{best} in {other.qualified}")


def _one_to_one(link: Link) -> Text | None:
    """Return the text of a table with one row for each operation, such as execution_data."""
    if not link.table.is_key(link.column.name):
        return None
    best = _best(link.table, _WHAT)
    if best is None or not best.is_plain:
        return None
    column = best.expression.removeprefix("t.")
    where = f"{ref(link.column, 'a')} = {ref(link.target)}"
    text = f"(select a.{column} from {link.table.qualified} as a where {where})"  # noqa: S608 - names of the catalog
    return Text(text, best.points, best.filled, f"{column} in {link.table.qualified}")
