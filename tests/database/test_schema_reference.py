"""The reference of the schema says what the database says."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from typing import Any

import psycopg

from tests.support import ROOT
from tests.support.host import Host

HOW = "docs/reference/schema.md is out of date: run scripts/schema-reference"


def page(connection: psycopg.Connection[Any]) -> str:
    """Return the page that this database leads to."""
    write: Callable[[psycopg.Connection[Any]], str] = runpy.run_path(str(ROOT / "scripts" / "schema-reference"))["page"]
    return write(connection)


def test_schema_reference_is_what_the_database_says(host: Host) -> None:
    """It is written from the comments of a migrated database."""
    assert (ROOT / "docs" / "reference" / "schema.md").read_text("utf-8") == page(host.connection), HOW


def test_schema_reference_leaves_no_object_out(host: Host) -> None:
    """Each has a section, and each column and argument a place in it."""
    text = page(host.connection)
    objects = host.rows(
        "select relname as name from pg_class where relkind in ('r', 'v') and relname like 'auto\\_post\\_%' "
        "union select proname from pg_proc where proname like 'auto\\_post\\_%'"
    )
    sections = {line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")}
    assert {row["name"] for row in objects} - sections == set()
    host.execute("alter table auto_post_outbox add column zebra text")
    host.execute("create function autopost.auto_post_zebra(p_stripes integer) returns integer language sql return 1")
    later = page(host.connection)
    assert "| `zebra` | text, or NULL |" in later
    assert "auto_post_zebra(p_stripes integer) returns integer" in later
