"""PostgreSQL's own array types, which asyncpg does not know: it asks the server about each of them in each connection.

The question is a recursive query that takes the server 5 ms of CPU time, and a worker's connection asks four of them
before its first claim. The oids of these types are the same in every version and database.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

_ELEMENTS = {  # the array's oid: the name and oid of its element
    1000: ("bool", 16),
    1005: ("int2", 21),
    1007: ("int4", 23),
    1016: ("int8", 20),
    1022: ("float8", 701),
    1185: ("timestamptz", 1184),
    2951: ("uuid", 2950),
    3807: ("jsonb", 3802),
}


def described(oids: Collection[int]) -> list[dict[str, Any]] | None:
    """Return what asyncpg's introspection returns about array types; None where one of the types is not among them."""
    if not all(oid in _ELEMENTS for oid in oids):
        return None
    return [
        {
            "oid": oid,
            "ns": "pg_catalog",
            "name": f"_{_ELEMENTS[oid][0]}",
            "kind": b"b",
            "basetype": None,
            "elemtype": _ELEMENTS[oid][1],
            "elemdelim": b",",
            "range_subtype": None,
            "attrtypoids": None,
            "attrnames": None,
        }
        for oid in oids
    ]
