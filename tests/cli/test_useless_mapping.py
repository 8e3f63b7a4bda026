"""A mapping under which nothing can be posted is named by `migrate`, `check` and `status`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import autopost
from tests.support.host import Host, open_connection

MAPPING = """
[agents]
table = "public.apps"
[agents.columns]
tenant_id = "null"
maturity = "{maturity}"
category = "null"
[operation_trackers]
table = "public.runs"
[operation_trackers.columns]
tenant_id = "null"
agent_id = "app"
operation_type = "{type}"
status = "{status}"
what_explanation = "{what}"
why_explanation = "null"
next_steps = "null"
started_at = "null"
completed_at = "null"
"""
USEFUL = {
    "maturity": "'SUPERVISED'",
    "type": "'workflow_execute'",
    "status": "case t.status when 'succeeded' then 'completed' else t.status end",
    "what": "summary",
}
USELESS = {
    "no type": ({"type": "kind"}, "no rule matches any: workflow completed 500", "onto one of workflow_execute, "),
    "no status": ({"status": "t.status"}, "no rule matches any: workflow_execute succeeded 500", "map status onto"),
    "no level": ({"maturity": "level"}, "500 with maturity normal", "maturity = \"'SUPERVISED'\""),
    "no agent": ({"maturity": "level"}, "500 of agents that [agents] does not have", "agent_id"),
    "no text": ({"what": "nullif(t.summary, t.summary)"}, "what_explanation is empty in each", "concat_ws"),
}


class Mapped(Host):
    """A platform with 500 runs of two agents."""

    file: Path
    dsn: str

    def command(self, name: str, *arguments: str, **changes: str) -> Any:
        """Run a command with this mapping."""
        self.file.write_text(MAPPING.format(**{**USEFUL, **changes}), "utf-8")
        variables = {"SOCIAL_POST_MAPPING_FILE": str(self.file), "SOCIAL_POST_LLM_ENABLED": "false"}
        return autopost(name, *arguments, dsn=self.dsn, **variables)


@pytest.fixture
def platform(empty_database: str, tmp_path: Path) -> Iterator[Mapped]:
    """Return a platform whose operations could all be posted."""
    with open_connection(empty_database, autocommit=True) as connection:
        platform = Mapped(connection)
        platform.dsn, platform.file = empty_database, tmp_path / "platform.toml"
        platform.execute(
            "create table apps (id text primary key, name text, level text);"
            "insert into apps values ('a', 'Ada', 'normal'), ('b', 'Bob', 'normal');"
            "create table runs (id bigint primary key, app text, kind text, status text, summary text);"
            "insert into runs select n, case n % 2 when 0 then 'a' else 'b' end, 'workflow', 'succeeded', "
            "'Sorted jane.doe@example.com' from generate_series(1, 500) as n"
        )
        yield platform


def newest(check: Any) -> list[dict[str, str]]:
    """Return what a check says of the newest operations."""
    return [each for each in json.loads(check.stdout)["findings"] if each["subject"] == "newest operations"]


def test_useful_mapping_has_no_warning(platform: Mapped) -> None:
    """Nothing on stderr, and the check says how many meet a rule; so it is of a platform without operations."""
    assert platform.command("migrate", "--yes").stderr == ""
    (finding,) = newest(platform.command("check", "--json"))
    assert (finding["level"], finding["finding"]) == ("ok", "of 500 operations 500 meet a rule")
    assert json.loads(platform.command("status", "--json").stdout)["problems"] == []
    platform.execute("truncate runs")
    (finding,) = newest(platform.command("check", "--json"))
    assert (finding["level"], finding["finding"]) == ("ok", "there are none yet")
    assert json.loads(platform.command("status", "--json").stdout)["problems"] == []
    assert platform.command("migrate", "--yes").stderr == ""


def test_useless_mapping_is_named_with_counts_and_what_to_change(platform: Mapped) -> None:
    """By each of the three commands, and without a text of a row."""
    for name, (changes, finding, advice) in USELESS.items():
        if name == "no agent":
            platform.execute("update runs set app = 'jane.doe@example.com'")
        migrate = platform.command("migrate", "--yes", **changes)
        assert migrate.returncode == 0, (name, migrate.stderr)
        assert "of the newest 500 operations" in migrate.stderr, name
        assert finding in migrate.stderr, name
        assert advice in migrate.stderr, name
        check = newest(platform.command("check", "--json"))
        assert [each["level"] for each in check] == ["warning"], name
        assert finding in check[0]["finding"], name
        assert advice in check[0]["advice"], name
        (problem,) = json.loads(platform.command("status", "--json").stdout)["problems"]
        assert finding in problem, name
        screen = platform.command("status").stdout
        assert "problems" in screen, name
        assert "jane" not in migrate.stderr + str(check) + problem + screen, name
        platform.execute("update runs set app = 'a'")


def test_operations_that_go_on_are_no_sign_of_a_wrong_status(platform: Mapped) -> None:
    """A young platform whose first operations run or wait."""
    platform.execute("update runs set status = case id % 2 when 0 then 'running' else 'Pending' end")
    assert platform.command("migrate", "--yes").stderr == ""


def test_rows_that_became_unreadable_are_named(platform: Mapped) -> None:
    """After the install: with the expression and ids, and no value."""
    platform.execute("update runs set summary = '{}'")
    assert platform.command("migrate", "--yes", what="t.summary::jsonb ->> 'x'").returncode == 0
    platform.execute("alter table runs disable trigger all; update runs set summary = 'jane' where id = 500")
    found = newest(platform.command("check", "--json"))
    assert "1 cannot be read: what_explanation fails, as for 500" in found[0]["finding"]
    reconcile = platform.command("reconcile", "--all")
    assert reconcile.returncode == 0, reconcile.stderr
    assert "jane" not in str(found) + reconcile.stdout + reconcile.stderr


def test_id_that_several_agents_came_to_have_is_named(platform: Mapped) -> None:
    """After the install, for some of the operations."""
    assert platform.command("migrate", "--yes").returncode == 0
    platform.execute("alter table apps drop constraint apps_pkey; insert into apps values ('b', 'Ben', 'normal')")
    found = newest(platform.command("check", "--json"))
    assert "250 are of an id that several agents have" in found[0]["finding"]
