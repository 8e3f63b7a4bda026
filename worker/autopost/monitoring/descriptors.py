"""Room for many connections: how many file descriptors this process may have."""

from __future__ import annotations

import structlog

RESERVED = 150  # for the database, logs, files, and whatever else the process opens

log = structlog.get_logger(__name__)


def room_for(connections: int) -> int:
    """Return for how many connections there is room, at most so many; raises the process' soft limit for that."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = connections + RESERVED
    unlimited = resource.RLIM_INFINITY
    if soft == unlimited or soft >= needed:
        return connections
    wanted = needed if hard == unlimited else min(needed, hard)
    if wanted > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted < needed:
        room = max(wanted - RESERVED, 1)
        log.warning(
            "too few file descriptors for all connections", allowed=wanted, connections=room, wanted=connections
        )
        return room
    return connections
