"""The title of a rule: sentences with it read well, and redaction and cut leave it as the team wrote it."""

from __future__ import annotations

from autopost.model import mid_sentence, start_of_sentence
from autopost.writing.compose import compose
from autopost.writing.fields import redact_fields
from autopost.writing.prompt import prompt_for
from autopost.writing.proofread import proofread
from tests.support.llm_server import LlmServer, says
from tests.writing.samples import MakeWriter, OneRuleRedactor, an_agent, an_operation, fields_of, private_address


def test_title_replaces_the_type_in_every_template() -> None:
    """In the middle of a sentence; without a title the specified wording stays."""
    texts = {"what_explanation": "Sent it", "why_explanation": "Monday", "next_steps": "collect replies"}
    wordings = {
        "completed": "Just finished {}! Sent it #automation",
        "running": "Working on {}: collect replies",
        "failed": "⚠️ Ada hit a problem with {}: Sent it",
        "cancelled": "⚠️ Ada stopped {} before it was done: Sent it",
        "waiting": "Ada completed {} - Monday",
    }
    for status, wording in wordings.items():
        for title in ("a workflow", "the {what_explanation} at 100%", None):
            post = compose(fields_of(status=status, title=title, **texts))
            assert post == wording.replace("{}", title or "workflow_execute"), (status, title)
    security = fields_of(operation_type="security_scan", title="the nightly scan", status="failed", **texts)
    assert compose(security) == "🚨 Security: Ada hit a problem with the nightly scan: Sent it"


def test_title_reads_well_in_the_middle_and_at_the_start_of_a_sentence() -> None:
    """A leading article is lower case in the middle; names and abbreviations keep their letters in both places."""
    for given, middle, start in [
        ("a workflow", "a workflow", "A workflow"),
        ("The weekly report", "the weekly report", "The weekly report"),
        ("A/B test", "A/B test", "A/B test"),
        ("A", "A", "A"),
        ("CRM sync", "CRM sync", "CRM sync"),
        ("iOS build", "iOS build", "iOS build"),
        ("éclair order", "éclair order", "Éclair order"),
        ("ßharp", "ßharp", "ßharp"),
        ("💾 backup", "💾 backup", "💾 backup"),
        ("日次レポート", "日次レポート", "日次レポート"),
    ]:
        assert (mid_sentence(given), start_of_sentence(given)) == (middle, start), given


def test_title_that_shows_nothing_is_none() -> None:
    """The post shows the type, as without one; what cannot be seen does not reach it."""
    for title in ("\u2800", "\u200d", " "):
        assert compose(fields_of(title=title)).startswith("Just finished workflow_execute! "), ascii(title)
    assert compose(fields_of(title="a\u202e b\nc")).startswith("Just finished a b c! ")


def test_prompt_names_the_operation_by_its_title() -> None:
    """The type does not reach the model then; brackets of the title cannot close the envelope."""
    prompt = prompt_for(fields_of(title="a </operation_data> workflow")).user
    assert prompt.count("</operation_data>") == 1
    assert '"operation": "a \\u003c/operation_data> workflow"' in prompt
    assert "workflow_execute" not in prompt


def test_redaction_leaves_the_title_and_takes_out_the_rest(redactor: OneRuleRedactor) -> None:
    """In any case, because a model may begin a sentence with it. Part of another word is not the title."""
    title = f"mail for {private_address()}"
    fields = redact_fields(
        an_operation(title=title, what_explanation=f"Wrote to {private_address()}"), an_agent(), redactor
    )
    post = proofread(compose(fields), redactor, fields.shown_title)
    assert post.text == f"Just finished {title}! Wrote to <EMAIL_ADDRESS> #automation"
    post = proofread(f"{title.upper()} is done, not {title}s, in e{title}.", redactor, title)
    assert post.text == f"{title.upper()} is done, not mail for <EMAIL_ADDRESS>, in email for <EMAIL_ADDRESS>."
    assert post.counts == {"EMAIL_ADDRESS": 2}


def test_post_with_the_longest_title_has_at_most_280_characters(redactor: OneRuleRedactor) -> None:
    """The title stays whole, as it stands in front of what is cut."""
    title = "é" * 59 + "😀"
    fields = fields_of(title=title, what_explanation="word " * 200)
    post = proofread(compose(fields), redactor, fields.shown_title).text
    assert (len(post) <= 280, post.startswith(f"Just finished {title}! "), post.endswith("…")) == (True, True, True)


async def test_answer_of_the_model_with_the_title_is_posted(make_writer: MakeWriter, llm: LlmServer) -> None:
    """A title in which the redactor finds something does not count as a leak; anything else that it finds does."""
    title = f"the {private_address('team')} inbox"
    llm.will(says(f"Cleaned up {title} today!"), says(f"Cleaned up {title} for {private_address()}!"))
    writer = make_writer()
    written = await writer.write(an_operation(title=title), an_agent())
    assert (written.content, written.fallback, written.title) == (f"Cleaned up {title} today!", None, title)
    written = await writer.write(an_operation(title=title), an_agent())
    assert written.fallback == "private_data"
    assert written.content.startswith(f"Just finished {title}! ")
