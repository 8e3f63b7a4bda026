"""The order of posts, which pages, documents, streams and webhooks share, also for posts of one transaction."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.crew import Crew
from tests.support.feed.instances import BEARER, EventViewer, SocketViewer
from tests.support.host import Host, until
from tests.support.web.browsing import site
from tests.support.webhooks.receiver import Receiver
from tests.webhooks.conftest import receiver

__all__ = ["receiver"]

BURST = 6
AGENTS = 3
POSTS = BURST * AGENTS


def steps(text: str) -> list[str]:
    """Return the steps that a text names, in its order."""
    return re.findall(r"Step\w+?n\d+", text)


def test_posts_of_one_statement_have_one_order_everywhere(
    host: Host, database: str, processes: Crew, receiver: Receiver, tmp_path: Path
) -> None:
    """An agent's is that of its operations; pages and documents have the newest first."""
    file = tmp_path / "hooks.toml"
    file.write_text(f'[archive]\nkind = "mattermost"\nurl = "{receiver.url}"\n')
    variables = {
        "SOCIAL_POST_BROADCAST": "notify",
        "SOCIAL_POST_WEBHOOKS_FILE": str(file),
        "SOCIAL_POST_WEBHOOK_NETWORKS": "127.0.0.1",
    }
    agents = [host.agent(f"agent{number}", name=f"Agent {number}") for number in range(AGENTS)]
    for agent in agents:
        for number in range(BURST):
            host.start(f"{agent}-{number}", agent=agent, what=f"Step{agent}n{number} could not be reached")
    with site(database, processes, **variables) as running:
        until(lambda: host.value("select count(*) from auto_post_consumers where name like 'webhook:%'") == 1)
        host.execute("update operation_trackers set status = 'failed'")
        until(lambda: len(host.posts()) == POSTS)
        receiver.wait(POSTS)
        page = steps(running.get("/", **BEARER).text)
        documents = [steps(running.get(path, **BEARER).text) for path in ("/feed.json", "/feed.atom")]
        with EventViewer(running, "?after=0") as events, SocketViewer(running, "?after=0") as socket:
            events.until(POSTS)
            socket.until(POSTS)
            streams = [[steps(post["content"])[0] for post in viewer.posts] for viewer in (events, socket)]
    webhook = [step for content in receiver.contents for step in steps(content)]
    documents = [list(dict.fromkeys(found))[::-1] for found in documents]  # a title repeats the text's beginning
    of_agents = {agent: [f"Step{agent}n{number}" for number in range(BURST)] for agent in agents}
    for shown in (page[::-1], *documents, *streams, webhook):
        assert len(shown) == POSTS, shown
        assert {agent: [step for step in shown if f"Step{agent}n" in step] for agent in agents} == of_agents, shown
    assert documents == [page[::-1]] * 2
    assert streams[0] == streams[1]
