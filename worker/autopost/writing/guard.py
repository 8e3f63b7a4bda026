"""Decide whether an answer of the LLM is published: the post in it, or why there is none. Pure but for the redactor."""

from __future__ import annotations

from autopost.model import Redaction
from autopost.writing.answer import Answer
from autopost.writing.answer_check import Rejected, check
from autopost.writing.fact_check import contradiction
from autopost.writing.fields import Fields, Redactor
from autopost.writing.proofread import proofread
from autopost.writing.vocabulary import misfit

PRIVATE_DATA = "private_data"


def post_in(answer: Answer, fields: Fields, redactor: Redactor) -> Redaction | Rejected:
    """Return the post in an answer about these fields, cleaned up and cut, or why it is not published. CPU-bound.

    Raises RedactionFailed. An answer in which the redactor finds something is rejected as `private_data`, with the
    number of findings by type: the prompt was clean, so the model has invented private data or put it together from
    pieces, of which the redactor may not have found all.
    """
    text = check(answer, fields.placeholders)
    if isinstance(text, Rejected):
        return text
    post = proofread(text, redactor, fields.shown_title)
    if post.counts:
        return Rejected(PRIVATE_DATA, post.counts)
    reason = misfit(text, f"{fields.what} {fields.why} {fields.next_steps}") or contradiction(text, fields)
    return Rejected(reason) if reason else post
