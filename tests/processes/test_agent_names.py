"""The names of agents are read from the platform's table, and stay in posts."""

from __future__ import annotations

from autopost.settings import load_settings
from tests.support.host import Host
from tests.support.work import eventually, working


async def test_names_of_agents_stay_in_posts_and_those_of_people_do_not(host: Host, database: str) -> None:
    """The agent's own name, and that of another agent that it speaks of."""
    host.agent()
    host.execute("update agents set name = 'Emma Stone'")
    host.execute("insert into agents (id, name, maturity) values ('other', 'Oscar Lindqvist', 'INTERN')")
    given = load_settings(database_url=database, llm_enabled=False, poll_seconds=0.2)
    async with working(given):
        host.complete("first", what="Emma Stone asked Oscar Lindqvist to call Priya Raghunathan")
        await eventually(lambda: host.waiting() == 0)
    expected = "Emma Stone asked Oscar Lindqvist to call <PERSON>"
    assert expected in host.posts()[0]["content"]
