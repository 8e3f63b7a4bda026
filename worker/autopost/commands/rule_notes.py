"""What is said of a rule whose status may never come: that none has it, and which there are. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from autopost.commands.console import counted, listed
from autopost.screen import plain

MOST_LOOKED_AT = 200_000


def status_note(status: str, found: Mapping[str, Any], of_rules: Collection[str]) -> str | None:
    """Return what to say of the status of a new rule; None where operations have it.

    `found` is what statuses.sql says, and `of_rules` are the statuses of the other rules.
    """
    if found["has_it"] or (not found["operations"] and status in of_rules):
        return None
    most = found["operations"] >= MOST_LOOKED_AT
    who = f"none of {counted(found['operations'], 'operation')} that were looked at has" if most else "no operation has"
    begin = f"{who} the status {plain(status)} now"
    others = [other for other in of_rules if other.lower() == status.lower() and other != status]
    if found["in_other_case"] is not None:
        return f"{begin}, but there is {plain(found['in_other_case'])}: letter case matters"
    if others:
        return f"{begin}, and other rules say {plain(others[0])}: letter case matters"
    if found["commonest"]:
        return f"{begin}; there are {listed([plain(other) for other in found['commonest']])}"
    return f"{begin}: operation_trackers is empty"
