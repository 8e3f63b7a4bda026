"""`simulate`: load for a trial, and its outcomes."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, astuple
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from autopost.cli.console import (
    INTERRUPTED,
    Json,
    Yes,
    counted,
    number,
    out,
    print_json,
    print_screen,
    progress_bar,
    require_yes,
    say,
)
from autopost.cli.session import load_settings, on_pool
from autopost.database.sql import Schemas

if TYPE_CHECKING:
    import asyncpg

    from autopost.cli.simulation.load import Outcomes, Simulation
    from autopost.cli.simulation.stage import Made
    from autopost.settings import Settings

MOST_OPERATIONS = 100_000
T = TypeVar("T")


def simulate(
    rate: Annotated[float, typer.Option(help="Operations a second.", **number(float, 0.1, 1000))] = 5.0,
    agents: Annotated[int, typer.Option(help="The number of agents.", **number(int, 1, 1000))] = 10,
    duration: Annotated[float, typer.Option(help="Seconds to run.", **number(float, 0.1, 86_400))] = 10.0,
    wait: Annotated[
        float, typer.Option(help="Seconds to wait for outcomes afterwards.", **number(float, 0, 3600))
    ] = 30.0,
    clean: Annotated[
        bool, typer.Option("--clean", help="Only remove what earlier simulations wrote. The audit log stays.")
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Generate synthetic operations for load testing, beside a worker, and report their outcomes.

    Some texts contain made-up personal data, to show redaction. The rate limit applies: with few agents most operations
    are skipped. Ctrl-C ends it and prints the figures so far.
    """
    from autopost.cli.simulation import stage
    from autopost.cli.simulation.load import Simulation
    from autopost.cli.simulation.report import facts, report

    if rate * duration > MOST_OPERATIONS:
        raise typer.BadParameter(
            f"rate and duration make {rate * duration:,.0f} operations; at most {MOST_OPERATIONS:,}"
        )
    settings = load_settings()
    before = _with_pool(settings, stage.look)
    if clean:
        _clean(settings, yes=yes, as_json=as_json)
        return
    if before.holds_others:
        require_yes("operation_trackers holds operations that no simulation made. Simulate beside them?", yes=yes)
    if not before.workers:
        say("no worker is alive, so nothing will be posted: start one with `autopost run`")

    async def act(pool: asyncpg.Pool[asyncpg.Record], schemas: Schemas) -> None:
        simulation = Simulation(pool, schemas, agents)
        with _ctrl_c(simulation.stop):
            reached, outcomes = await _perform(simulation, rate, duration, wait)
        if as_json:
            print_json(facts(simulation, outcomes, reached))
        else:
            print_screen(report(simulation, outcomes, reached))
        if simulation.is_stopped:
            say(_what_runs_on(outcomes))
            raise typer.Exit(INTERRUPTED)

    try:
        _with_pool(settings, act)
    finally:
        say("autopost simulate --clean removes what simulations made.")


async def _perform(simulation: Simulation, rate: float, duration: float, wait: float) -> tuple[float, Outcomes]:
    """Simulate and wait, with a bar; return the rate that was reached and the outcomes of the operations."""
    await simulation.bring_agents()
    with progress_bar() as bar:
        task = bar.add_task("working", total=max(1, round(rate * duration)))
        reached = await simulation.work(rate, duration, lambda: bar.advance(task))

        def tell(outcomes: Outcomes) -> None:
            done = outcomes.captured - outcomes.waiting
            bar.update(task, description="waiting for outcomes", total=outcomes.captured, completed=done)

        return reached, await simulation.settle(wait, tell)


@contextlib.contextmanager
def _ctrl_c(react: Callable[[], None]) -> Iterator[None]:
    """Have the first Ctrl-C do this and nothing else; the second ends the program as before."""
    loop = asyncio.get_running_loop()

    def first() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        react()

    with contextlib.suppress(NotImplementedError):  # where a loop cannot, Ctrl-C ends the program at once
        loop.add_signal_handler(signal.SIGINT, first)
    yield


def _what_runs_on(outcomes: Outcomes) -> str:
    if not outcomes.waiting:
        return "Ended by Ctrl-C: what was begun is done, and nothing runs on."
    wait = counted(outcomes.waiting, "operation waits", "operations wait")
    return f"Ended by Ctrl-C: what was begun is done; {wait} in the outbox, and workers go on with that."


def _clean(settings: Settings, *, yes: bool, as_json: bool) -> None:
    from autopost.cli.simulation import stage

    found = _with_pool(settings, stage.count)
    if any(astuple(found)):
        require_yes(f"Remove {_made(found)}?", yes=yes)
    cleaned = _with_pool(settings, stage.clean)
    if as_json:
        print_json(asdict(cleaned))
        return
    out.print(f"{_made(cleaned)} removed; the audit log stays.")


def _made(made: Made) -> str:
    parts = (
        counted(made.operations, "operation"),
        counted(made.posts, "post"),
        counted(made.agents, "agent"),
        counted(made.outbox, "outbox row"),
    )
    return ", ".join(parts)


def _with_pool(settings: Settings, act: Callable[[asyncpg.Pool[asyncpg.Record], Schemas], Awaitable[T]]) -> T:
    from autopost.cli.simulation.load import CONNECTIONS

    return on_pool(settings, "simulate", CONNECTIONS, act)
