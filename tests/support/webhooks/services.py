"""Slack, Teams, Discord, Google Chat and Mattermost as their documentation describes them: what they answer and show.

An answer is as strict as the service's; `shown` is what people would see. Where a text would take effect as markup, a
mention, a link behind other words or an emoji, it raises AssertionError. The pages:

- Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (answers and reasons),
  https://docs.slack.dev/reference/block-kit/composition-objects/text-object,
  https://docs.slack.dev/messaging/formatting-message-text
- Teams: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
  (attachments), https://learn.microsoft.com/adaptive-cards/schema-explorer/text-run (no Markdown),
  https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features (dates)
- Discord: https://discord.com/developers/docs/resources/webhook#execute-webhook,
  https://discord.com/developers/docs/reference#message-formatting
- Google Chat: https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages (fields),
  https://developers.google.com/workspace/chat/format-messages#card-formatting
- Mattermost: https://developers.mattermost.com/integrate/webhooks/incoming (answers and fields),
  https://docs.mattermost.com/collaborate/format-messages.html
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.webhooks.receiver import Answer

JOINER = "\u2060"  # cannot be seen
_HELD = 0xF0000  # where escaped characters are put meanwhile
_SLACK_FIELDS = {
    "text",
    "blocks",
    "mrkdwn",
    "unfurl_links",
    "unfurl_media",
    "attachments",
    "thread_ts",
    "response_type",
}
_GOOGLE_FIELDS: Mapping[str, set[str]] = {
    "": {"text", "fallbackText", "cardsV2", "thread", "actionResponse", "accessoryWidgets", "attachment"},
    "cardsV2": {"cardId", "card"},
    "card": {"header", "sections", "name", "sectionDividerStyle", "cardActions", "displayStyle"},
    "header": {"title", "subtitle", "imageType", "imageUrl", "imageAltText"},
    "sections": {"header", "widgets", "collapsible", "uncollapsibleWidgetsCount"},
    "widgets": {"textParagraph", "decoratedText", "divider", "buttonList"},
    "buttonList": {"buttons"},
    "buttons": {"text", "icon", "color", "onClick", "disabled", "altText", "type"},
    "onClick": {"action", "openLink", "openDynamicLinkAction", "card", "overflowMenu"},
    "openLink": {"url", "openAs", "onClose"},
    "textParagraph": {"text", "maxLines", "textSyntax"},
}


def _json(status: int, value: object) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(value).encode())


def slack(path: str, body: Any) -> Answer:
    """Answer as Slack: `ok`, or a reason as plain text."""
    if not isinstance(body, dict) or body.keys() - _SLACK_FIELDS:
        return Answer(400, body=b"invalid_payload")
    if not body.get("text") and not body.get("blocks"):
        return Answer(400, body=b"no_text")
    for block in body.get("blocks", []):
        if block.get("type") == "context":  # https://docs.slack.dev/reference/block-kit/blocks/context-block
            elements = block.get("elements", [])
            if not 1 <= len(elements) <= 10 or any(
                text.get("type") not in ("plain_text", "mrkdwn") for text in elements
            ):
                return Answer(400, body=b"invalid_blocks")
            continue
        text = block.get("text", {})
        is_sound = text.get("type") in ("plain_text", "mrkdwn") and 1 <= len(text.get("text", "")) <= 3000
        if block.get("type") != "section" or not is_sound or ("emoji" in text) > (text["type"] == "plain_text"):
            return Answer(400, body=b"invalid_blocks")
    return Answer()


def slack_shows(body: Any) -> str:
    """Return the blocks' texts; the notification's text holds no markup either."""
    assert body["mrkdwn"] is False
    fallback = body["text"]
    assert not re.search(r"[<>]|&(?!(amp|lt|gt);)|@\w|:\w+:", fallback), fallback
    (block,) = body["blocks"]
    assert block["text"]["type"] == "plain_text"
    assert block["text"]["emoji"] is False
    shown = block["text"]["text"]
    assert not re.search(r"[<>]|&(?!(amp|lt|gt);)", shown), shown
    return html.unescape(shown)


def teams(path: str, body: Any) -> Answer:
    """Answer as a workflow: 202 whatever is sent."""
    return Answer(202, body=b"")


def teams_shows(body: Any) -> str:
    """Return the texts of adaptive cards; nothing else is shown."""
    shown = ""
    for attachment in body.get("attachments", []) if body.get("type") == "message" else []:
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        card = attachment["content"]
        assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
        for element in card["body"]:
            assert element["type"] == "RichTextBlock", "a TextBlock's text is Markdown"
            shown += "".join(run["text"] for run in element["inlines"] if run["type"] == "TextRun")
    assert not re.search(r"\{\{(DATE|TIME)\(|\$\{", shown), shown
    return shown.replace(JOINER, "")


def discord(path: str, body: Any) -> Answer:
    """Answer as Discord: the message if it is asked for with `wait`, and reasons in JSON."""
    content = body.get("content")
    if not content:
        return _json(400, {"message": "Cannot send an empty message", "code": 50006})
    if len(content) > 2000 or not isinstance(body.get("allowed_mentions", {}), dict):
        return _json(400, {"message": "Invalid Form Body", "code": 50035, "errors": {}})
    if parse_qs(urlsplit(path).query).get("wait") == ["true"]:
        return _json(200, {"id": "1", "content": content})
    return Answer(204, body=b"")


def discord_shows(body: Any) -> str:
    """Return the content without escapes."""
    assert body["allowed_mentions"] == {"parse": []}
    assert body["flags"] & 4
    shown = re.sub(r"\\([^0-9A-Za-z\s])", lambda found: chr(_HELD + ord(found[1])), body["content"])
    assert not re.search(r"[*_`~|<>\[\]]|@\S|:\w+:|https?://", shown), shown
    assert not re.search(r"^\s*(#{1,3}|-#|[-+>]|\d+\.)", shown, re.MULTILINE), shown
    return _unheld(shown)


def google_chat(path: str, body: Any) -> Answer:
    """Answer as Google Chat: an unknown field is an error."""

    def unknown(value: Any, name: str) -> bool:
        if isinstance(value, list):
            return any(unknown(item, name) for item in value)
        if not isinstance(value, dict):
            return False
        return bool(value.keys() - _GOOGLE_FIELDS[name]) or any(unknown(item, key) for key, item in value.items())

    if unknown(body, "") or not body.keys() & {"text", "cardsV2"}:
        said = "Invalid JSON payload received. Unknown name"
        return _json(400, {"error": {"code": 400, "message": said, "status": "INVALID_ARGUMENT"}})
    return _json(200, {"name": "spaces/A/messages/B"})


class _Text(HTMLParser):
    """The text of a card; a tag that anybody else than autopost wrote would take effect."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Fail."""
        raise AssertionError(tag)

    def handle_data(self, data: str) -> None:
        """Take a text."""
        self.text += data


