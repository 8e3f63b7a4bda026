"""At install every expression of a mapping is evaluated on the rows that are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autopost.database.migrate import detach, migrate
from autopost.errors import SchemaMismatch
from autopost.settings import load_settings
from tests.support.host import Host, open_connection

MAPPING = """
[agents]
table = "public.apps"
[agents.columns]
id = "{agent}"
tenant_id = "null"
maturity = "{maturity}"
category = "null"
[operation_trackers]
table = "public.runs"
[operation_trackers.columns]
id = "{id}"
tenant_id = "null"
agent_id = "app"
operation_type = "'workflow_execute'"
status = "state"
what_explanation = "{what}"
why_explanation = "null"
next_steps = "null"
started_at = "{started}"
completed_at = "null"
"""
FITS = {
    "agent": "id",
    "maturity": "maturity",
    "id": "id",
    "what": "t.outputs",
    "started": "to_timestamp(t.began)",
}


class Mapped(Host):
    """A platform with names of its own, and a file for its mapping."""

    file: Path
    dsn: str

    def install(self, **changes: str) -> None:
        """Install, with the expressions that are given instead of those that fit."""
        self.file.write_text(MAPPING.format(**{**FITS, **changes}), "utf-8")
        migrate(load_settings(database_url=self.dsn, mapping_file=self.file))

    def refusal(self, **changes: str) -> str:
        """Return the message with which a mapping is refused; nothing has changed then."""
        with pytest.raises(SchemaMismatch) as caught:
            self.install(**changes)
        assert self.value("select to_regnamespace('autopost')") is None
        return str(caught.value)


@pytest.fixture
def platform(empty_database: str, tmp_path: Path) -> Iterator[Mapped]:
    """Return a platform with two agents and 3,000 runs."""
    with open_connection(empty_database, autocommit=True) as connection:
        platform = Mapped(connection)
        platform.dsn, platform.file = empty_database, tmp_path / "platform.toml"
        platform.execute(
            "create table apps (id text primary key, name text, maturity text);"
            "insert into apps values ('a', 'Ada', 'autonomous'), ('b', 'Bob', 'intern');"
            "create table runs (id bigint primary key, app text, state text, outputs text, began bigint);"
            "insert into runs select n, 'a', 'completed', '{\"text\": \"x\"}', extract(epoch from now()) - 3000 + n "
            "from generate_series(1, 3000) as n"
        )
        yield platform


def test_mapping_that_fits_every_row_is_installed(platform: Mapped) -> None:
    """Also where the tables are empty."""
    platform.install(what="t.outputs::jsonb ->> 'text'")
    migrate(load_settings(database_url=platform.dsn), "base")
    platform.execute("truncate runs, apps")
    platform.install(what="t.outputs::jsonb ->> 'text'")


def test_expression_that_fails_is_named_with_rows_and_without_values(platform: Mapped) -> None:
    """Text that is no JSON, a division by zero, a subselect of several rows, a number: whatever the error says."""
    platform.execute("update runs set outputs = 'jane.doe@example.com owes 4,000', began = 0 where id in (2950, 2999)")
    for what, state in (
        ("t.outputs::jsonb ->> 'text'", "22P02"),
        ("(1 / t.began)::text", "22012"),
        ("(select p.name from public.apps as p where t.began = 0)", "21000"),
        ("case when t.began = 0 then t.outputs::integer end::text", "22P02"),
        ("case when t.began = 0 then (t.outputs::date)::text end", "22007"),
    ):
        message = platform.refusal(what=what)
        assert f"operation_trackers.what_explanation: fails with SQLSTATE {state}" in message, message
        assert "for the rows id 2950, id 2999" in message
        assert "jane" not in message
        assert "owes" not in message
    assert "autopost.auto_post_json(...) gives NULL" in platform.refusal(what="t.outputs::jsonb ->> 'text'")
    platform.install(what="autopost.auto_post_json(t.outputs) ->> 'text'")


def test_expression_of_agents_and_of_every_table_is_evaluated(platform: Mapped) -> None:
    """All that fails is named at once, an id that fails by the place of its row."""
    platform.execute("update apps set maturity = 'high' where id = 'b'; update runs set outputs = '-' where id = 3000")
    message = platform.refusal(maturity="t.maturity::integer::text", id="(t.outputs::jsonb ->> 'text') || t.id")
    assert "agents.maturity: fails with SQLSTATE 22P02 for the rows id a, id b" in message
    assert "operation_trackers.id: fails with SQLSTATE 22P02 for the rows ctid (" in message


def test_old_row_far_from_the_end_does_not_hold_up_an_install(platform: Mapped) -> None:
    """About 1,000 rows are read, however many there are."""
    platform.execute("insert into runs select n, 'a', 'completed', '{}', 1.7e9 from generate_series(4000, 40000) as n")
    platform.execute("vacuum full runs")
    platform.execute("update runs set outputs = 'no JSON' where id = 1; cluster runs using runs_pkey")
    platform.install(what="t.outputs::jsonb ->> 'text'")


def test_view_of_agents_is_evaluated_too(platform: Mapped) -> None:
    """Its rows have no place; they are known by their id."""
    platform.execute("alter table apps rename to apps_of_all; create view apps as select * from apps_of_all")
    platform.execute("update apps_of_all set maturity = 'jane'")
    message = platform.refusal(maturity="t.maturity::integer::text")
    assert "agents.maturity: fails with SQLSTATE 22P02 for the rows id a, id b" in message
    assert "jane" not in message
    platform.install()


def test_times_of_a_wrong_unit_are_named(platform: Mapped) -> None:
    """Milliseconds read as seconds, and seconds read as milliseconds; a few odd ones are let through."""
    for began, year in (("t.began * 1000", "5"), ("t.began * 20", "31")):
        message = platform.refusal(started=f"to_timestamp({began})")
        assert "operation_trackers.started_at: " in message
        assert "times are more than a year ahead, up to the year " in message
        assert f"year {year}" in message
        assert "to_timestamp(... / 1000.0)" in message
    message = platform.refusal(started="to_timestamp(t.began / 1000)")
    assert "times are before 1990" in message
    platform.execute("update runs set began = 99999999999 where id > 2995")
    platform.install()


def test_agents_with_one_id_are_refused(platform: Mapped) -> None:
    """In a view, through an expression, and through a list of columns without a key."""
    platform.execute(
        "create table versions (name text, version integer, maturity text, primary key (name, version));"
        "insert into versions values ('x', 1, 'student'), ('x', 2, 'autonomous'), ('y', 1, 'intern');"
        "alter table apps rename to apps_of_all; create view apps as select name as id, name, maturity from versions"
    )
    message = platform.refusal()
    assert "agents.id: 1 value of" in message
    assert "is the id of more than one row, such as x" in message
    platform.execute("drop view apps; alter table versions rename to apps")
    assert "agents.id: 1 value of" in platform.refusal(agent="lower(t.name)")
    platform.execute("delete from apps where name = 'x' and version = 1")
    platform.install(agent="lower(t.name)")


def test_operations_with_one_id_are_refused(platform: Mapped) -> None:
    """Through an expression, and in a partitioned table, where no key can be asked for."""
    assert "are each the id of more than one row" in platform.refusal(id="(t.id / 2)::text")
    platform.execute(
        "drop table runs; create table runs (id bigint, app text, state text, outputs text, began bigint) "
        "partition by range (began); create table runs_1 partition of runs for values from (0) to (100);"
        "create table runs_2 partition of runs for values from (100) to (9999999999);"
        "insert into runs select n, 'a', 'failed', 'x', 50 from generate_series(1, 30000) as n;"
        "insert into runs select n, 'a', 'failed', 'x', 1800000000 from generate_series(30001, 60000) as n;"
        "insert into runs values (7, 'a', 'failed', 'x', extract(epoch from now()))"
    )
    message = platform.refusal(started="null")
    assert 'operation_trackers.id: 1 value of "public"."runs" is the id of more than one row, such as 7' in message
    platform.execute("delete from runs where id = 7 and began = 50")
    platform.install(started="null")


def test_row_that_became_unreadable_does_not_hold_up_a_mapping_in_force(platform: Mapped) -> None:
    """After `detach` the same mapping is made again; a changed one is evaluated like a new one."""
    platform.install(what="t.outputs::jsonb ->> 'text'")
    detach(load_settings(database_url=platform.dsn))
    platform.execute("update runs set outputs = 'jane.doe@example.com' where id = 3000")
    platform.install(what="t.outputs::jsonb ->> 'text'")
    with pytest.raises(SchemaMismatch, match="what_explanation: fails with SQLSTATE 22P02 for the rows id 3000"):
        platform.install(what="t.outputs::jsonb ->> 'words'")
    triggers = "select count(*) from pg_trigger where tgrelid = 'runs'::regclass and tgname = 'auto_post_capture'"
    assert platform.value(triggers) == 1, "what is in force stays"
