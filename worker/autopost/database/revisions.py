"""The revisions of the schema that this version knows, by the names of their files.

A revision's file is named for it (migrations/versions/NNNN_name.py), and later ones have higher numbers; a test holds
this against what Alembic reads. Alembic itself takes half a second to import, which few commands need.
"""

from __future__ import annotations

from functools import cache

from autopost.database.folders import migrations_folder


@cache
def known_revisions() -> frozenset[str]:
    """Return every revision that this version knows."""
    return frozenset(path.stem for path in (migrations_folder() / "versions").glob("[0-9]*_*.py"))


@cache
def head_revision() -> str:
    """Return the revision that this version works with."""
    return max(known_revisions())
