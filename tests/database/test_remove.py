"""The page about removing autopost: each of its statements runs, and answers as the page says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autopost.database.migrate import migrate
from autopost.database.sql import dba_statements
from autopost.settings import load_settings
from tests.conftest import EMBEDDED_VERSION
from tests.support.host import SCHEMAS, Host, open_connection
from tests.support.pages import check_page, run
from tests.support.servers import private_server


@pytest.fixture
def own_server() -> Iterator[str]:
    """Return the connection string of a server of this test's own: the page drops roles, which a server has once."""
    with private_server(EMBEDDED_VERSION) as server:
        yield server.dsn()


def test_every_statement_of_the_page_about_removing_answers_as_it_says(own_server: str) -> None:
    """In the order of the page, from an install with roles and rows to one of which nothing is left."""
    migrate(load_settings(database_url=own_server))
    with open_connection(own_server, autocommit=True) as connection:
        host = Host(connection)
        host.execute(dba_statements(SCHEMAS)["grants"])
        host.execute("create role sidecar login in role auto_post_worker")
        host.agent()
        for name in ("tracker-1", "tracker-2"):
            host.complete(name)
        host.move("tracker-2", "failed")
        host.execute("insert into social_posts values ('p', 'tenant', 'agent', 'ada', 'status', 'Hi.', null, true)")
    check_page("remove.md", lambda block: run(block, own_server))
