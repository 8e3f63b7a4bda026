"""Redis at the other end of a network: connections that nobody answers any more, and such as are encrypted."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import trustme

from tests.support.feed.instances import EventViewer
from tests.support.feed.several import Several, in_order, whole, work
from tests.support.host import Host, until
from tests.support.listening import Subscriber, entries_of
from tests.support.proxy import Mode, Proxy
from tests.support.redis_server import RedisServer

redises = pytest.mark.parametrize("carrier", ["redis", "redis-stream"])


@pytest.fixture
def proxy(redis_server: RedisServer) -> Iterator[Proxy]:
    """Return what stands between Redis and everybody."""
    with Proxy(Path(redis_server.url.removeprefix("unix://"))) as between:
        yield between


@pytest.mark.long
@redises
def test_half_open_connections_lose_nothing(host: Host, several: Several, proxy: Proxy) -> None:
    """Redis has vanished without a word, for worker and instance; when it is back, it gets what it missed."""
    redis = several.redis
    assert redis is not None
    several.variables["REDIS_URL"] = f"redis://127.0.0.1:{proxy.port}/0"
    heard = Subscriber(redis)
    with several.worker() as worker, several.instance() as one, EventViewer(one) as viewer:
        work(host, 5)
        whole(viewer, 1, 5)
        proxy.become(Mode.SWALLOW)
        work(host, 5, begin=5)
        until(lambda: len(host.posts()) == 10)  # publishing waits for nobody
        whole(viewer, 1, 10)  # the log is looked at
        until(lambda: one.metric("autopost_feed_source_up") == 0)
        until(lambda: "broadcast.transport_down" in worker.log)
        proxy.heal()
        work(host, 5, begin=10)
        whole(viewer, 1, 15)
        until(lambda: one.metric("autopost_feed_source_up") == 1)

        def carried() -> list[int]:
            posts = heard.on("agent_events:global") if several.carrier == "redis" else list(entries_of(redis))
            assert in_order(list({post["id"]: post for post in posts}.values()))
            return sorted({post["position"] for post in posts})

        until(lambda: carried() == list(range(1, 16)), what="all that was published")
    heard.close()


class EncryptedRedis:
    """A Redis that speaks TLS alone, with a certificate of this authority."""

    def __init__(self, folder: Path, authority: trustme.CA) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        issued = authority.issue_cert("localhost")
        issued.private_key_pem.write_to_path(str(folder / "key.pem"))
        issued.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        files = {"cert": "cert.pem", "key": "key.pem", "ca-cert": "ca.pem"}
        self.options = [f"--tls-port {self.port}", "--tls-auth-clients no", "--bind 127.0.0.1"]
        self.options += [f"--tls-{name}-file {folder / file}" for name, file in files.items()]
        self.authority = folder / "ca.pem"

    def url(self, authority: Path) -> str:
        """Return its address for who trusts this authority."""
        return f"rediss://localhost:{self.port}/0?ssl_ca_certs={quote(str(authority))}"


@pytest.fixture
def encrypted(tmp_path: Path, redis_server: RedisServer) -> EncryptedRedis:
    """Return how the running Redis is reached with TLS."""
    made = EncryptedRedis(tmp_path, trustme.CA())
    redis_server.kill()
    redis_server.start(*made.options)
    return made


@pytest.mark.parametrize("carrier", ["redis"])
def test_posts_are_announced_over_tls(host: Host, several: Several, encrypted: EncryptedRedis) -> None:
    """By who knows the authority of Redis' certificate."""
    several.variables["REDIS_URL"] = encrypted.url(encrypted.authority)
    with several.worker(), several.instance() as one, EventViewer(one) as viewer:
        until(lambda: one.metric("autopost_feed_source_up") == 1)
        work(host, 5)
        whole(viewer, 1, 5)


@pytest.mark.parametrize("carrier", ["redis"])
def test_redis_whose_certificate_is_not_valid_is_told_nothing(
    host: Host, several: Several, encrypted: EncryptedRedis, tmp_path: Path
) -> None:
    """It could be anybody; posts are published, and the log says what is wrong, without the address' secrets."""
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "another.pem"))
    several.variables["REDIS_URL"] = encrypted.url(tmp_path / "another.pem").replace("//", "//:hidden@")
    assert several.redis is not None
    heard = Subscriber(several.redis)
    with several.worker() as worker:
        work(host, 3)
        until(lambda: len(host.posts()) == 3)
        until(lambda: "broadcast.transport_down" in worker.log)
        assert "hidden" not in worker.log
    assert heard.heard == []
    heard.close()
