"""Says which rule an operation meets, by the rules that are installed, or by those that an install begins with.

The statement is made from the functions that the trigger calls, as they are in sql/: before an install there are none.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from autopost.cli.sampling.platform import Connection, Platform
from autopost.database.sql import query, read_object, render

Change = tuple[str | None, str | None]  # an operation type, and the status that it comes to


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule that a change meets, with its title, None for a rule without one."""

    id: int
    is_alert: bool
    title: str | None = None


async def rules_met(connection: Connection, platform: Platform, changes: Collection[Change]) -> dict[Change, Rule]:
    """Return the rule of each change that meets one."""
    wanted = list(changes)
    rows = await connection.fetch(
        _statement().format(rules=_rules(platform)), [type_ for type_, _ in wanted], [status for _, status in wanted]
    )
    return {
        (row["p_operation_type"], row["p_status"]): Rule(row["rule_id"], row["is_alert"], row["title"])
        for row in rows
        if row["rule_id"] is not None
    }


async def rule_words(connection: Connection, platform: Platform) -> list[tuple[str, str | None]]:
    """Return the operation types (or patterns) and statuses of the rules that are on, in the order of their ids."""
    statement = f"select * from ({_rules(platform)}) as r where r.enabled order by r.id"  # noqa: S608 - a file of sql/
    rows = await connection.fetch(statement)
    return [(row["operation_type"], row["status"]) for row in rows]


def _rules(platform: Platform) -> str:
    if platform.is_installed:
        return render("select r.* from {{ schema }}.auto_post_rules as r", platform.schemas)
    return query("cli/default_rules", platform.schemas)


@cache
def _statement() -> str:
    """Return the statement, with `{rules}` where its rules come from."""
    matching, columns = _function("auto_post_matching_rules")
    best, _ = _function("auto_post_best_rule")
    inner = matching.replace("{{ schema }}.auto_post_rules", "rules")
    called = re.compile(r"\{\{ schema \}\}\.auto_post_matching_rules\(p_operation_type, p_status\) as m\b")
    outer, count = called.subn(lambda _: f"({inner}) as m ({columns})", best)
    assert count == 1, "auto_post_best_rule has changed"
    return (
        f"with rules as ({{rules}}) select p.p_operation_type, p.p_status, b.rule_id, b.is_alert, u.title "  # noqa: S608
        "from unnest($1::text[], $2::text[]) as p (p_operation_type, p_status) "
        f"cross join lateral ({outer}) as b left join rules as u on b.rule_id = u.id"
    )


def _function(name: str) -> tuple[str, str]:
    """Return the body of a function in SQL, and the names of its columns."""
    text = read_object(f"functions/{name}")
    body = re.search(r"as \$\$(.*)\$\$", text, re.DOTALL)
    table = re.search(r"returns table \((.*?)\)", text, re.DOTALL)
    assert body is not None, name
    assert table is not None, name
    return body[1], ", ".join(column.split()[0] for column in table[1].split(","))
