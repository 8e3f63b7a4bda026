"""The demo's own questions to its database, one a file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> str:
    """Return the statement `name`."""
    return files(__package__).joinpath(f"{name}.sql").read_text("utf-8")
