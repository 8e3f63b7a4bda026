"""What a shell completes where an argument is a name that the program or the database knows."""

from __future__ import annotations

from collections.abc import Iterable

from autopost.database.sql import Schemas, dba_statements, query, schemas_of
from autopost.errors import AutopostError
from autopost.outbox.reading import MOST_ROWS_FOR_DEAD_LETTERS

CONNECT_SECONDS = 2
MOST_DEAD = 50

Completions = Iterable[tuple[str, str]]


def statement_names(incomplete: str) -> Completions:
    """Return the statements of `autopost sql`."""
    statements = dba_statements(Schemas("", ""))
    return [
        (name, text.splitlines()[0].removeprefix("-- "))
        for name, text in statements.items()
        if name.startswith(incomplete)
    ]


def rule_ids(incomplete: str) -> Completions:
    """Return the rules."""
    return _known("cli/rules", "id", "operation_type", incomplete)


def webhook_names(incomplete: str) -> Completions:
    """Return the webhooks that the database knows."""
    return _known("cli/webhooks", "webhook", "waiting", incomplete)


def dead_operations(incomplete: str) -> Completions:
    """Return the operations that are dead."""
    return _known("outbox/dead_letters", "tracker_id", "last_error", incomplete, MOST_DEAD, MOST_ROWS_FOR_DEAD_LETTERS)


def _known(name: str, value: str, meaning: str, incomplete: str, *arguments: object) -> Completions:
    """Return what a statement finds; nothing where it fails: pressing Tab shows no errors."""
    import psycopg  # only where a name is completed, not for options

    from autopost.settings import load_settings

    try:
        settings = load_settings()
        with psycopg.connect(settings.dsn, connect_timeout=CONNECT_SECONDS) as connection:
            cursor = psycopg.RawCursor(connection).execute(
                query(name, schemas_of(settings, mapped=False)).encode(), arguments
            )
            names = [column.name for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
    except (AutopostError, psycopg.Error, OSError):
        return []
    known = {str(row[value]): str(row[meaning]) for row in rows}
    return [(key, text) for key, text in known.items() if key.startswith(incomplete)]
