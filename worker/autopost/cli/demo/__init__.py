"""The demonstration: a private PostgreSQL, a platform at work, one real worker, and the feed that comes of it.

script.py what the agents do → timetable.py when → stage.py server, roles and worker → play.py the platform's SQL →
show.py and layout.py the screen → summary.py and ending.py the outcomes → run.py all of it in order.
"""

from __future__ import annotations

from autopost.cli.demo.run import run_demo

__all__ = ["run_demo"]
