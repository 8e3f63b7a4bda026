"""What a command prints of a database's error: the kind and what to do, never a value of a row."""

from __future__ import annotations

import asyncpg
import pytest

from autopost.cli.session import trouble
from autopost.database.connection import connect
from autopost.database.errors import message_without_values
from autopost.settings import load_settings
from tests.support.command_line import autopost
from tests.support.host import Host

SECRET = "jane.doe@example.com owes 4,000"
STATEMENTS = {
    # Each fails with its class of errors, and PostgreSQL or a function of the platform quotes the secret.
    f"select '{SECRET}'::jsonb": 1,
    f"select '{SECRET}'::integer": 1,
    f"select to_timestamp('{SECRET}', 'YYYY')": 1,
    f"do $$ begin raise exception '{SECRET}'; end $$": 1,
    f"do $$ begin raise exception 'x' using errcode = '22023', detail = '{SECRET}'; end $$": 1,
    f"insert into agents (id) values ('{SECRET}'), ('{SECRET}')": 1,
    f"insert into social_posts (id, author_type) values ('{SECRET}', null)": 1,
    f"do $$ begin raise exception 'no such table' using errcode = '42P01', detail = '{SECRET}'; end $$": 4,
    f"do $$ begin raise exception 'later' using errcode = '55P03', detail = '{SECRET}'; end $$": 3,
}


@pytest.mark.usefixtures("host")
async def test_error_of_the_database_says_its_kind_and_no_value(database: str) -> None:
    """Class by class: data errors are no outage (3), and what is missing is a schema that does not fit (4)."""
    connection = await connect(load_settings(database_url=database), "test")
    try:
        await connection.execute("set search_path = public")
        for statement, exit_code in STATEMENTS.items():
            with pytest.raises(asyncpg.PostgresError) as caught:
                await connection.execute(statement)
            error = trouble(caught.value)
            assert error.exit_code == exit_code, (statement, error)
            for text in (str(error), message_without_values(caught.value)):
                assert "jane" not in text, statement
                assert "4,000" not in text, statement
            assert "did not answer" not in str(error) or exit_code == 3, statement
    finally:
        connection.terminate()


def test_reconcile_that_fails_for_a_value_is_no_outage(host: Host, database: str) -> None:
    """A function that fails for the data: exit code 1, the kind of error, and nothing of the text."""
    host.execute(
        "create or replace function autopost.auto_post_reconcile(p_blocks integer default 1000, "
        "p_limit integer default 1000) "
        f"returns integer language plpgsql as $$ begin return '{SECRET}'::jsonb; end $$"
    )
    for arguments in ((), ("--all",)):
        found = autopost("reconcile", *arguments, dsn=database)
        assert found.returncode == 1, found.stderr
        assert "InvalidTextRepresentationError 22P02" in found.stderr
        assert "jane" not in found.stderr + found.stdout
        assert "did not answer" not in found.stderr
