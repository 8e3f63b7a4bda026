"""All settings, put together from the modules of each subject."""

from __future__ import annotations

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from autopost.settings.addresses import AddressSettings
from autopost.settings.broadcast import Broadcast, BroadcastSettings
from autopost.settings.database import DatabaseSettings
from autopost.settings.field import PREFIX, Group
from autopost.settings.http import HttpSettings
from autopost.settings.llm import LlmSettings
from autopost.settings.redaction import RedactionSettings
from autopost.settings.toml_file import FileSettings, FileSource
from autopost.settings.tracing import TracingSettings
from autopost.settings.webhooks import WebhookSettings
from autopost.settings.wording import WordingSettings
from autopost.settings.worker import LogFormat, WorkerSettings

__all__ = ["PREFIX", "SUBJECTS", "Broadcast", "LogFormat", "Settings"]

# By subject, in the order of the reference.
SUBJECTS: dict[str, type[Group]] = {
    "Database": DatabaseSettings,
    "Language model": LlmSettings,
    "Wording": WordingSettings,
    "Redaction": RedactionSettings,
    "Worker": WorkerSettings,
    "HTTP server": HttpSettings,
    "Addresses": AddressSettings,
    "Broadcast": BroadcastSettings,
    "Webhooks": WebhookSettings,
    "Tracing": TracingSettings,
    "Settings file": FileSettings,
}


class Settings(
    FileSettings,
    TracingSettings,
    WebhookSettings,
    BroadcastSettings,
    AddressSettings,
    HttpSettings,
    WorkerSettings,
    RedactionSettings,
    WordingSettings,
    LlmSettings,
    DatabaseSettings,
):
    """All settings, each with its variable, meaning and allowed values."""

    @property
    def broadcasts(self) -> bool:
        """Return whether posts are appended to the broadcast log, for a transport or for webhooks."""
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
        """Return the sources of values; the first that has a value wins."""
        return init_settings, env_settings, FileSource(settings_cls)
