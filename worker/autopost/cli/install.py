"""`migrate`, `run` and `demo`: what makes autopost be there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from autopost.cli.console import Yes, err, is_terminal, listed, out, require_yes, say
from autopost.cli.session import load_settings, on_connection
from autopost.cli.session import run as run_to_the_end
from autopost.database.revisions import head_revision
from autopost.errors import AutopostError, SchemaMismatch

if TYPE_CHECKING:
    from autopost.database.removal import Lost
    from autopost.settings import Settings


def migrate(
    to: Annotated[
        str, typer.Option(metavar="REVISION", help="A revision, [bold]head[/bold], or [bold]base[/bold] to uninstall.")
    ] = "head",
    yes: Yes = False,
) -> None:
    """Install or upgrade the database objects: tables, rules, trigger.

    Asks before it drops pending operations, before it creates empty tables in a database that has others, and before
    it gives functions more rights than the owner of the platform's tables has.
    """
    from autopost.database.installation import created_tables, questions_of
    from autopost.database.mapping_hints import with_hints
    from autopost.database.migrate import given_mapping  # loads Alembic, which `run` does without
    from autopost.database.migrate import migrate as run_migrations
    from autopost.database.removal import downgrade_losses

    settings = load_settings()
    lost = downgrade_losses(settings, to)
    if lost.is_unfinished:
        require_yes(removal_question(lost), yes=yes)
    questions = questions_of(settings, to)
    for question in questions if is_terminal(sys.stdin) else [" ".join(questions)] if questions else []:
        require_yes(question, yes=yes)
    created = created_tables(settings) if to != "base" else []
    try:
        done = run_migrations(settings, to)
    except SchemaMismatch as error:
        mapping = given_mapping(settings)
        raise SchemaMismatch(with_hints(str(error), mapping.text if mapping else None)) from None
    if created:
        out.print(f"created {listed(created)}, which were missing.", markup=False)
    what = "removed from" if to == "base" else f"at revision {head_revision() if to == 'head' else to} in"
    out.print(f"autopost is {what} schema {settings.schema_name}{f': {done}' if done else ''}.")
    if to == "head":
        _warn(settings)


def _warn(settings: Settings) -> None:
    """Print what the newest rows of the platform say of the mapping. The migration is done, whatever happens here."""
    from autopost.cli.sampling.findings import all_findings

    try:
        findings = on_connection(settings, "migrate", lambda connection: all_findings(connection, settings))
    except AutopostError as error:
        say(f"whether operations will be posted could not be looked up: {error}")
        return
    for finding in findings:
        err.print(f"warning: {finding.finding}", style="yellow", markup=False, soft_wrap=not err.is_terminal)
        say(f"  {finding.advice}")


def detach(yes: Yes = False) -> None:
    """Detach from the platform's tables, so that the platform's own migrations can change them.

    Until [bold]autopost migrate[/bold] nothing is captured and, with a mapping, workers wait. Afterwards the
    reconciler captures what was missed.
    """
    from autopost.database.migrate import detach as let_go  # loads Alembic

    settings = load_settings()
    require_yes(
        f"Until `autopost migrate`, nothing is captured in schema {settings.schema_name}, and with a mapping no worker "
        "posts. What agents complete meanwhile is captured afterwards. Detach?",
        yes=yes,
    )
    was_attached = let_go(settings)
    out.print(
        f"autopost {'is' if was_attached else 'was'} detached from the platform's tables. Change them, then run "
        "`autopost migrate`."
    )


def removal_question(lost: Lost) -> str:
    """Return what is asked before something is dropped that has not come to its end."""
    outbox = _parts({"waiting": lost.pending, "held by a worker": lost.claimed, "dead": lost.dead})
    one = lost.not_broadcast == 1
    log = _parts(
        {
            f"{'post' if one else 'posts'} that {'was' if one else 'were'} not broadcast to all": lost.not_broadcast,
            "dead letters of webhooks" if lost.letters > 1 else "dead letter of a webhook": lost.letters,
        }
    )
    said = [f"The outbox holds operations that were not posted: {listed(outbox)}."] if outbox else []
    if log:
        said.append(f"The event log holds {listed(log)}.")
    return " ".join([*said, "Drop them?"])


def _parts(numbers: dict[str, int]) -> list[str]:
    return [f"{number:,} {what}" for what, number in numbers.items() if number]


def run() -> None:
    """Run a worker until SIGTERM. Run any number of workers, on any machines."""
    from autopost.observability.logs import configure_logs

    settings = load_settings()
    configure_logs(settings)
    from autopost.processes.worker_process import (
        run_worker,  # loads the LLM's client, which the other commands do without
    )

    run_to_the_end(run_worker(settings))


def demo(
    fast: Annotated[bool, typer.Option("--fast", help="Leave out the pauses for reading.")] = False,
) -> None:
    """Show agents and their posts for half a minute, on a private PostgreSQL that is removed afterwards."""
    from autopost.cli.demo import run_demo  # needs the extra `embedded`; the other commands do without

    raise typer.Exit(run_demo(fast=fast))
