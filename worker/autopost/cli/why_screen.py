"""How the history of one operation looks: a line for each step, what it means in plain words, and the post."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autopost.cli.console import between
from autopost.cli.screen import UNSHOWN, plain
from autopost.model import PLACEHOLDER, Reason
from autopost.outbox.history import Row, Step, Story

_STYLES = {"posted": "green", "in the feed": "green", "skipped": "yellow", "dead": "bold red", "parked": "yellow"}
_INDENT = 2


def why_screen(story: Story) -> RenderableType:
    """Return the history."""
    head = Text(plain(story.tracker_id), style="bold")
    if not story.steps:
        return Group(head, Text.assemble(("not captured  ", "yellow"), plain(story.why_not)))
    parts: list[RenderableType] = [_header(head, story), _steps(story.steps)]
    for row in story.rows:
        parts += _ending(row)
    parts += _facts(story)
    return Group(*parts)


def _header(head: Text, story: Story) -> Text:
    for row in story.rows[:1]:
        agent = f"{row['agent_name'] or row['agent_id'] or 'nobody'}"
        what = row["rule_title"] or row["operation_type"] or UNSHOWN
        head.append(f"  {plain(what)} {plain(row['status'] or '')}", style="not bold")
        head.append(f"  of {plain(agent)}", style="not bold cyan")
        head.append(f"  {plain(row['agent_maturity'] or '').lower()}", style="not bold dim")
    return head


def _steps(steps: Iterable[Step]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, justify="right", style="dim")
    table.add_column(no_wrap=True, justify="right", style="dim")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    last = None
    for step in steps:
        at, since = "now", ""
        if step.happened_at is not None:
            moment = step.happened_at.astimezone()
            is_same_day = last is not None and last.date() == moment.date()
            at = f"{moment:%H:%M:%S.%f}"[:-3] if is_same_day else f"{moment:%Y-%m-%d %H:%M:%S.%f}"[:-3]
            since = f"+{between((moment - last).total_seconds())}" if last else ""
            last = moment
        table.add_row(at, since, Text(plain(step.step), style=_STYLES.get(step.step, "")), Text(plain(step.detail)))
    return table


def _ending(row: Row) -> Iterable[RenderableType]:
    rule = f"rule {row['rule_id']}: {plain(row['rule_operation_type'])} {plain(row['rule_status'] or 'in any status')}"
    title = f", titled '{plain(row['rule_title'])}'" if row["rule_title"] else ""
    description = f", {plain(row['rule_description'])}" if row["rule_description"] else ""
    yield Text(f"\n{rule}{title}{description}", style="dim")
    yield _in_plain_words(row)
    if row["post"] is not None:
        body = Text(plain(row["post"]), overflow="fold")
        body.highlight_regex(PLACEHOLDER, style="bold magenta")
        yield Padding(body, (0, 0, 0, _INDENT), expand=False)


def _in_plain_words(row: Row) -> Text:
    kind = "an alert" if row["is_alert"] else "a status"
    match row["state"]:
        case "posted":
            gone = "" if row["post"] is not None else "; the post is not in the feed any more"
            return Text(f"Posted as {kind}{gone}.", style="green")
        case "skipped":
            return Text(f"Not posted ({plain(row['reason'])}): {reason_meaning(row['reason'])}.", style="yellow")
        case "dead":
            tries = f"after {row['attempts']} attempts"
            return Text(
                f"Dead {tries}: {plain(error_meaning(row['last_error']))}. autopost retry tries again.", "bold red"
            )
        case "claimed":
            return Text(f"Under way: {plain(row['worker'])} holds it, attempt {row['attempts']}.")
    if row["parked"]:
        return Text("Waits for the end of the pause of its agent or operation type.", style="yellow")
    after = f" after {plain(row['last_error'])}" if row["last_error"] else ""
    return Text(f"Waits for a worker{after}.", style="yellow" if after else "")


def _facts(story: Story) -> Iterable[Text]:
    """Yield what the audit log counts of each outcome: attempts, time, tokens, what was redacted."""
    for row in story.audit:
        details = row["details"]
        if "outcome" not in details:
            continue
        facts = [f"{details.get('attempts', 0)} attempts" if details.get("attempts") != 1 else "1 attempt"]
        if details.get("duration_ms") is not None:
            facts.append(f"{details['duration_ms']} ms from claim to outcome")
        if details.get("generator"):
            model = f" {details['model']}" if details.get("model") else ""
            facts.append(f"written by {details['generator']}{model}")
        if details.get("prompt"):
            facts.append(f"prompt {details['prompt']}")
        if details.get("fallback"):
            facts.append(f"not by the LLM: {details['fallback']}")
        if details.get("prompt_tokens"):
            facts.append(f"{details['prompt_tokens'] + details.get('completion_tokens', 0)} tokens")
        redactions = details.get("redactions") or {}
        if redactions:
            facts.append("redacted: " + ", ".join(f"{name} {number}" for name, number in redactions.items()))
        yield Text(plain(f"audit: {row['action'].removeprefix('auto_post.')}, {'; '.join(facts)}"), style="dim")


_REASONS = {
    Reason.RATE_LIMITED: "the agent had posted shortly before: one post in SOCIAL_POST_RATE_LIMIT_MINUTES",
    Reason.ALERT_STORM: "the agent had posted SOCIAL_POST_ALERT_BURST alerts of this type; one post sums up the rest",
    Reason.MATURITY_BLOCKED: "the agent's maturity does not allow posts: STUDENT, not set, or not known",
    Reason.TENANT_MISMATCH: "the operation names another tenant than its agent's row in agents",
    Reason.AGENT_UNKNOWN: "agents has no row for the agent that it names, or it names none",
    Reason.AGENT_AMBIGUOUS: "agents has more than one row for the id of its agent",
    Reason.MISSING_EXPLANATION: "what_explanation is empty: it does not say what was done",
    Reason.REFUSED_BY_PLATFORM: "a trigger of the platform's keeps such rows out of social_posts",
    Reason.ALREADY_PROCESSED: "the same operation and rule had an outcome before, whose row was removed since",
    Reason.DIGEST_EMPTY: "the post at the window's end was not needed: nothing was left to sum up",
    "purged": "somebody removed what was held of its agent or tenant",
}
_ERRORS = {
    "worker_crashed": "every worker that took it ended before it was done",
}


def reason_meaning(reason: str) -> str:
    """Return what a reason for a skip means; of one that somebody gave by hand that it was."""
    return _REASONS.get(reason, "somebody skipped it by hand")


def error_meaning(error: str) -> str:
    """Return what an error means: the last attempt ended with it."""
    return _ERRORS.get(error, f"the last attempt ended with {error}")
