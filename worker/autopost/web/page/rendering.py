"""The templates, and how values look in them. Everything that comes from a row is escaped."""

from __future__ import annotations

import functools
import gettext
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2

from autopost import __version__
from autopost.model import mid_sentence, start_of_sentence
from autopost.model.digest import since_in_words
from autopost.outbox.outcomes import Outcome
from autopost.outbox.reading import MOST_ROWS_COUNTED, DeadLetter, Figures
from autopost.web.page.avatar import avatar
from autopost.web.page.chart import chart
from autopost.web.page.deliveries import Deliveries
from autopost.web.page.feed import MOST_ROWS_LOOKED_AT
from autopost.web.page.static_files import HASH
from autopost.web.page.texts import post_text, visible

TEMPLATES = Path(__file__).parent / "templates"
REASONS = {
    "rate_limited": "rate limit: this agent had just posted",
    "alert_storm": "too many alerts: one post sums them up",
    "digest_empty": "nothing was left to sum up",
    "maturity_blocked": "maturity: a STUDENT may not post",
    "tenant_mismatch": "it names another tenant than its agent's",
    "agent_unknown": "no agent has this id",
    "agent_ambiguous": "more than one agent has this id",
    "missing_explanation": "it does not say what was done",
    "dead": "dead-lettered after its last attempt",
    "refused_by_platform": "the platform refused it",
}
WAKEUPS = {
    "doorbell": "by doorbell",
    "notify": "by a NOTIFY in each commit",
    "poll": "by polling",
}
MOST_LINK = 2_000
AGENTS_UNFOLDED = 12  # of a list of the summary
DEAD_UNFOLDED = 10
# What the operation types of the contract are called where no rule gives a title.
TITLES = {
    "workflow_execute": "workflow",
    "integration_connect": "integration",
    "browser_automate": "browser automation",
    "report_generate": "report",
    "human_feedback_received": "feedback received",
    "approval_requested": "approval requested",
    "agent_to_agent_call": "agent call",
}
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,59}")


class Renderer:
    """Renders values as HTML. `may_act`: whether there is a token, and so buttons for actions."""

    def __init__(self, *, may_act: bool) -> None:
        self._may_act = may_act
        self._fragments: Any = _environment().get_template("fragments.html").module

    def page(self, name: str, **values: object) -> str:
        """Return an HTML page."""
        return _environment().get_template(f"{name}.html").render(values, may_act=self._may_act)

    def entry(self, entry: Outcome) -> str:
        """Return one outcome as an item of the feed."""
        return str(self._fragments.entry_item(entry))

    def glance(self, figures: Figures, dead: list[DeadLetter]) -> str:
        """Return the figures beside the feed."""
        return str(self._fragments.glance(figures, dead))

    def figures(self, figures: Figures) -> str:
        """Return the figures of the outbox."""
        return str(self._fragments.figures(figures))

    def deliveries(self, deliveries: Deliveries) -> str:
        """Return where posts go on to, and whether they arrive."""
        return str(self._fragments.deliveries(deliveries))

    def dead_letters(self, dead: list[DeadLetter]) -> str:
        """Return the list of dead letters."""
        return str(self._fragments.dead_letters(dead, self._may_act))


@functools.cache
def _environment() -> jinja2.Environment:
    """Return the templates, compiled once for a process; the first page is compiled before anybody waits for it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "visible": visible,
        "word": word,
        "post_text": post_text,
        "day": day,
        "clock": clock,
        "safe_link": safe_link,
        "title_of": title_of,
        "reason": reason,
        "seconds": seconds,
        "day_time": day_time,
        "since_in_words": since_in_words,
        "fact": fact,
        "mid_sentence": mid_sentence,
        "iso": iso,
        "count": count,
    }
    environment.globals |= {
        "version": __version__,
        "chart": chart,
        "avatar": avatar,
        "static": f"static/{HASH}",
        "most_counted": MOST_ROWS_COUNTED,
        "rows_looked_at": MOST_ROWS_LOOKED_AT,
        "wakeups": WAKEUPS,
        "agents_unfolded": AGENTS_UNFOLDED,
        "dead_unfolded": DEAD_UNFOLDED,
        "plural": gettext.NullTranslations().ngettext,
    }
    for first in ("base.html", "feed.html"):
        environment.get_template(first)
    return environment


def word(value: str | None) -> str | None:
    """Return an operation type that is one word, None for anything else: that may be text of an operation."""
    return value if value is not None and _WORD.fullmatch(value) else None


def title_of(operation_type: str | None, title: str | None = None) -> str:
    """Return what an operation is called, as the beginning of a sentence: its rule's title, or its type in words."""
    called = title or TITLES.get(operation_type or "") or (operation_type or "an operation").replace("_", " ")
    return start_of_sentence(visible(called) or "an operation")


def reason(code: str | None) -> str:
    """Return why there is no post, in words."""
    return REASONS.get(code or "", visible((code or "unknown").replace("_", " ")))


def fact(value: object) -> str:
    """Return a value of an audit row in words: what is nested as `count 5, in text yes`."""
    if isinstance(value, dict):
        names = {name: name.replace("_", " ") if name.islower() else name for name in value}  # not EMAIL_ADDRESS
        return ", ".join(f"{names[name]} {fact(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(fact, value))
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def seconds(value: float | None) -> str:
    """Return a duration, rounded to fit its size."""
    if value is None:
        return "none"
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 60:
        return f"{value:.1f} s"
    if value < 3600:
        return f"{value / 60:.0f} min"
    return f"{value / 3600:.1f} h" if value < 172_800 else f"{value / 86_400:.0f} days"


def day_time(at: datetime) -> str:
    """Return a time in UTC; the dashboard's script shows it in the reader's time zone."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y}, {utc:%H:%M:%S} UTC"


def day(at: datetime) -> str:
    """Return the day of a time in UTC."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y}"


def clock(at: datetime) -> str:
    """Return the hour and minute of a time in UTC."""
    return f"{at.astimezone(UTC):%H:%M}"


def safe_link(address: str | None) -> str | None:
    """Return an address on the web, None for anything else that a row may hold."""
    return address if address is not None and address.startswith("https://") and len(address) <= MOST_LINK else None


def iso(at: datetime) -> str:
    """Return a time for a machine."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def count(number: int) -> str:
    """Return a number with its thousands separated."""
    return f"{number:,}"
