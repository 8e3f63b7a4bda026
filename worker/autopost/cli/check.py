"""`check`: what is right and what is wrong with an installation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from autopost.cli.console import Json, out, print_json, terminal_columns
from autopost.cli.session import load_settings, run, trouble
from autopost.cli.stdio import leave_stdout


def check(
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 5 for a warning, too.")] = False,
    ask: Annotated[bool, typer.Option("--ask/--no-ask", help="Whether to send one test request to the LLM.")] = True,
    as_json: Json = False,
) -> None:
    """Check this installation, and print what to do for each finding. Exits with 5 for a problem."""
    from autopost.cli.checking import check_screen, require_health, run_check, worst
    from autopost.webhooks.from_settings import webhooks_from_settings

    settings = load_settings()
    webhooks_from_settings(settings)  # a worker would not start

    async def look() -> None:
        findings = await run_check(settings, ask=ask)
        try:
            if as_json:
                print_json({"level": worst(findings), "findings": [asdict(finding) for finding in findings]})
            else:
                out.print(check_screen(findings, terminal_columns()))
        except BrokenPipeError:
            leave_stdout()
        except OSError as error:
            raise trouble(error) from None
        require_health(findings, strict=strict)

    run(look())
