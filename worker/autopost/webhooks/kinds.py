"""The services that webhooks send to: how their addresses are recognized, and how fast they take messages. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult

from autopost.webhooks.webhook import WebhookKind

MAIL_SCHEMES = ("smtp", "smtps")


@dataclass(frozen=True, slots=True)
class Service:
    """What is known of a kind of target.

    `host` and `path` match addresses of incoming webhooks. An address whose host matches belongs to no other kind; a
    service that anyone can run has no `host`, and is recognized by its path alone. A target with a pace gets one
    message at a time.
    """

    title: str
    example: str
    pace_seconds: float
    host: re.Pattern[str] | None = None
    path: re.Pattern[str] | None = None


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# Paces: Slack takes one message a second (https://docs.slack.dev/apis/web-api/rate-limits), a channel of Discord 30 a
# minute (https://discord.com/developers/docs/topics/rate-limits), a space of Google Chat one a second
# (https://developers.google.com/workspace/chat/limits), Teams four, and a workflow what its plan allows
# (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).
SERVICES: dict[WebhookKind, Service] = {
    WebhookKind.SLACK: Service(
        "Slack",
        "https://hooks.slack.com/services/...",
        1.0,
        _compiled(r"hooks\.slack(-gov)?\.com"),
        _compiled(r"/services/.+"),
    ),
    WebhookKind.TEAMS: Service(
        "Microsoft Teams",
        "https://....powerplatform.com/... or https://....logic.azure.com/...",
        1.0,
        _compiled(
            r".+\.logic\.azure\.(com|us|cn)|(.+\.)?powerplatform\.(com|us|cn|microsoft\.us|partner\.microsoftonline\.cn)"
            r"|.+\.powerautomate\.com|.+\.webhook\.office\.com|outlook\.office(365)?\.com"
        ),
    ),
    WebhookKind.DISCORD: Service(
        "Discord",
        "https://discord.com/api/webhooks/..., without /slack or /github at its end",
        2.0,
        _compiled(r"((ptb|canary|www)\.)?discord(app)?\.com"),
        _compiled(r"/api/(v\d+/)?webhooks/\d+/[^/]+/?"),
    ),
    WebhookKind.GOOGLE_CHAT: Service(
        "Google Chat",
        "https://chat.googleapis.com/v1/spaces/.../messages?key=...&token=...",
        1.0,
        _compiled(r"chat\.googleapis\.com"),
        _compiled(r"/v1/spaces/[^/]+/messages"),
    ),
    WebhookKind.MATTERMOST: Service(
        "Mattermost", "https://mattermost.example.com/hooks/...", 0.2, path=_compiled(r"(/.*)?/hooks/[a-z0-9]{26}/?")
    ),
    WebhookKind.EMAIL: Service("e-mail", "smtp://mail.example.com:587", 1.0),
    WebhookKind.WEBHOOK: Service("a signed webhook", "https://...", 0.0),
}


def kind_of(parts: SplitResult) -> WebhookKind | None:
    """Return which kind an address is of, as far as it says so itself."""
    if parts.scheme in MAIL_SCHEMES:
        return WebhookKind.EMAIL
    found = (kind for kind, service in SERVICES.items() if _is_of(service, parts))
    return next(found, None)


def contradiction(kind: WebhookKind, parts: SplitResult) -> str | None:
    """Return why an address cannot be one of this kind, and what to do; None if it can.

    The path of a service that anyone can run may be that of a receiver of signed messages too.
    """
    actual = kind_of(parts)
    if WebhookKind.EMAIL in (kind, actual) and kind is not actual:
        return f"expected: smtp:// or smtps:// for {WebhookKind.EMAIL}, https:// for any other kind"
    if actual not in (None, kind) and not (kind is WebhookKind.WEBHOOK and SERVICES[actual].host is None):
        return f'it is an address of {SERVICES[actual].title}; expected: kind = "{actual}", or no kind'
    return None


def misdirection(kind: WebhookKind, parts: SplitResult) -> str | None:
    """Return what is wrong with an address of this kind's service that is not an incoming webhook."""
    service = SERVICES[kind]
    if service.host is None or service.path is None or not service.host.fullmatch(parts.hostname or ""):
        return None
    is_sound = service.path.fullmatch(parts.path)
    return None if is_sound else f"not an incoming webhook of {service.title}; expected: {service.example}"


def _is_of(service: Service, parts: SplitResult) -> bool:
    if service.host is not None:
        return service.host.fullmatch(parts.hostname or "") is not None
    return service.path is not None and service.path.fullmatch(parts.path) is not None
