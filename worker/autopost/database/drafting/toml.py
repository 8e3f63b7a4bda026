"""Writes a draft as the TOML file that `autopost migrate` reads. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from autopost.database.drafting.section import Draft, Line, Section

_WIDTH = 110
_PLACES = {
    "agents": "who works",
    "operation_trackers": "what they do",
    "social_posts": "the feed: autopost writes to it",
    "audit_log": "the audit log: autopost writes to it",
}


def to_toml(draft: Draft) -> str:
    """Return the file, with what was found and what is in doubt as comments."""
    return "\n".join(_lines(draft)).rstrip("\n") + "\n"


def _lines(draft: Draft) -> Iterator[str]:
    every = [line for section in draft.sections for line in (*section.lines, *section.values)]
    undecided = sum(line.is_undecided for line in every)
    doubts = sum(line.doubt is not None for line in every)
    yield from _comment(
        f"How the tables of {draft.database} read in autopost's words. Drafted by autopost mapping draft."
    )
    yield from _comment(
        "Left: autopost's column. Right: the platform's column, or SQL in which t is the platform's row. "
        "Counts are of a sample of the newest rows."
    )
    if undecided:
        yield from _comment(f"{undecided} to decide: the lines with DECIDE. autopost migrate refuses them until then.")
    if doubts:
        yield from _comment(f"{doubts} to check: the lines below CHECK rest on a guess, and are used as they are.")
    yield ""
    for section in draft.sections:
        yield from _section(section, in_list=draft.in_list)
        yield ""
    names = {section.name for section in draft.sections}
    for name, what in (("social_posts", "posts"), ("audit_log", "audit log")):
        if name not in names:
            yield from _comment(f"[{name}] is left out: autopost makes its own table of the {what}.")


def _section(section: Section, *, in_list: bool) -> Iterator[str]:
    is_entry = in_list and section.name == "operation_trackers"
    yield from _comment(f"{_PLACES[section.name].capitalize()}.")
    for note in section.notes:
        yield from _comment(note)
    yield f"[[{section.name}]]" if is_entry else f"[{section.name}]"
    if section.entry is not None:
        yield f'name = "{section.entry}"'
    yield f"table = {_string(section.table)}"
    yield f"[{section.name}.columns]"
    for line in section.lines:
        yield from _line(line, line.column)
    if section.values:
        yield f"[{section.name}.values]"
        for line in section.values:
            yield from _line(line, _key(line.column))


def _line(line: Line, key: str) -> Iterator[str]:
    for note in line.notes:
        yield from _comment(note)
    if line.doubt is not None:
        yield from _comment(f"CHECK: {line.doubt}")
    if isinstance(line.value, tuple):
        yield f"{key} = [{', '.join(_string(value) for value in line.value)}]"
    else:
        yield f"{key} = {_string(line.value)}"


def _comment(text: str) -> Iterator[str]:
    for line in textwrap.wrap(_plain(text), _WIDTH, break_long_words=False, break_on_hyphens=False):
        yield f"# {line}"


def _key(name: str) -> str:
    return name if not name.startswith('"') else _string(name)


def _string(value: str) -> str:
    """Return a TOML string: as it is where it can be, on lines of its own where it has lines."""
    if "\n" in value:
        escaped = value.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        return f'"""\n{escaped}"""'
    if '"' not in value and "\\" not in value:
        return f'"{value}"'
    if "'" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _plain(text: str) -> str:
    """Return a text without what TOML does not allow in a comment."""
    return "".join(char if char == "\t" or (char >= " " and char != "\x7f") else " " for char in text)
