"""The server's time."""

from __future__ import annotations

from datetime import datetime

from benchmarks.stand import Connection


def now(host: Connection) -> datetime:
    """Return what the server's clock says."""
    ((at,),) = host.execute("select clock_timestamp()").fetchall()
    assert isinstance(at, datetime)
    return at
