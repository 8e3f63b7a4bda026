"""The sections of the tables that autopost writes: the platform's feed and its audit log, where they fit. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from autopost.database.drafting.section import Line, Section, decide, over, plain, size
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
from autopost.database.drafting.texts import JSON_OF_TEXT
from autopost.database.drafting.words import has, split

POST_CHARACTERS = 280
_AGENT = ("agent", "ai_agent", "ai", "bot", "assistant", "system")
_STATUS = ("status", "status_update", "update", "info", "message", "post", "general", "text", "announcement")
_ALERT = ("alert", "warning", "critical", "urgent", "error", "incident", *_STATUS)
_DETAILS = ("details", "detail", "payload", "metadata", "meta", "data", "context", "extra", "changes", "new_values")
_TEXTS = (Kind.TEXT, Kind.ENUM, Kind.UUID, Kind.INTEGER)


@dataclass(slots=True)
class _Choice:
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


def posts_section(table: Table, agents: Section) -> tuple[Section, list[str]]:
    """Return the section of the feed, and what keeps the table from being one."""
    choice = _Choice(table)
    _key(choice)
    choice.take("tenant_id", kinds=_TEXTS, words=("tenant", "workspace", "organization", "org", "team", "account"))
    author_type = choice.take(
        "author_type",
        kinds=(Kind.TEXT, Kind.ENUM),
        words=("author_type", "sender_type", "author_kind", "sender_kind", "creator_type", "actor_type", "poster_type"),
    )
    author = choice.take(
        "author_id",
        kinds=_TEXTS,
        words=(
            "author_id",
            "sender_id",
            "agent_id",
            "actor_id",
            "creator_id",
            "poster_id",
            "author",
            "sender",
            "agent",
        ),
        without=("name", "type", "kind", "avatar", "category", "maturity", "level"),
    )
    content = choice.take(
        "content", kinds=(Kind.TEXT,), words=("content", "body", "text", "message"), without=("type", "html", "id")
    )
    created = choice.take("created_at", kinds=TIMES, words=("created", "posted", "published"))
    post_type = choice.take(
        "post_type",
        kinds=(Kind.TEXT, Kind.ENUM),
        words=("post_type", "type", "post_kind", "kind"),
        without=("author", "sender", "recipient", "actor", "content", "mime", "channel", "creator"),
    )
    choice.take("auto_generated", kinds=(Kind.BOOLEAN,), words=("auto_generated", "automated", "generated", "is_auto"))
    metadata = choice.take(
        "post_metadata", kinds=(Kind.JSON,), words=("post_metadata", "metadata", "meta", "extra", "data")
    )
    if content is None:
        choice.faults.append("no column holds the text of a post")
    elif content.length is not None and content.length < POST_CHARACTERS:
        choice.faults.append(f"{content.name} holds {content.length} characters; a post has up to {POST_CHARACTERS}")
    if author is None:
        choice.faults.append("no column says who wrote a post")
    _other_people(choice, "author_id", agents)
    if author_type is not None:
        _labelled(choice, "author_type", author_type, {"agent": _AGENT})
    if post_type is not None:
        _labelled(choice, "post_type", post_type, {"status": _STATUS, "alert": _ALERT})
    if created is not None and created.kind is Kind.NAIVE_TIME:
        choice.lines["created_at"] = Line("created_at", f"{ref(created)} at time zone 'UTC'", (), "UTC is assumed")
        choice.write(created, "new.created_at at time zone 'UTC'")
    _required(choice, _of_an_author(author, agents))
    for name in (
        "id",
        "tenant_id",
        "author_type",
        "author_id",
        "post_type",
        "post_metadata",
        "auto_generated",
        "created_at",
    ):
        if name not in choice.lines:
            generated = name == "auto_generated" and metadata is not None
            value = f"{ref(metadata)} ->> 'tracker_id' is not null" if generated and metadata else "null"
            choice.lines[name] = Line(name, value)
    return _section("social_posts", choice), choice.faults


def audit_section(table: Table, agents: Section) -> tuple[Section, list[str]]:
    """Return the section of the audit log, and what keeps the table from being one."""
    choice = _Choice(table)
    _key(choice)
    at = choice.take(
        "occurred_at",
        kinds=TIMES,
        words=("occurred", "timestamp", "at", "time", "logged", "created", "event_time"),
        without=("updated", "expires"),
    )
    details = choice.take("details", kinds=(Kind.JSON,), words=_DETAILS) or choice.take(
        "details", kinds=(Kind.TEXT,), words=("metadata_json", "details_json", "details", "metadata", "payload")
    )
    action = choice.take(
        "action",
        kinds=(Kind.TEXT, Kind.ENUM),
        words=("action", "verb", "event_type", "event", "activity", "operation"),
        without=("category", "level", "id"),
    )
    choice.take(
        "agent_id",
        kinds=_TEXTS,
        words=("agent_id", "actor_id", "agent", "actor"),
        without=("type", "kind", "name", "email", "ip", "maturity", "user", "browser"),
    )
    choice.take(
        "tracker_id",
        kinds=(Kind.TEXT,),
        words=(
            "tracker_id",
            "operation_id",
            "subject_id",
            "resource_id",
            "target_id",
            "entity_id",
            "object_id",
            "execution_id",
        ),
    )
    for name, column in (("a time", at), ("JSON details", details), ("an action", action)):
        if column is None:
            choice.faults.append(f"no column for {name}")
    if action is not None and (action.labels or (action.length or 99) < 20):
        choice.faults.append(f"{action.name} does not take auto_post.posted")
    if at is not None and at.kind is Kind.NAIVE_TIME:
        choice.lines["occurred_at"] = Line("occurred_at", f"{ref(at)} at time zone 'UTC'", (), "UTC is assumed")
        choice.write(at, "new.occurred_at at time zone 'UTC'")
    if details is not None:
        _in_details(choice, details)
    _other_people(choice, "agent_id", agents)
    _required(choice, _of_an_actor)
    return _section("audit_log", choice), choice.faults


def _in_details(choice: _Choice, details: Column) -> None:
    """Keep what has no column of its own in the JSON of the details."""
    inside = {"operation_type": "operation_type", "status": "operation_status", "post_id": "post_id"}
    inside |= {name: name for name in ("agent_id", "tracker_id") if name not in choice.lines}
    is_text = details.kind is Kind.TEXT
    held = f"{JSON_OF_TEXT}({ref(details)})" if is_text else ref(details)
    if is_text:
        choice.lines["details"] = Line("details", held)
    for name, key in inside.items():
        choice.lines[name] = Line(name, f"{held} ->> '{key}'")
    pairs = ", ".join(f"'{key}', new.{name}" for name, key in inside.items())
    value = f"coalesce(new.details, '{{}}') || jsonb_strip_nulls(jsonb_build_object({pairs}))"
    choice.write(details, f"({value})::text" if is_text else value)


def _other_people(choice: _Choice, name: str, agents: Section) -> None:
    """Leave a column alone that must hold the id of somebody who is no agent, such as a user."""
    line = choice.lines.get(name)
    for reference in choice.table.references:
        if (
            line is not None
            and line.value in [plain(column) for column in reference.columns]
            and reference.table != agents.table
        ):
            choice.faults.append(f"{line.value} must be a row of {reference.table}, which holds no agents")


def _key(choice: _Choice) -> None:
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


def _labelled(choice: _Choice, name: str, column: Column, wanted: dict[str, tuple[str, ...]]) -> None:
    """Choose which label of an enum or of a CHECK each of autopost's words becomes."""
    values = [*column.labels] or list(choice.table.counts(column.name))
    picked = {}
    for word, likely in wanted.items():
        found = [value for each in likely for value in values if "_".join(split(value)) == each]
        picked[word] = found[0] if found else word
        if column.labels and not found:
            question = f"{column.name} allows {', '.join(column.labels)}"
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


