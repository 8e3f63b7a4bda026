"""What went wrong with an operation, as a text of one line. Pure."""

from __future__ import annotations

from autopost.database.drafting.finished import error_column
from autopost.database.drafting.found_texts import JSON_OF_TEXT
from autopost.database.drafting.references import links
from autopost.database.drafting.snapshot import Column, Kind, Snapshot, Table, as_json, literal, ref
from autopost.database.drafting.words import has, words

_KEYS = ("message", "error", "detail", "reason", "description", "text", "type")


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
    if any(isinstance(found, (dict, list)) for found in looks):
        return _first_line(f"coalesce({_json_error(f'{JSON_OF_TEXT}({name})', column, table)}, {name})")
    if has(column.name, "traceback", "stacktrace", "stack"):
        return f"left(nullif(regexp_replace(btrim({name}), '^.*\\n', ''), ''), 400)"
    return _first_line(name)


def _json_error(name: str, column: Column, table: Table) -> str:
    found = [value for text in table.counts(column.name) if isinstance(value := as_json(text), dict)]
    keys = [key for key in _KEYS if any(key in each for each in found)]
    picks = [f"{name} ->> '{key}'" for key in keys] or [f"{name} ->> 'message'"]
    lists = [item for text in table.counts(column.name) if isinstance(value := as_json(text), list) for item in value]
    if lists:
        inner = [key for key in _KEYS if any(isinstance(item, dict) and key in item for item in lists)]
        picks += [f"{name} -> -1 ->> '{key}'" for key in inner] or [f"{name} ->> -1"]
    if column.kind is Kind.JSON:
        picks.append(f"nullif(nullif({name} #>> '{{}}', '[]'), '{{}}')")
    return f"coalesce({', '.join(picks)})" if len(picks) > 1 else picks[0]


def _first_line(text: str) -> str:
    return f"left(nullif(split_part(btrim({text}), chr(10), 1), ''), 400)"
