"""The reconciler in tests: one window, and the plan by which it is read."""

from __future__ import annotations

import re

from tests.support.host import Host


def reconcile(host: Host, blocks: int = 1000, limit: int = 1000) -> int:
    """Read one window; return how many operations were captured."""
    found: int = host.value("select auto_post_reconcile(%s, %s)", (blocks, limit))
    return found


def plan_of_a_window(host: Host, since: str) -> str:
    """Return the plan by which ten blocks are read, with this time as since."""
    source = host.value("select prosrc from pg_proc where proname = 'auto_post_reconcile_rows'")
    (statement,) = re.findall(r"\$statement\$(.*)\$statement\$", source, re.DOTALL)
    statement = statement % "operation_trackers"
    values = {
        "$1": "'0'::xid8",
        "$2": f"{since}::timestamptz",
        "$3": "now()",
        "$4": "'(50,0)'::tid",
        "$5": "'(59,65535)'::tid",
        "$6": "null::oid",
        "$7": "10",
    }
    for name, value in values.items():
        statement = statement.replace(name, value)
    rows = host.rows("explain (costs off) " + statement)
    return "\n".join(str(row["QUERY PLAN"]) for row in rows)
