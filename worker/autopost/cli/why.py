"""`why`: the whole story of one operation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from autopost.cli.console import Json, print_json, print_screen
from autopost.cli.session import load_settings, watching
from autopost.outbox.statements import Statements


def why(
    operation: Annotated[str, typer.Argument(help="The id of an operation or of its outbox row.")],
    as_json: Json = False,
) -> None:
    """Explain one operation: when and by which rule it was captured, its outcome and the reason."""
    from autopost.cli.why_screen import why_screen
    from autopost.outbox.history import read_story
    from autopost.outbox.operator import OperatorActions

    settings = load_settings()

    async def show(statements: Statements) -> None:
        story = await read_story(statements, await OperatorActions(statements).tracker_of(operation))
        if as_json:
            print_json(asdict(story))
        else:
            print_screen(why_screen(story))

    watching(settings, show)
