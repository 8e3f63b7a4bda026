"""libpq's own variables that the worker's driver does not read, or refuses without a clear message."""

from __future__ import annotations

import os
from pathlib import Path

# Any of them says where the database is.
_ADDRESS_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE", "PGUSER")


def names_a_database() -> bool:
    """Return whether libpq's variables say where the database is."""
    return any(os.environ.get(name) for name in _ADDRESS_VARIABLES)


def service() -> str | None:
    """Return the service that PGSERVICE names; the worker's driver does not read that variable."""
    return os.environ.get("PGSERVICE") or None


def service_file() -> Path:
    """Return the file that defines services."""
    return Path(os.environ.get("PGSERVICEFILE") or Path.home() / ".pg_service.conf")


def libpq_problems() -> list[str]:
    """Return what is wrong with a variable that the worker's driver reads by itself."""
    port = os.environ.get("PGPORT", "")
    if all(part.isdecimal() for part in port.split(",") if part):
        return []
    return [f"PGPORT: got {port!r}; expected: a whole number, 1 to 65535, or several separated by commas"]
