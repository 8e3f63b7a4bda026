"""A real Redis, and one instance for all tests of a module that want it so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.broadcast.conftest import redis_server
from tests.conftest import Server
from tests.support.crew import Crew
from tests.support.feed.announcing import Announcer, settings_of
from tests.support.feed.instances import Instance, instance
from tests.support.feed.several import Several
from tests.support.host import Host, open_connection

__all__ = ["redis_server"]


@pytest.fixture(scope="module")
def module_database(server: Server, template: str) -> Iterator[str]:
    """Return the connection string of a migrated database of this module's own."""
    name = f"{template}_feed"
    with server.janitor(name, template=template):
        yield server.dsn(name)


@pytest.fixture(scope="module")
def feeds(module_database: str, processes: Crew) -> Iterator[Instance]:
    """Return an instance on it, which hears notifications."""
    with instance(module_database, processes) as running:
        yield running


@pytest.fixture
def platform(module_database: str) -> Iterator[Host]:
    """Return the platform of that database."""
    with open_connection(module_database, autocommit=True) as connection:
        yield Host(connection)


@pytest.fixture
def announcer(platform: Host, module_database: str) -> Announcer:
    """Return who posts there."""
    return Announcer(platform, settings_of(module_database, "notify"))


@pytest.fixture
def several(database: str, processes: Crew, carrier: str, request: pytest.FixtureRequest) -> Several:
    """Return what they have in common, with a Redis where the carrier is one."""
    redis = request.getfixturevalue("redis_server") if carrier != "notify" else None
    return Several(database, processes, carrier, redis)
