"""A real nginx with TLS before autopost, as docs/how-to/access.md has it."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from tests.support import ROOT
from tests.support.host import until

HOW_TO = ROOT / "docs" / "how-to" / "access.md"
FRAME = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 100; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    {http}
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/chain.pem;
        ssl_certificate_key {folder}/key.pem;
        {server}
    }}
}}
"""


class Proxy:
    """A running nginx: its address, what trusts it, and the log of its requests."""

    def __init__(self, address: str, trust: ssl.SSLContext, log: Path) -> None:
        self.address = address
        self.trust = trust
        self._log = log

    @property
    def log(self) -> str:
        """Return the requests as they were logged."""
        return self._log.read_text("utf-8")


def documented(name: str) -> tuple[str, str]:
    """Return the parts of a configuration in the how-to, for `http` and for `server`."""
    found = re.search(
        rf"^```nginx\n# {re.escape(name)}\n(.*?)^```$", HOW_TO.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found is not None, f"{HOW_TO} has no configuration {name}"
    http, _, server = found[1].partition("# in server { ... }\n")
    return http, server


@contextlib.contextmanager
def nginx(folder: Path, name: str, upstream: str, replaced: Mapping[str, str] | None = None) -> Iterator[Proxy]:
    """Run nginx with a documented configuration; its upstream, 127.0.0.1:8080 there, is that address.

    `replaced` has what else is an example there.
    """
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        pytest.skip("nginx is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    for pem in certificate.cert_chain_pems:
        pem.write_to_path(folder / "chain.pem", append=True)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    log = folder / "access.log"
    http, server = documented(name)
    given = {"127.0.0.1:8080": urlsplit(upstream).netloc, "/var/log/nginx/autopost.log": str(log), **(replaced or {})}
    for example, value in given.items():
        http, server = http.replace(example, value), server.replace(example, value)
    configuration = folder / "nginx.conf"
    configuration.write_text(FRAME.format(folder=folder, port=port, http=http, server=server), "utf-8")
    with subprocess.Popen([program, "-p", folder, "-c", configuration], stderr=subprocess.PIPE) as process:
        try:

            def is_open() -> bool:
                assert process.poll() is None, process.stderr.read() if process.stderr else ""
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    return True
                return False

            until(is_open)
            yield Proxy(f"https://localhost:{port}", trust, log)
        finally:
            process.terminate()
