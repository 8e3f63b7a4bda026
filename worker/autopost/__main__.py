"""The command line, as `autopost` and as `python -m autopost`."""

import os
import signal
import sys

if os.getpid() == 1:  # the kernel drops a SIGTERM to the first process of a container that does not handle it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))

from autopost.cli.app import main

if __name__ == "__main__":
    main()
