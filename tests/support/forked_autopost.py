"""The program autopost for shells in tests: forked from the process that has everything loaded, with this one's files.

To be run without site-packages, which takes a fiftieth of a second: the zygote's socket, and the arguments.
"""

import json
import os
import signal
import socket
import sys


def main() -> int:
    """Have it run, pass signals on, and return its exit code."""
    order = {
        "program": "autopost",
        "arguments": sys.argv[2:],
        "cwd": os.getcwd(),  # noqa: PTH109 - importing pathlib takes as long as the rest
        "variables": dict(os.environ),
        "die_at": None,
        "dies_of": None,
        "clock": 0.0,
        "hasty": False,
        "looks_often": False,
        "alone": True,
        "number": 1,
    }
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(sys.argv[1])
        with connection.makefile("rb") as news:
            news.readline()  # it is ready
            socket.send_fds(connection, [json.dumps(order).encode() + b"\n"], [0, 1, 2])
            pid = json.loads(news.readline())["pid"]
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, lambda number, _: os.kill(pid, number))
            code: int = json.loads(news.readline())["code"]
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    sys.exit(main())
