"""Messages for chats, in which a text of an agent shows as it is, and what a chat's answer says. Pure.

Texts of agents are hostile: no markup, mention, link behind other words or emoji code in them takes effect. Characters
that a chat interprets are escaped as its documentation says. Where it has no escape, an invisible word joiner is put
behind them.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autopost.broadcast.event import BroadcastEvent
from autopost.webhooks.webhook import WebhookKind

MAX_NAME_CHARACTERS = 80
MAX_TEXT_CHARACTERS = 800  # a post has 280; escaped, both stay below Discord's 2,000
MAX_DISCORD_CHARACTERS = 2_000
OPEN = "Open"  # what a link is called; of its address, which is percent-encoded, nothing takes effect in a chat
ALERT_MARK = "\N{POLICE CARS REVOLVING LIGHT} "
MOST_SLACK_CHARACTERS = 3_000  # of a block's text
SUPPRESS_EMBEDS = 1 << 2  # Discord: no preview of what a link leads to
_JOINER = "\N{WORD JOINER}"
_DISCORD_ESCAPES = re.compile(r"[\\`*_~|<>@\[\]()#+.-]|:(?=\S)")
_CALLS = re.compile(r"[@:](?=\S)")  # mentions and emoji codes
# What Mattermost's parser unescapes, and what else it interprets: mentions, emoji codes and emoticons, line starts.
_MATTERMOST_ESCAPES = re.compile(r"[\\`*{}\[\]()#+\-.!_>~|]")
_MATTERMOST_CALLS = re.compile(r"[@:&<=;](?=\S)|\n")
_TEAMS_FUNCTIONS = re.compile(r"\{(?=\{)|\$(?=\{)")  # such as {{DATE(...)}}
# A reason that a service gives: a code such as channel_is_archived where an answer is nothing else, or a few words.
_CODE = re.compile(r"[a-z]+(_[a-z]+){1,7}")
_REASON = re.compile(r"[A-Za-z][A-Za-z0-9_. ]{1,79}")


@dataclass(frozen=True, slots=True)
class Chat:
    """How a chat is spoken to: the message for an event, whether an answer is its success, and where its reason is."""

    message: Callable[[BroadcastEvent], Mapping[str, Any]]
    is_taken: Callable[[bytes], bool]
    reason: Callable[[Any], object] | None = None  # of an answer in JSON; None: the text itself


def slack_message(event: BroadcastEvent) -> Mapping[str, Any]:
    """Return a block of plain text: https://docs.slack.dev/reference/block-kit/composition-objects/text-object.

    &, < and > are escaped in any text: https://docs.slack.dev/messaging/formatting-message-text. Notifications show
    `text`. Links are not fetched.
    """
    shown = for_slack(line(event))
    return slack_block(shown, without_calls(shown), event.link)


def slack_block(shown: str, notification: str, link: str | None = None) -> Mapping[str, Any]:
    """Return a message with one block of plain text, a link, and the text of its notification."""
    blocks: list[Mapping[str, Any]] = [
        {"type": "section", "text": {"type": "plain_text", "text": shown, "emoji": False}}
    ]
    if link is not None:
        markup = f"<{html.escape(link, quote=False)}|{OPEN}>"
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": markup}]})
    return {
        "text": notification,
        "mrkdwn": False,
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def teams_message(event: BroadcastEvent) -> Mapping[str, Any]:
    """Return an adaptive card, as a workflow for Teams takes it; text runs have no Markdown.

    https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using and
    https://learn.microsoft.com/adaptive-cards/schema-explorer/text-run.
    """
    runs = (
        {"type": "TextRun", "text": f"{_mark(event)}{for_teams(_who(event))}", "weight": "Bolder"},
        {"type": "TextRun", "text": f": {for_teams(_what(event))}"},
    )
    return teams_card([{"type": "RichTextBlock", "inlines": list(runs)}], event.link)


def teams_card(body: Sequence[Mapping[str, Any]], link: str | None = None) -> Mapping[str, Any]:
    """Return an adaptive card with these elements and a link."""
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": list(body),
        **({"actions": [{"type": "Action.OpenUrl", "title": OPEN, "url": link}]} if link else {}),
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def discord_message(event: BroadcastEvent) -> Mapping[str, Any]:
    """Return the message of https://discord.com/developers/docs/resources/webhook#execute-webhook."""
    return discord_content(for_discord(line(event)), event.link)


