"""`reconcile` and `purge`: finding what was missed, and removing what is held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from autopost.cli.console import Yes, counted, out, progress_bar, require_yes, say
from autopost.cli.screen import plain
from autopost.cli.session import load_settings, steering, tending
from autopost.cli.steer import warn_of_stranger

if TYPE_CHECKING:
    from autopost.outbox.operator import OperatorActions
    from autopost.outbox.outbox import Outbox


def reconcile(
    everything: Annotated[bool, typer.Option("--all", help="Read all of operation_trackers now.")] = False,
) -> None:
    """Capture operations that the trigger missed, in the next 1,000 blocks. Workers do this by themselves."""
    from autopost.worker.maintenance import reconcile_window

    async def find(outbox: Outbox) -> int:
        return await (_with_bar(outbox) if everything else reconcile_window(outbox))

    found = tending(load_settings(), find)
    out.print(f"{found} missed {'operation' if found == 1 else 'operations'} captured.")


async def _with_bar(outbox: Outbox) -> int:
    from autopost.worker.maintenance import reconcile_all

    with progress_bar() as bar:
        task = bar.add_task("reading operation_trackers", total=None)

        def tell(progress: Mapping[str, Any], found: int) -> None:
            description = f"{counted(progress['blocks'], 'block')}, {found:,} captured"
            bar.update(task, total=progress["blocks"], completed=progress["next_block"], description=description)

        return await reconcile_all(outbox, tell)


def purge(
    agent: Annotated[str | None, typer.Option(metavar="ID", help="The id of an agent.")] = None,
    tenant: Annotated[str | None, typer.Option(metavar="ID", help="The id of a tenant.")] = None,
    yes: Yes = False,
) -> None:
    """Remove the outbox rows of an agent or a tenant, also pending ones. Posts and audit rows stay. Asks first."""
    if bool(agent) == bool(tenant):
        raise typer.BadParameter("give --agent or --tenant, and not both")
    settings = load_settings()
    whose = f"agent {plain(agent)}" if agent else f"tenant {plain(tenant)}"
    rows, waiting = steering(settings, lambda on: _held(on, agent, tenant))
    if not rows:
        say(f"the outbox has no row of {whose}")
    else:
        removal = f"Remove {counted(rows, 'outbox row')} of {whose}?"
        require_yes(f"{removal} {waiting:,} of them are pending and will not be posted.", yes=yes)

    async def remove(outbox: Outbox) -> int:
        return await outbox.purge(agent or None, tenant or None)

    removed = tending(settings, remove)
    out.print(f"{removed} outbox {'row' if removed == 1 else 'rows'} removed.")


async def _held(on: OperatorActions, agent: str | None, tenant: str | None) -> tuple[int, int]:
    if agent:
        await warn_of_stranger(on, agent)
    return await on.held(agent or None, tenant or None)
