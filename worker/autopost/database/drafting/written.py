"""Columns of a table that autopost writes to: which are chosen, and what the others get. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from autopost.database.drafting.section import Line, Section, decide, plain, size
from autopost.database.drafting.snapshot import (
    NUMBERS,
    TIMES,
    Column,
    Kind,
    Table,
    as_json,
    is_plain,
    literal,
    quoted,
    ref,
)
from autopost.database.drafting.words import TENANT_WORDS, has, split, word_set, words

AGENT_LABELS = ("agent", "ai_agent", "ai", "bot", "assistant", "system")
STATUS_LABELS = ("status", "status_update", "update", "info", "message", "post", "general", "text", "announcement")
_OWN_ID = word_set("id uuid guid public external row event request correlation trace log entry record post")
TEXTS = (Kind.TEXT, Kind.ENUM, Kind.UUID, Kind.INTEGER)


@dataclass(slots=True)
class Choice:
    """What is chosen for a table so far: lines by autopost's column, values by the platform's, and what is missing."""

    table: Table
    lines: dict[str, Line] = field(default_factory=dict)
    values: dict[str, Line] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def take(
        self, name: str, *, kinds: tuple[Kind, ...], words: tuple[str, ...], without: tuple[str, ...] = ()
    ) -> Column | None:
        """Choose the column for one of autopost's: a word that stands first counts most, then the shorter name."""
        best: tuple[tuple[int, int], Column] | None = None
        for column in self.table.columns:
            if column.kind not in kinds or column.name in self.used or has(column.name, *without):
                continue
            places = [place for place, word in enumerate(words) if set(word.split("_")) <= set(split(column.name))]
            if places and (best is None or (places[0], len(split(column.name))) < best[0]):
                best = ((places[0], len(split(column.name))), column)
        if best is None:
            return None
        self.used.add(best[1].name)
        self.lines[name] = Line(name, plain(best[1]))
        return best[1]

    def write(self, column: Column, expression: str, note: str | None = None) -> None:
        """Say what a column of the platform gets."""
        self.used.add(column.name)
        self.values[column.name] = Line(quoted(column.name), expression, (note,) if note else ())


def refuse_other_people(choice: Choice, name: str, agents: Section) -> None:
    """Skip a column that must hold the id of somebody who is not an agent, such as a user."""
    line = choice.lines.get(name)
    for reference in choice.table.references:
        if (
            line is not None
            and line.value in [plain(column) for column in reference.columns]
            and reference.table != agents.table
        ):
            choice.faults.append(f"{line.value} must be a row of {reference.table}, which holds no agents")


def take_key(choice: Choice) -> None:
    """Choose the key: written where it takes a text, read as text where the table gives its own number."""
    key = choice.table.keys[0] if choice.table.keys else ()
    if len(key) != 1:
        choice.lines["id"] = Line("id", f"concat_ws('/', {', '.join(map(ref, key))})" if key else "t.ctid::text")
        choice.used.update(name for name in key if choice.table.column(name).is_filled)
        return
    column = choice.table.column(key[0])
    choice.used.add(column.name)
    if column.kind is Kind.INTEGER:
        choice.lines["id"] = Line("id", f"{ref(column)}::text", ("the table gives its own number",))
        if not column.is_filled:
            choice.faults.append(f"{column.name} is a number without a default")
    else:
        choice.lines["id"] = Line("id", plain(column))


def translate_labels(choice: Choice, name: str, column: Column, wanted: dict[str, tuple[str, ...]]) -> None:
    """Choose which label of an enum or of a CHECK each of autopost's words becomes."""
    values = [value for value in column.labels or choice.table.counts(column.name) if is_plain(value)]
    picked = {}
    for word, likely in wanted.items():
        found = [value for each in likely for value in values if "_".join(split(value)) == each]
        picked[word] = found[0] if found else word
        if column.labels and not found:
            question = f"{column.name} allows {', '.join(values)}"
            choice.faults.append(f"no value of {column.name} says {word}")
            choice.write(column, decide(question))
            return
    if all(word == value for word, value in picked.items()):
        return
    text = f"concat({ref(column)})" if column.kind is Kind.ENUM else ref(column)
    choice.lines[name] = Line(name, f"lower({text})")
    if all(value == word.upper() for word, value in picked.items()):
        choice.write(column, f"upper(new.{name})")
    elif len(set(picked.values())) == 1:
        choice.write(column, literal(next(iter(picked.values()))))
    else:
        cases = " ".join(f"when '{word}' then {literal(value)}" for word, value in picked.items())
        choice.write(column, f"case new.{name} {cases} end")


