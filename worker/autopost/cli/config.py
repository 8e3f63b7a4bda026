"""`config`: every setting, what it is, where that comes from, and what it means."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from autopost.cli.console import Json, print_json, print_screen, say
from autopost.cli.session import load_settings


def config(
    changed: Annotated[bool, typer.Option("--changed", help="Only settings that differ from their defaults.")] = False,
    as_json: Json = False,
) -> None:
    """Print every setting: its value, where that comes from, and what it means. Secrets are hidden.

    Names each setting that a worker would reject, and then exits with 2.
    """
    from autopost.cli.config_screen import config_screen, secrets_may_be_read_by_all, settings_now
    from autopost.cli.refused_settings import refused_settings
    from autopost.settings import invalid_configuration, settings_file

    settings, file = load_settings(require_database=False), settings_file()
    found = [setting for setting in settings_now(settings, file) if not changed or setting.source != "default"]
    if as_json:
        for setting in found:
            print_json(asdict(setting))
    else:
        if found:
            print_screen(config_screen(found))
        say("A changed setting takes effect when the process that reads it restarts; nothing is rebuilt.")
        if file.path is not None and secrets_may_be_read_by_all(file):
            say(f"{file.path} holds a secret and everybody may read it: chmod o-r {file.path}")
    problems = refused_settings(settings)
    if problems:
        raise invalid_configuration(problems)
