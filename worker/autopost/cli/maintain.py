"""`reconcile` and `purge`: finding what was missed, and removing what is held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from autopost.cli.console import counted, out, progress_bar
from autopost.cli.session import tending
from autopost.outbox.outbox import Outbox
from autopost.settings import load_settings
from autopost.worker.maintenance import reconcile_all, reconcile_window


def reconcile(
    everything: Annotated[bool, typer.Option("--all", help="Read the whole of operation_trackers.")] = False,
) -> None:
    """Capture what the trigger missed, in the next 1,000 blocks. Workers do so by themselves."""

    async def find(outbox: Outbox) -> int:
        return await (_with_bar(outbox) if everything else reconcile_window(outbox))

    found = tending(load_settings(), find)
    out.print(f"{found} missed {'operation' if found == 1 else 'operations'} captured.")


async def _with_bar(outbox: Outbox) -> int:
    with progress_bar() as bar:
        task = bar.add_task("reading operation_trackers", total=None)

        def tell(progress: Mapping[str, Any], found: int) -> None:
            description = f"{counted(progress['blocks'], 'block')}, {found:,} captured"
            bar.update(task, total=progress["blocks"], completed=progress["next_block"], description=description)

        return await reconcile_all(outbox, tell)


def purge(
    agent: Annotated[str | None, typer.Option(help="The id of an agent.")] = None,
    tenant: Annotated[str | None, typer.Option(help="The id of a tenant.")] = None,
) -> None:
    """Remove what the outbox holds of an agent or a tenant, also what still waits. Feed and audit log stay."""
    if bool(agent) == bool(tenant):
        raise typer.BadParameter("give --agent or --tenant, and not both")

    async def remove(outbox: Outbox) -> int:
        return await outbox.purge(agent or None, tenant or None)

    removed = tending(load_settings(), remove)
    out.print(f"{removed} outbox {'row' if removed == 1 else 'rows'} removed.")
