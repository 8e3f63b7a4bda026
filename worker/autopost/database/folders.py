"""Where the SQL files and the migrations are, in an installed wheel as in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_CHECKOUT = _PACKAGE.parent.parent


def sql_folder() -> Path:
    """Return the folder of the SQL files."""
    return _folder("sql")


def migrations_folder() -> Path:
    """Return the folder of the migrations."""
    return _folder("migrations")


def _folder(name: str) -> Path:
    installed = _PACKAGE / f"_{name}"
    return installed if installed.is_dir() else _CHECKOUT / name
