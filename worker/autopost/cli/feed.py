"""`feed`: what was posted, and what was not and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from autopost.cli.console import Json, err, number, out, print_json, terminal_columns
from autopost.cli.session import load_settings, watching
from autopost.outbox.statements import Statements

if TYPE_CHECKING:
    from autopost.outbox.outcomes import Outcome


def feed(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Keep showing new ones, until Ctrl-C.")] = False,
    limit: Annotated[
        int, typer.Option("--limit", "-n", help="How many of the newest to show.", **number(int, 1, 10_000))
    ] = 20,
    posts_only: Annotated[bool, typer.Option("--posts", help="Show posts only.")] = False,
    agent: Annotated[str | None, typer.Option(metavar="ID", help="Show only those of the agent with this id.")] = None,
    as_json: Json = False,
) -> None:
    """Show the newest posts, and what was not posted and why."""
    from autopost.cli.screen import outcome_text, plain
    from autopost.outbox.outcomes import MOST_ROWS, follow_outcomes, read_outcomes

    settings = load_settings()

    async def show(statements: Statements) -> None:
        if follow:
            async for outcome in follow_outcomes(statements, limit, posts_only=posts_only, agent=agent):
                show_one(outcome)
        else:
            outcomes = await read_outcomes(statements, limit, rows=MOST_ROWS, posts_only=posts_only, agent=agent)
            for outcome in reversed(outcomes):
                show_one(outcome)
            if not outcomes:
                whose = "" if agent is None else f" of agent {plain(agent)}"
                err.print(f"nothing yet: no operation{whose} has an outcome", markup=False)

    def show_one(outcome: Outcome) -> None:
        if as_json:
            print_json(outcome_as_json(outcome))
        else:
            out.print(outcome_text(outcome, terminal_columns()))

    watching(settings, show, without_end=follow)


def outcome_as_json(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome with the field names of `feed --json`. A post that is no longer in the feed has no type."""
    post_type = "alert" if outcome.is_alert else "status"
    return {
        "id": outcome.id,
        "occurred_at": outcome.occurred_at,
        "outcome": outcome.outcome,
        "agent": outcome.agent,
        "maturity": outcome.maturity,
        "operation_type": outcome.operation_type,
        "status": outcome.status,
        "tracker_id": outcome.tracker_id,
        "why": outcome.why,
        "generator": outcome.generator,
        "post_type": None if outcome.content is None else post_type,
        "content": outcome.content,
        "title": outcome.title,
        "digest": None if outcome.digest is None else outcome.digest.facts,
    }
