"""`serve`: page and feeds without a worker."""

from __future__ import annotations

from autopost.cli.session import load_settings
from autopost.cli.session import run as run_to_the_end


def serve() -> None:
    """Serve the dashboard and the feeds until SIGTERM, without a worker. Run any number of instances."""
    from autopost.observability.logs import configure_logs

    settings = load_settings()
    configure_logs(settings)
    from autopost.processes.web_process import run_instance  # loads a web server, which the other commands do without

    run_to_the_end(run_instance(settings))
