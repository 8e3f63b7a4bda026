"""The section of the platform's audit log, where it has one that autopost can write to. Pure."""

from __future__ import annotations

from autopost.database.drafting.found_texts import JSON_OF_TEXT
from autopost.database.drafting.section import Line, Section
from autopost.database.drafting.snapshot import (
    TIMES,
    Column,
    Kind,
    Table,
    ref,
)
from autopost.database.drafting.words import has
from autopost.database.drafting.written import TEXTS, Choice, fill_required, refuse_other_people, section_of, take_key

_DETAILS = ("details", "detail", "payload", "metadata", "meta", "data", "context", "extra", "changes", "new_values")


def audit_section(table: Table, agents: Section) -> tuple[Section, list[str]]:
    """Return the section of the audit log, and what keeps the table from being one."""
    choice = Choice(table)
    take_key(choice)
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
        kinds=TEXTS,
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
    refuse_other_people(choice, "agent_id", agents)
    fill_required(choice, _of_an_actor)
    return section_of("audit_log", choice), choice.faults


def _in_details(choice: Choice, details: Column) -> None:
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


def _of_an_actor(column: Column) -> str | None:
    if has(column.name, "type", "kind") and has(column.name, "actor", "user", "author") and column.kind is Kind.TEXT:
        return "'agent'"
    if has(column.name, "description", "message", "summary") and column.kind is Kind.TEXT:
        return "new.action"
    if has(column.name, "success", "succeeded") and column.kind is Kind.BOOLEAN:
        return "new.action <> 'auto_post.dead'"  # whether autopost succeeded, and not the operation
    return None