def google_chat_shows(body: Any) -> str:
    """Return the header and the text of the card."""
    assert "text" not in body, "a text message's markup cannot be escaped"
    (card,) = body["cardsV2"]
    (section,) = card["card"]["sections"]
    assert len(section["widgets"]) <= 100
    texts = []
    for widget in section["widgets"]:
        parser = _Text()
        parser.feed(widget["textParagraph"]["text"])
        parser.close()
        texts.append(parser.text)
    heading = card["card"]["header"]["title"]
    assert body["fallbackText"] == f"{heading}: {texts[0]}"
    return f"{heading}: " + "\n".join(texts)


def mattermost(path: str, body: Any) -> Answer:
    """Answer as Mattermost: `ok`, or reasons in JSON."""
    if not body.get("text") or not isinstance(body.get("props", {}), dict):
        return _json(400, {"id": "web.incoming_webhook.text.app_error", "message": "No text", "status_code": 400})
    return Answer()


def mattermost_shows(body: Any) -> str:
    """Return the text without the escapes that its parser knows, and without what cannot be seen."""
    assert body["props"] == {"disable_mentions": True}
    shown = re.sub(r"\\([\\`*{}\[\]()#+\-.!_>~|])", lambda found: chr(_HELD + ord(found[1])), body["text"])
    assert not re.search(r"[\\`*{}\[\]#_~|]|[@&]\w|:[\w+-]+:|[:;=][)(DPp]|<3|https?://|www\.", shown), shown
    assert not re.search(r"\n[=\- \t>+#\d]", shown), shown
    return _unheld(shown).replace(JOINER, "")


def _unheld(text: str) -> str:
    return "".join(chr(ord(char) - _HELD) if ord(char) >= _HELD else char for char in text)


SERVICES: Mapping[str, tuple[Callable[[str, Any], Answer], Callable[[Any], str]]] = {
    "slack": (slack, slack_shows),
    "teams": (teams, teams_shows),
    "discord": (discord, discord_shows),
    "google-chat": (google_chat, google_chat_shows),
    "mattermost": (mattermost, mattermost_shows),
}
