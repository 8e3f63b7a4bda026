"""A real Redis, and one instance for all tests of this package that share it."""

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


@pytest.fixture(scope="package")
def shared_database(server: Server, template: str) -> Iterator[str]:
    """Return the connection string of a migrated database that tests of several modules use one after the other."""
    name = f"{template}_feed"
    with server.janitor(name, template=template):
        yield server.dsn(name)


@pytest.fixture(scope="package")
def feeds(shared_database: str, processes: Crew) -> Iterator[Instance]:
    """Return an instance on it, which hears notifications."""
    with instance(shared_database, processes) as running:
        yield running


@pytest.fixture
def platform(shared_database: str) -> Iterator[Host]:
    """Return the platform of that database."""
    with open_connection(shared_database, autocommit=True) as connection:
        yield Host(connection)


@pytest.fixture
def announcer(platform: Host, shared_database: str) -> Announcer:
    """Return who posts there."""
    return Announcer(platform, settings_of(shared_database, "notify"))


@pytest.fixture
def several(database: str, processes: Crew, carrier: str, request: pytest.FixtureRequest) -> Several:
    """Return what they have in common, with a Redis where the carrier is one."""
    redis = request.getfixturevalue("redis_server") if carrier != "notify" else None
    return Several(database, processes, carrier, redis)
