"""The command line, as `autopost` and as `python -m autopost`."""

import os
import signal
import sys

INTERRUPTED = 130  # as a shell reports a program that Ctrl-C ended

if os.getpid() == 1:  # the kernel drops a SIGTERM to the first process of a container that does not handle it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a Ctrl-C during the imports: nothing is begun yet
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))

from autopost.cli.app import main  # noqa: E402 - after the signals

if __name__ == "__main__":
    main()
