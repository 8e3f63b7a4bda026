"""The connector of docs/examples: its options are those that Debezium has, and its columns those that the log has."""

from __future__ import annotations

import json

import pytest

from tests.support import ROOT
from tests.support.host import Host, open_connection

EXAMPLE = ROOT / "docs" / "examples" / "debezium-events.json"
CONFIG: dict[str, str] = json.loads(EXAMPLE.read_text("utf-8"))["config"]
PREFIX = "transforms.outbox."
# https://debezium.io/documentation/reference/stable/transformations/outbox-event-router.html#outbox-event-router-configuration-options
OPTIONS = {
    "type",
    "table.op.invalid.behavior",
    "table.field.event.id",
    "table.field.event.key",
    "table.field.event.timestamp",
    "table.field.event.payload",
    "table.expand.json.payload",
    "table.fields.additional.placement",
    "table.field.event.schema.version",
    "route.by.field",
    "route.topic.regex",
    "route.topic.replacement",
    "route.tombstone.on.empty.payload",
}
OF_A_COLUMN = ("table.field.event.id", "table.field.event.key", "table.field.event.payload", "route.by.field")
PLACEMENTS = CONFIG[PREFIX + "table.fields.additional.placement"].split(",")


def columns(host: Host) -> set[str]:
    """Return the columns of the log."""
    rows = host.rows("select attname from pg_attribute where attrelid = 'auto_post_events'::regclass and attnum > 0")
    return {row["attname"] for row in rows}


def test_options_are_those_of_the_event_router() -> None:
    """A misspelt one would be ignored, and its default used."""
    given = {name.removeprefix(PREFIX) for name in CONFIG if name.startswith(PREFIX)}
    assert given <= OPTIONS
    assert CONFIG[PREFIX + "type"] == "io.debezium.transforms.outbox.EventRouter"
    # Without these it would look for columns that the log has not.
    assert set(OF_A_COLUMN) <= given


@pytest.mark.parametrize("option", OF_A_COLUMN)
def test_option_names_a_column_of_the_log(host: Host, option: str) -> None:
    """As the router reads it."""
    assert CONFIG[PREFIX + option] in columns(host)


def test_placements_name_columns_and_fields_of_a_message(host: Host) -> None:
    """Two or three parts each; what arrives is called as carriers call it."""
    parts = [placement.split(":") for placement in PLACEMENTS]
    assert {column for column, *_ in parts} <= columns(host)
    assert {where for _, where, *_ in parts} == {"envelope"}
    called = {alias[0] if alias else column for column, _, *alias in parts}
    assert called == {
        *("tenant_id", "sender_id", "sender_name", "sender_maturity", "sender_category"),
        *("post_type", "created_at", "metadata"),
    }


def test_publication_of_the_guide_publishes_what_is_inserted_alone(host: Host, database: str) -> None:
    """Placing and forgetting change rows; a router that saw that would warn of each."""
    guide = (EXAMPLE.parents[1] / "how-to" / "scale-out.md").read_text("utf-8")
    (statement,) = [line for line in guide.splitlines() if line.startswith("create publication")]
    with open_connection(database, autocommit=True) as owner:
        owner.execute(statement.encode())
    (row,) = host.rows("select * from pg_publication")
    assert row["pubname"] == CONFIG["publication.name"]
    assert [row[f"pub{kind}"] for kind in ("insert", "update", "delete", "truncate")] == [True, False, False, False]
    tables = host.rows("select schemaname || '.' || tablename as name from pg_publication_tables")
    assert [table["name"] for table in tables] == [CONFIG["table.include.list"]]
