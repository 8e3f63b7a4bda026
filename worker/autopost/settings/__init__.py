"""The settings of autopost, from the environment and a file; no other package reads the environment.

definitions.py puts the settings together, a module for each subject; loading.py reads them and reports every problem.
"""

from __future__ import annotations

from autopost.settings.definitions import PREFIX, SUBJECTS, Broadcast, LogFormat, Settings
from autopost.settings.loading import (
    database_is_set,
    libpq_problems,
    load_settings,
    not_usable,
    settings_file,
    source_of,
    unknown_variables,
)

__all__ = [
    "PREFIX",
    "SUBJECTS",
    "Broadcast",
    "LogFormat",
    "Settings",
    "database_is_set",
    "libpq_problems",
    "load_settings",
    "not_usable",
    "settings_file",
    "source_of",
    "unknown_variables",
]
