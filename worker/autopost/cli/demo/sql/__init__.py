"""The demo's own questions to its database, one a file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from autopost.database.sql import Schemas, render

SCHEMAS = Schemas("autopost", "public")  # the defaults: the demo forgets what would set others


@cache
def statement(name: str) -> str:
    """Return the statement `name`."""
    return render(files(__package__).joinpath(f"{name}.sql").read_text("utf-8"), SCHEMAS)
