"""The reconciler in tests: one window, and the plan by which it is read."""

from __future__ import annotations

from tests.support.host import Host


def reconcile(host: Host, blocks: int = 1000, limit: int = 1000) -> int:
    """Read one window; return how many operations were captured."""
    found: int = host.value("select auto_post_reconcile(%s, %s)", (blocks, limit))
    return found


def plan_of_a_window(host: Host, since: str) -> str:
    """Return the plan by which ten blocks are read, with this time as since."""
    source = host.value("select prosrc from pg_proc where proname = 'auto_post_reconcile_rows'")
    statement = source[source.index("with significant") : source.index("return v_found")].replace("into v_found", "")
    values = {
        "p_from": "'(50,0)'::tid",
        "p_to": "'(59,65535)'::tid",
        "p_table": "null::oid",
        "v_since_xid": "'0'::xid8",
        "v_since": f"{since}::timestamptz",
        "v_now": "now()",
        "p_limit": "10",
    }
    for name, value in values.items():
        statement = statement.replace(name, value)
    rows = host.rows("explain (costs off) " + statement.strip().rstrip(";"))
    return "\n".join(str(row["QUERY PLAN"]) for row in rows)
