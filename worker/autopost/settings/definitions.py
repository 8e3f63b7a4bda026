"""What can be set: each setting with its variable, its meaning and what is allowed, a module a subject."""

from __future__ import annotations

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from autopost.settings.broadcast import Broadcast, BroadcastSettings
from autopost.settings.database import DatabaseSettings
from autopost.settings.field import PREFIX, Group
from autopost.settings.http import HttpSettings
from autopost.settings.llm import LlmSettings
from autopost.settings.redaction import RedactionSettings
from autopost.settings.toml_file import FileSettings, FileSource
from autopost.settings.tracing import TracingSettings
from autopost.settings.webhooks import WebhookSettings
from autopost.settings.worker import LogFormat, WorkerSettings

__all__ = ["PREFIX", "SUBJECTS", "Broadcast", "LogFormat", "Settings"]

# By subject, in the order of the reference.
SUBJECTS: dict[str, type[Group]] = {
    "Database": DatabaseSettings,
    "Language model": LlmSettings,
    "Redaction": RedactionSettings,
    "Worker": WorkerSettings,
    "Monitoring and the page": HttpSettings,
    "Announcing posts": BroadcastSettings,
    "Hooks": WebhookSettings,
    "Traces": TracingSettings,
    "Settings": FileSettings,
}


class Settings(
    FileSettings,
    TracingSettings,
    WebhookSettings,
    BroadcastSettings,
    HttpSettings,
    WorkerSettings,
    RedactionSettings,
    LlmSettings,
    DatabaseSettings,
):
    """Everything that can be set, each with its variable, meaning, and allowed values."""

    @property
    def announces(self) -> bool:
        """Tell whether posts are written to the log of announcements: for a carrier, or for hooks."""
        return self.broadcast is not Broadcast.NONE or self.webhooks_file is not None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where values come from; the first that has one wins."""
        return init_settings, env_settings, FileSource(settings_cls)
