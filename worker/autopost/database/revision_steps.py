"""What the revisions in migrations/versions do. For use in them alone, while Alembic runs one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import op

from autopost.database import mapping_sql
from autopost.database.mapping import Mapping
from autopost.database.rebuild import execute_script
from autopost.database.sql import Schemas, read_object, render


def run_frozen_sql(revision_file: str, direction: str) -> None:
    """Run the SQL beside a revision's file; `direction` is `up` or `down`."""
    context = op.get_context()
    assert context.config is not None
    path = Path(revision_file).with_suffix(f".{direction}.sql")
    attributes = context.config.attributes
    _run(render(path.read_text("utf-8"), attributes["schemas"], attributes["mapping"]))


def install_mapping() -> None:
    """Make the function that expressions may call; check the mapping, if there is one, and make its views."""
    _run(render(read_object("functions/auto_post_json"), _own_schemas()))
    _run_for_mapping(mapping_sql.check_sql)
    _run_for_mapping(mapping_sql.evaluate_sql)
    _run_for_mapping(mapping_sql.install_sql)


def capture_other_tables() -> None:
    """Make the trigger and its function on every table of operations but the first, which is the revision's own."""
    _run_for_mapping(mapping_sql.capture_sql)


def rehearse_mapping() -> None:
    """Try what a worker will write through the views."""
    _run_for_mapping(mapping_sql.rehearse_sql)


def remove_mapping() -> None:
    """Remove what the mapping made, and the function that its views called."""
    _run_for_mapping(mapping_sql.remove_sql)
    _run(render("drop function {{ schema }}.auto_post_json(text);\n", _own_schemas()))


def _own_schemas() -> Schemas:
    config = op.get_context().config
    assert config is not None
    schemas: Schemas = config.attributes["schemas"]
    return schemas


def _run_for_mapping(script: Callable[[Mapping, Schemas], str]) -> None:
    config = op.get_context().config
    assert config is not None
    if config.attributes["mapping"] is not None:
        _run(script(config.attributes["mapping"], config.attributes["schemas"]))


def _run(sql: str) -> None:
    context = op.get_context()
    if context.as_sql:
        context.impl.static_output(sql)
    else:
        execute_script(op.get_bind(), sql)
