"""The settings of autopost, from the environment and a file; no other package reads the environment.

A module for each subject defines its settings, definitions.py puts them together. loading.py loads them and reports
every problem at once; toml_file.py reads the settings file.
"""

from __future__ import annotations

from autopost.settings.definitions import PREFIX, SUBJECTS, Broadcast, LogFormat, Settings
from autopost.settings.libpq import libpq_problems
from autopost.settings.loading import (
    database_is_set,
    invalid_configuration,
    load_settings,
    settings_file,
    source_of,
)

__all__ = [
    "PREFIX",
    "SUBJECTS",
    "Broadcast",
    "LogFormat",
    "Settings",
    "database_is_set",
    "invalid_configuration",
    "libpq_problems",
    "load_settings",
    "settings_file",
    "source_of",
]
