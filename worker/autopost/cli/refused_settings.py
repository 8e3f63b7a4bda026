"""What a worker or a migration refuses of settings that read well: tried here without a database."""

from __future__ import annotations

from collections.abc import Callable

from autopost.broadcast.from_settings import require_extra
from autopost.database.connection import connect_arguments
from autopost.database.migrate import given_mapping
from autopost.errors import ConfigurationError
from autopost.observability.tracing import require_otlp
from autopost.settings import PREFIX, Settings, libpq_problems
from autopost.webhooks.from_settings import webhooks_from_settings

_OF_REDACTION = (
    *("pii_allowlist", "redact_only", "redact_without", "redact_patterns_file", "redact_names_file", "ner_model"),
)


def refused_settings(settings: Settings) -> list[str]:
    """Return what would be refused later, each with the message of the code that refuses it.

    Left out is what only a database or a port knows. Loads patterns, names and models where some are set.
    """
    checks: list[Callable[[], object]] = [
        lambda: connect_arguments(settings, "config"),
        lambda: _page_connection(settings),
        lambda: given_mapping(settings),
        lambda: webhooks_from_settings(settings),
        lambda: _wording(settings),
        lambda: require_extra(settings),
        lambda: _certificates(settings),
        lambda: _traces(settings),
    ]
    problems = [problem for check in checks for problem in _refusal(check)]
    return [*libpq_problems(), *problems, *_redaction(settings)]


def _refusal(check: Callable[[], object]) -> list[str]:
    try:
        check()
    except ConfigurationError as error:
        return [str(error).replace("\n", "\n  ")]
    return []


def _page_connection(settings: Settings) -> None:
    if settings.page_database_url is None or not settings.page_is_on:
        return
    try:
        connect_arguments(settings.model_copy(update={"database_url": settings.page_database_url}), "config")
    except ConfigurationError as error:
        raise ConfigurationError(str(error).replace("DATABASE_URL", f"{PREFIX}PAGE_DATABASE_URL", 1)) from None


def _wording(settings: Settings) -> None:
    if settings.wording_file is not None:
        from autopost.processes.team_wording import read_wording

        read_wording(settings.wording_file)


def _certificates(settings: Settings) -> None:
    if settings.uses_llm:
        from autopost.writing.bounded_transport import certificates  # takes a second to load

        certificates()


def _traces(settings: Settings) -> None:
    if settings.wants_traces:
        require_otlp()


def _redaction(settings: Settings) -> list[str]:
    if not any(getattr(settings, name) for name in _OF_REDACTION):
        return []
    from autopost.processes.redactor import redaction_problems  # takes a second to load

    return redaction_problems(settings)
