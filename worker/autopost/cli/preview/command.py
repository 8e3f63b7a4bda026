"""The command `autopost preview`: its options, and the steps from the platform's tables to the screen."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autopost.cli.console import Json, number, print_json, print_screen
from autopost.cli.session import load_settings, on_connection, run
from autopost.errors import ConfigurationError

if TYPE_CHECKING:
    from autopost.cli.preview.report import Report
    from autopost.cli.preview.write import Texts
    from autopost.cli.sampling.platform import Platform
    from autopost.cli.sampling.sample import Sample
    from autopost.cli.session import Connection
    from autopost.settings import Settings

MOST_OPERATIONS = 10_000
NEWEST = 200


def preview(
    newest: Annotated[
        int, typer.Option("--newest", "-n", help="How many operations to read.", **number(int, 1, MOST_OPERATIONS))
    ] = NEWEST,
    llm: Annotated[
        bool, typer.Option("--llm", help="Have the model write the posts: [bold]redacted texts are sent to it[/bold].")
    ] = False,
    wording: Annotated[
        Path | None,
        typer.Option("--wording", metavar="FILE", help="A wording file to try instead of SOCIAL_POST_WORDING_FILE."),
    ] = None,
    show_all: Annotated[bool, typer.Option("--all", help="Show every post, not only the newest.")] = False,
    as_json: Json = False,
) -> None:
    """Show what would be posted of the platform's newest operations, and why others would not. Writes nothing.

    Needs no installation. Reads the platform's tables in a read-only transaction, with the mapping that
    SOCIAL_POST_MAPPING_FILE names, if any. In an installation it uses the installed rules, pauses and mapping.
    """
    from autopost.observability.logs import configure_logs

    settings = load_settings()
    configure_logs(settings)
    settings = settings.model_copy(
        update={"llm_enabled": llm, "wording_file": settings.wording_file if wording is None else wording}
    )
    if llm and not settings.uses_llm:
        raise ConfigurationError("OPENAI_API_KEY: not set; --llm needs it")
    report = _report(settings, newest)
    if as_json:
        print_json(report.as_json())
        return
    from autopost.cli.preview.screen import preview_screen

    print_screen(preview_screen(report, show_all=show_all))


def _report(settings: Settings, newest: int) -> Report:
    from autopost.cli.preview.write import Texts
    from autopost.processes.redactor import build_redactor  # takes a second to load
    from autopost.processes.team_wording import read_wording

    wording = read_wording(settings.wording_file)
    platform, sample, names = on_connection(settings, "preview", lambda connection: _read(connection, settings, newest))
    texts = Texts(settings, build_redactor(settings, names), wording)
    return run(decided_report(settings, platform, sample, texts))


async def _read(connection: Connection, settings: Settings, newest: int) -> tuple[Platform, Sample, list[str]]:
    from autopost.cli.sampling.platform import find_platform
    from autopost.cli.sampling.sample import read_sample
    from autopost.database.migrate import given_mapping
    from autopost.processes.user_names import names_at_start

    platform = await find_platform(connection, settings, given_mapping(settings))
    names = await names_at_start(connection, settings)
    return platform, await read_sample(connection, platform, newest), names


async def decided_report(settings: Settings, platform: Platform, sample: Sample, texts: Texts) -> Report:
    """Return what would become of sampled operations. Holds no connection to the database."""
    from autopost.cli.preview.report import report_of
    from autopost.cli.preview.timeline import Timeline
    from autopost.worker.alert_storm import AlertLimit

    window = timedelta(minutes=settings.rate_limit_minutes)
    types = await asyncio.to_thread(texts.types, {each.operation.operation_type for each in sample.operations})
    timeline = Timeline(
        sample,
        types,
        texts.from_template,
        window,
        AlertLimit(settings.alert_burst, window),
        datetime.now(UTC),
        settings.digest,
    )
    decided = await asyncio.to_thread(timeline.decide)
    if settings.uses_llm:
        decided = await texts.rewritten(decided)
    decided, summaries = texts.with_digests(decided), texts.with_digests(timeline.summaries)
    return await asyncio.to_thread(report_of, platform, sample, decided, summaries, texts)
