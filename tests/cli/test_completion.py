"""What a shell completes where an argument is a name that the database knows."""

from __future__ import annotations

import pytest

from autopost.cli.completion import dead_operations, rule_ids, webhook_names
from tests.support.host import Host
from tests.support.web.filling import bury


@pytest.fixture(autouse=True)
def _configured(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the settings name the database."""
    monkeypatch.setenv("DATABASE_URL", database)


def test_dead_operations_rules_and_hooks_are_completed(host: Host) -> None:
    """Each with what it means, and only those that begin with what was typed."""
    host.complete()
    bury(host)
    host.execute(
        "insert into auto_post_webhook_dead_letters (hook, position, post_id, message, error) "
        "values ('out', 1, 'p', '{}', '500')"
    )
    assert list(dead_operations("")) == [("op", "DataError 22P05")]
    assert list(dead_operations("x")) == []
    assert ("1", "workflow_execute") in list(rule_ids("1"))
    assert list(webhook_names("o")) == [("out", "0")]


def test_nothing_is_completed_where_the_database_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no error is shown in the middle of a command line."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    assert list(dead_operations("")) == []