def discord_content(content: str, link: str | None = None) -> Mapping[str, Any]:
    """Return a message with a content in which no mention takes effect, and a link if there is room."""
    if link is not None and len(content) + len(link) + 3 <= MAX_DISCORD_CHARACTERS:
        content += f"\n<{link}>"
    return {"content": content, "allowed_mentions": {"parse": []}, "flags": SUPPRESS_EMBEDS}


def google_chat_message(event: BroadcastEvent) -> Mapping[str, Any]:
    """Return a card, whose text is HTML: a text message's markup cannot be escaped.

    https://developers.google.com/workspace/chat/format-messages#card-formatting. Notifications show `fallbackText`.
    """
    return google_chat_card("post", _mark(event) + _who(event), [_what(event)], event.link)


def google_chat_card(card_id: str, heading: str, texts: Sequence[str], link: str | None = None) -> Mapping[str, Any]:
    """Return a card with a heading, paragraphs and a link."""
    widgets: list[Mapping[str, Any]] = [{"textParagraph": {"text": html.escape(text, quote=False)}} for text in texts]
    if link is not None:
        widgets.append({"buttonList": {"buttons": [{"text": OPEN, "onClick": {"openLink": {"url": link}}}]}})
    card = {"header": {"title": heading}, "sections": [{"widgets": widgets}]}
    return {"fallbackText": f"{heading}: {texts[0]}", "cardsV2": [{"cardId": card_id, "card": card}]}


def mattermost_message(event: BroadcastEvent) -> Mapping[str, Any]:
    """Return the message of https://developers.mattermost.com/integrate/webhooks/incoming: its text is Markdown."""
    return mattermost_text(for_mattermost(line(event)), event.link)


def mattermost_text(text: str, link: str | None = None) -> Mapping[str, Any]:
    """Return a message with a text in which no mention takes effect, and a link."""
    if link is not None:
        address = link.replace("(", "%28").replace(")", "%29")
        text += f"\n[{OPEN}]({address})"
    return {"text": text, "props": {"disable_mentions": True}}


def for_slack(text: str) -> str:
    """Return a text as Slack shows it in plain text."""
    return html.escape(text, quote=False)


def without_calls(text: str) -> str:
    """Return a text in which no mention and no emoji code takes effect."""
    return _CALLS.sub(_joined, text)


def for_teams(text: str) -> str:
    """Return a text as Teams shows it in a text run."""
    return _TEAMS_FUNCTIONS.sub(_joined, text)


def for_discord(text: str) -> str:
    """Return a text as Discord shows it."""
    return _DISCORD_ESCAPES.sub(r"\\\g<0>", text)


def for_mattermost(text: str) -> str:
    """Return a text as Mattermost shows it."""
    return _MATTERMOST_ESCAPES.sub(r"\\\g<0>", _MATTERMOST_CALLS.sub(_joined, text))


CHATS: Mapping[WebhookKind, Chat] = {
    WebhookKind.SLACK: Chat(slack_message, lambda body: body.strip() == b"ok"),
    WebhookKind.TEAMS: Chat(
        teams_message, lambda body: b"delivery failed" not in body, lambda answer: answer["error"]["code"]
    ),
    WebhookKind.DISCORD: Chat(discord_message, lambda body: "id" in _object(body), lambda answer: answer["message"]),
    WebhookKind.GOOGLE_CHAT: Chat(
        google_chat_message, lambda body: "name" in _object(body), lambda answer: answer["error"]["status"]
    ),
    WebhookKind.MATTERMOST: Chat(mattermost_message, lambda body: body.strip() == b"ok", lambda answer: answer["id"]),
}


def reason_of(chat: Chat, body: bytes, hidden: str) -> str | None:
    """Return the reason that an answer gives, if it is a plain one, and nothing of what is not to be shown."""
    pattern = _CODE if chat.reason is None else _REASON
    try:
        reason = body.decode() if chat.reason is None else chat.reason(json.loads(body))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    reason = reason.strip() if isinstance(reason, str) else ""
    return reason if pattern.fullmatch(reason) and reason not in hidden else None


def line(event: BroadcastEvent) -> str:
    """Return who posted what, as plain text."""
    return f"{_mark(event)}{_who(event)}: {_what(event)}"


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _mark(event: BroadcastEvent) -> str:
    return ALERT_MARK if event.is_alert else ""


def _who(event: BroadcastEvent) -> str:
    return _cut(" ".join((event.agent_name or event.agent_id or "An agent").split()), MAX_NAME_CHARACTERS)


def _what(event: BroadcastEvent) -> str:
    text = _cut(event.content, MAX_TEXT_CHARACTERS)
    return text if event.beside is None else f"{text} ({event.beside})"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _joined(found: re.Match[str]) -> str:
    return found[0] + _JOINER
