"""Look at the file of the team's wording, and at the rules that its templates name."""

from __future__ import annotations

import asyncio

from autopost.cli.checking.finding import Finding, ok, problem, warning
from autopost.cli.console import counted
from autopost.cli.sampling.platform import Connection
from autopost.database.errors import DATABASE_ERRORS
from autopost.database.sql import Schemas, query
from autopost.errors import ConfigurationError
from autopost.processes.team_wording import SUBJECT, VARIABLE, first_problem, read_wording
from autopost.settings import Settings
from autopost.writing.voice import DEFAULT, Voice

_TRY = "autopost preview --wording"


async def team_wording(connection: Connection, settings: Settings, schemas: Schemas) -> list[Finding]:
    """Return how the file is; nothing where none is set."""
    path = settings.wording_file
    if path is None:
        return []
    try:
        wording = await asyncio.to_thread(read_wording, path)
    except ConfigurationError as error:
        finding = f"{path} is invalid: {first_problem(error)}: workers that start with it do not start, others go on"
        return [problem(SUBJECT, finding, f"{_TRY} {path}  # names every problem")]
    try:
        rules = {row["id"]: row["enabled"] for row in await connection.fetch(query("cli/rules", schemas))}
    except DATABASE_ERRORS:
        rules = dict.fromkeys(wording.rules, True)  # the other findings say why
    unused = sorted(id_ for id_ in wording.rules if not rules.get(id_))
    if unused:
        named = ", ".join(map(str, unused))
        return [warning(SUBJECT, f"{path} has templates of rules that are off or unknown: {named}", "autopost rules")]
    return [ok(SUBJECT, f"{counted(len(wording.entries), 'template')} in {VARIABLE}")]


def team_voice(settings: Settings) -> Voice:
    """Return the voice in the file, the default one where the file is invalid."""
    try:
        return read_wording(settings.wording_file).voice
    except ConfigurationError:
        return DEFAULT
