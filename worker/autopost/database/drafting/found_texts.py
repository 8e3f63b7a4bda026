"""The texts of a table: columns, JSON and rows of other tables in which somebody would read what was done. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from autopost.database.drafting.references import Link, children
from autopost.database.drafting.snapshot import Column, Kind, Snapshot, Table, as_json, is_plain, literal, ref
from autopost.database.drafting.words import has, split, word_set

JSON_OF_TEXT = "autopost.auto_post_json"
WHAT = {
    "what": 20, "explanation": 12, "summary": 15, "description": 7, "title": 6, "result": 9, "outcome": 9, "answer": 9,
    "message": 6, "response": 7, "output": 8, "outputs": 8, "objective": 6, "goal": 6, "text": 6, "content": 5,
    "activity": 7, "instruction": 4, "prompt": 3, "task": 2, "query": 3, "question": 3, "name": 2, "subject": 6,
    "final": 2, "report": 3, "note": 3, "comment": 2, "headline": 8,
}  # fmt: skip
_NO_TEXT = word_set(
    "id uuid url uri path file type kind status state code hash key token error exception failure "
    "traceback user email ip agent version config schema model created updated at by tag label logs log "
    "input inputs params parameters metadata meta data context settings options payload size count "
    "storage bucket format language locale image icon worker host queue trigger cron timezone state_type "
    "digest signature cursor parent encoding namespace handler"
)
LEAST_POINTS = 6
_SENTENCES = 3
_RARELY, _ALWAYS = 0.03, 0.9  # shares of the rows
_ROWS_OF_JSON = 60
_FEW_KINDS, _MANY = 5, 4


@dataclass(frozen=True, slots=True)
class Text:
    """A text of an operation: an expression over `t`, how good it is, and in how many of the sampled rows it is."""

    expression: str
    points: float
    filled: float
    where: str
    is_plain: bool = False


def best_text(table: Table, points: dict[str, int]) -> Text | None:
    """Return the text that these words describe best, None where none is good enough."""
    return next(iter(texts_of(table, points)), None)


def texts_of(table: Table, points: dict[str, int]) -> list[Text]:
    """Return the texts that these words describe, the best first; one that every row has ends the list."""
    found = [text for column in table.columns for text in _of_column(table, column, points)]
    good = [text for text in found if text.points >= LEAST_POINTS and (text.filled >= _RARELY or not table.sample)]
    ranked = sorted(good, key=lambda text: text.points, reverse=True)
    ends = next((place for place, text in enumerate(ranked) if text.filled >= _ALWAYS), len(ranked))
    return ranked[: ends + 1]


def _of_column(table: Table, column: Column, points: dict[str, int]) -> Iterator[Text]:
    parts = split(column.name)
    score = sum(points.get(word, 0) for word in dict.fromkeys(parts)) - 2 * (len(parts) > 3)
    if has(column.name, "error", "exception", "failure") or _is_a_kind(table, column):
        return
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


def _is_a_kind(table: Table, column: Column) -> bool:
    """Return whether the same few words come again and again: a kind of result does not say what was done."""
    values = table.counts(column.name)
    is_again = 0 < len(values) <= _FEW_KINDS and values.total() >= _MANY * len(values)
    return is_again and column.kind is Kind.TEXT and not any(" " in value.strip() for value in values)


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
        if any(has(key, "error", "exception", "failure") for key in path[:-1]):
            continue
        if said <= 0 or not all(map(is_plain, path)) or last == ("status",) or set(last) & (_NO_TEXT - {"status"}):
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


def attached_text(table: Table, snapshot: Snapshot) -> Text | None:
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
    keys = {key: sum(WHAT.get(word, 0) for word in split(key)) for key in other.counts(names[0].name) if is_plain(key)}
    best = max(keys, key=lambda key: keys[key], default=None)
    if best is None or keys[best] < LEAST_POINTS:
        return None
    where = f"{ref(link.column, 'a')} = {ref(link.target)} and {ref(names[0], 'a')} = {literal(best)}"
    text = f"(select max({ref(values[0], 'a')}) from {other.qualified} as a where {where})"  # noqa: S608 - names of the catalog
    return Text(text, keys[best], 0.5, f"{best} in {other.qualified}")


def _one_to_one(link: Link) -> Text | None:
    """Return the text of a table with one row for each operation, such as execution_data."""
    if not link.table.is_key(link.column.name):
        return None
    best = best_text(link.table, WHAT)
    if best is None or not best.is_plain:
        return None
    column = best.expression.removeprefix("t.")
    where = f"{ref(link.column, 'a')} = {ref(link.target)}"
    text = f"(select a.{column} from {link.table.qualified} as a where {where})"  # noqa: S608 - names of the catalog
    return Text(text, best.points, best.filled, f"{column} in {link.table.qualified}")