def fill_required(choice: Choice, of_whom: Callable[[Column], str | None]) -> None:
    """Give a value to every column that must have one, and to those that have never been NULL."""
    for column in choice.table.columns:
        if column.name in choice.used or column.is_generated or column.is_filled:
            continue
        is_needed = column.not_null
        never_null = (
            bool(choice.table.sample) and choice.table.filled(column.name) == 1.0 and len(choice.table.sample) > 2
        )
        if not (is_needed or never_null or (_is_public(column) and column.kind is Kind.BOOLEAN)):
            continue
        value = of_whom(column) or _proposal(choice.table, column, is_needed=is_needed)
        if value is not None:
            choice.write(
                column, value, None if is_needed else f"{column.name} is never NULL in the rows that are there"
            )
        elif is_needed:
            referred = next((r.table for r in choice.table.references if column.name in r.columns), None)
            choice.write(
                column,
                decide(f"what {column.name} ({column.type}) gets" + (f", a row of {referred}" if referred else "")),
            )
            choice.faults.append(f"{column.name} must be given")


def _proposal(table: Table, column: Column, *, is_needed: bool) -> str | None:
    """Return a value by type: the one that most rows have where few values occur, else a neutral one."""
    if any(column.name in reference.columns for reference in table.references) or _is_of_another(column):
        return None
    values = table.counts(column.name)
    common = values.most_common(1)[0][0] if values and len(values) <= 5 else None
    if column.kind is Kind.BOOLEAN:
        return common or ("true" if _is_public(column) else "false")
    if column.kind in NUMBERS:
        return "0"
    if column.kind is Kind.JSON:
        lists = any(isinstance(as_json(value), list) for value in values)
        return (
            "'[]'" if lists or (column.name.endswith("s") and not has(column.name, "metadata", "details")) else "'{}'"
        )
    if column.kind is Kind.ENUM:
        labels = [label for label in column.labels if is_plain(label)]
        known = (*AGENT_LABELS, "success", "public", *STATUS_LABELS)
        likely = [label for word in known for label in labels if "_".join(split(label)) == word]
        best = [*([common] if common in labels else []), *likely, *labels]
        return literal(best[0]) if best else None
    if column.kind in TIMES:
        return "now()"
    if column.kind is Kind.UUID:
        return "gen_random_uuid()"
    if column.kind is Kind.TEXT:
        is_somebody = has(column.name, "name", "email", "user", "title", "author", "handle", "phone", "address")
        if common is not None and len(values) <= 3 and is_plain(common) and not is_somebody:
            return literal(common)
        if is_needed and has(column.name, "level", "severity", "priority"):
            return "'info'"
        return "'autopost'" if is_needed and not has(column.name, "id") else None
    return None


def _is_of_another(column: Column) -> bool:
    """Return whether a column holds the id of another row, with or without a foreign key: no value can be made up."""
    parts = words(column.name)
    is_tenant = any(tuple(part for part in parts if part not in ("id", "key")) == each for each in TENANT_WORDS)
    return is_tenant or (parts[-1] == "id" and not set(parts) <= _OWN_ID)


def _is_public(column: Column) -> bool:
    return has(column.name, "public", "visible", "published")


def section_of(name: str, choice: Choice) -> Section:
    """Return the section of what was chosen."""
    notes = (f"{choice.table.qualified}, {size(choice.table)}",)
    return Section(name, choice.table.qualified, tuple(choice.lines.values()), tuple(choice.values.values()), notes)
