"""What can be set: each setting with its variable, its meaning and what is allowed, a module a subject."""

from __future__ import annotations

from autopost.setting_definitions.database import DatabaseSettings
from autopost.setting_definitions.field import PREFIX, Group
from autopost.setting_definitions.llm import LlmSettings
from autopost.setting_definitions.redaction import RedactionSettings
from autopost.setting_definitions.worker import LogFormat, WorkerSettings

__all__ = ["PREFIX", "SUBJECTS", "LogFormat", "Settings"]

# By subject, in the order of the reference.
SUBJECTS: dict[str, type[Group]] = {
    "Database": DatabaseSettings,
    "Language model": LlmSettings,
    "Redaction": RedactionSettings,
    "Worker": WorkerSettings,
}


class Settings(WorkerSettings, RedactionSettings, LlmSettings, DatabaseSettings):
    """Everything that can be set, each with its variable, meaning, and allowed values."""
