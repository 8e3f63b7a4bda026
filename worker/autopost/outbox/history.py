"""Reads the history of one operation: its outcome, or why it was not captured. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from autopost.outbox.statements import Statements

Row = Mapping[str, Any]


# What the reconciler notes of an operation that it meets and does not capture (auto_post_not_captured).
_NOT_CAPTURED = {
    "unreadable": "the reconciler cannot read its row: `autopost sql missed` has the SQLSTATE",
    "id_too_long": "its id is longer than 1,000 characters",
    "other_agent": "another agent has used its id before, and an id counts once",
    "old_by_its_times": (
        "by its own times it ended before autopost was installed, or before its rule was created or last changed, but "
        "its row was written later: it was only changed since, or it was hidden from the feed. With completed_at set "
        "to the time at which it ended, it is captured"
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. `happened_at` is None for the present state."""

    happened_at: datetime | None
    step: str
    detail: str


@dataclass(frozen=True, slots=True)
class Story:
    """The history of an operation. Without steps it is not in the outbox, and `why_not` says why."""

    tracker_id: str
    steps: Sequence[Step]
    rows: Sequence[Row]
    audit: Sequence[Row]
    why_not: str | None = None


async def read_story(statements: Statements, tracker_id: str) -> Story:
    """Return the history of an operation; `why_not` says if this role may not read the platform's table."""

    async def rows(name: str, *arguments: object) -> list[dict[str, Any]]:
        return [dict(row) for row in await statements.fetch(name, *arguments)]

    steps = [Step(**row) for row in await rows("cli/story", tracker_id)]
    if not steps:
        try:
            operation = await rows("cli/operation", tracker_id)
        except asyncpg.InsufficientPrivilegeError:
            return Story(tracker_id, (), (), (), "not in the outbox; this role may not read operation_trackers for why")
        return Story(tracker_id, (), (), (), await _why_not(rows, operation[0] if operation else None))
    audit = [
        {**row, "details": json.loads(row["details"] or "{}")} for row in await rows("cli/story_audit", tracker_id)
    ]
    return Story(tracker_id, steps, await rows("cli/story_rows", tracker_id), audit)


async def _why_not(rows: Any, operation: Row | None) -> str:
    if operation is None:
        return (
            "operation_trackers has no such operation: the id is another, its transaction was rolled back or is not "
            "committed yet, or the row was removed before it was captured"
        )
    what, status = operation["operation_type"], operation["status"]
    named = await rows("cli/rules_of_type", what, status)
    since = (await rows("cli/capture_since"))[0]
    return why_not_captured(operation, named, since) or (
        f"it meets a rule and should be in the outbox: the trigger missed {what} {status}. Workers find it when they "
        "read operation_trackers through; `autopost reconcile --all` does so at once"
    )


def why_not_captured(operation: Row, rules: Sequence[Row], since: Row) -> str | None:
    """Return why an operation was not captured, None when it should have been. Pure.

    `rules` are those for its type, also those that are off (rules_of_type.sql); `since` is what capture_since.sql says.
    """
    what, status, ended_at = operation["operation_type"], operation["status"], operation["ended_at"]
    for reason, meaning in _NOT_CAPTURED.items():
        if reason in (operation["not_captured"] or ""):
            return meaning
    if not rules:
        return f"no rule names its type, {what}: `autopost rules add` adds one"
    meeting = [rule for rule in rules if rule["meets"]]
    has_ended = any(rule["status"] is not None for rule in meeting)  # a rule names the status that it came to
    is_old = ended_at is not None and ended_at < since["since"]
    if operation["is_open"] and not has_ended and (not meeting or is_old):
        return _still_runs(status, rules, since)
    if not meeting:
        wanted = " or ".join(sorted({str(rule["status"]) for rule in rules}))
        return f"no rule names {what} with its status, {status}: they wait for {wanted}"
    enabled = [rule for rule in meeting if rule["enabled"]]
    if not enabled:
        return f"rule {meeting[0]['id']}, which it meets, is switched off: `autopost rules on {meeting[0]['id']}`"
    if not since["capture_enabled"]:
        return "capturing is switched off, and what ends meanwhile is not captured: select auto_post_capture_on()"
    if is_old and operation["is_open"]:
        return (
            f"it has no completed_at and started before autopost was installed or capturing was last switched on "
            f"({_moment(since['since'])}): when it came to status {status} is not known. "
            "With completed_at set to that time, it is captured"
        )
    if is_old:
        return f"it ended before autopost was installed or capturing was last switched on ({_moment(since['since'])})"
    if ended_at is not None and all(ended_at < rule["since"] for rule in enabled):
        rule = enabled[0]
        since_when = f"was created or last changed ({_moment(rule['since'])})"
        return f"it ended before rule {rule['id']}, which it matches, {since_when}"
    if not since["trigger_enabled"]:
        return "the trigger is missing or disabled: `autopost check` has the remedy"
    return None


def _still_runs(status: str, rules: Sequence[Row], since: Row) -> str:
    """Return which rules an operation that has not ended may still match, with the status that each needs."""
    runs = f"it still runs (status {status}, no completed_at)"
    enabled = [rule for rule in rules if rule["enabled"]]
    if not enabled:
        off = rules[0]["id"]
        return f"{runs}, and rule {off}, which would name it, is switched off: `autopost rules on {off}`"
    when = [
        f"rule {rule['id']} would post it {'with its next status' if rule['meets'] else 'when it is ' + rule['status']}"
        for rule in enabled
    ]
    but = ""
    if not since["capture_enabled"]:
        but = "; but capturing is switched off: select auto_post_capture_on()"
    elif not since["trigger_enabled"]:
        but = "; but the trigger is missing or disabled: `autopost check` has the remedy"
    return f"{runs}: {', '.join(when)}{but}"


def _moment(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S}"