def _required(choice: _Choice, of_whom: Callable[[Column], str | None]) -> None:
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
    if any(column.name in reference.columns for reference in table.references):
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
        likely = next(
            (
                label
                for word in (*_AGENT, "success", "public", *_STATUS)
                for label in column.labels
                if "_".join(split(label)) == word
            ),
            None,
        )
        return literal(common or likely or column.labels[0]) if column.labels else None
    if column.kind in TIMES:
        return "now()"
    if column.kind is Kind.UUID:
        return "gen_random_uuid()" if not has(column.name, "user", "account", "tenant", "owner") else None
    if column.kind is Kind.TEXT:
        is_somebody = has(column.name, "name", "email", "user", "title", "author", "handle", "phone", "address")
        if common is not None and len(values) <= 3 and is_plain(common) and not is_somebody:
            return literal(common)
        if is_needed and has(column.name, "level", "severity", "priority"):
            return "'info'"
        return "'autopost'" if is_needed and not has(column.name, "id") else None
    return None


def _is_public(column: Column) -> bool:
    return has(column.name, "public", "visible", "published")


def _of_an_author(author: Column | None, agents: Section) -> Callable[[Column], str | None]:
    """Return what says of a column what it gets from the row of the agent, None for nothing."""

    def value(column: Column) -> str | None:
        if author is None or column.kind is not Kind.TEXT:
            return None
        if has(column.name, "name") and has(column.name, "author", "sender", "agent", "actor"):
            return _of_the_agent(agents, "name")
        if has(column.name, "category") and has(column.name, "author", "sender", "agent"):
            return _of_the_agent(agents, "category")
        return _of_the_agent(agents, "maturity") if has(column.name, "maturity") else None

    return value


def _of_the_agent(agents: Section, name: str) -> str:
    found = {each.column: each.value if isinstance(each.value, str) else each.value[0] for each in agents.lines}
    key, wanted = (over("g", found[each]) for each in ("id", name))
    return f"(select {wanted} from {agents.table} as g where ({key})::text = new.author_id limit 1)"  # noqa: S608 - names of the catalog


def _of_an_actor(column: Column) -> str | None:
    if has(column.name, "type", "kind") and has(column.name, "actor", "user", "author") and column.kind is Kind.TEXT:
        return "'agent'"
    if has(column.name, "description", "message", "summary") and column.kind is Kind.TEXT:
        return "new.action"
    if has(column.name, "success", "succeeded") and column.kind is Kind.BOOLEAN:
        return "new.status is distinct from 'failed'"
    return None


def _section(name: str, choice: _Choice) -> Section:
    notes = (f"{choice.table.qualified}, {size(choice.table)}",)
    return Section(name, choice.table.qualified, tuple(choice.lines.values()), tuple(choice.values.values()), notes)
