"""What to write instead, for the errors with which a mapping is refused most often. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

# What PostgreSQL and sql/mapping/check.sql say of a name that is not there.
_MISSING = re.compile(
    r'column t\.(?P<column>\w+) does not exist|there is no table "\w+"\."(?P<table>\w+)"|has no column (?P<written>\w+)'
)
_WORD = re.compile(r"\w+")


def with_hints(message: str, mapping: str | None) -> str:
    """Return the message with which a migration was refused, and what to do; `mapping` is the text of the file."""
    return "\n".join([message, *dict.fromkeys(_hints(message, mapping))])


def _hints(message: str, mapping: str | None) -> Iterator[str]:
    if mapping is None:
        if "tables in schema" in message and "do not fit" in message:
            yield (
                "If these are tables of your platform with a shape of their own, describe them in a mapping: `autopost "
                "mapping draft > platform.toml`, then `SOCIAL_POST_MAPPING_FILE=platform.toml autopost migrate` "
                "(docs/how-to/map-a-platform.md)."
            )
        return
    spelled = {word.lower(): word for word in _WORD.findall(mapping) if word != word.lower()}
    for found in _MISSING.finditer(message):
        kind, name = next((kind, name) for kind, name in found.groupdict().items() if name)
        if (capitals := spelled.get(name)) is not None:
            yield _quoting(kind, capitals)
    if "must be unique" in message:
        yield (
            'An id over several columns is a list of them, as in id = ["dag_id", "run_id", "task_id"]; an id that is '
            "unique in another way, an expression over t."
        )


def _quoting(kind: str, name: str) -> str:
    shown = {"table": f"table = 'public.\"{name}\"'", "written": f'\'"{name}"\' = "..."'}.get(kind)
    where = shown or f'\'"{name}"\' for a column, t."{name}" in an expression'
    return f"{name}: SQL reads a name without double quotes in lower case. Write it with them: {where}."
