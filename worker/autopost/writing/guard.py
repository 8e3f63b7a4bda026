"""Decide whether an answer of the LLM is published: the post in it, or why there is none. Pure but for the redactor."""

from __future__ import annotations

from autopost.model import Redaction
from autopost.writing.answer import Answer
from autopost.writing.answer_check import Rejected, check
from autopost.writing.fact_check import contradiction
from autopost.writing.fields import Fields, Redactor
from autopost.writing.form_check import misfit
from autopost.writing.leak_check import is_of_prompt
from autopost.writing.length import LIMIT_CHARACTERS, cut
from autopost.writing.proofread import proofread
from autopost.writing.subject import shared
from autopost.writing.voice import DEFAULT, HASHTAG, Voice

PRIVATE_DATA = "private_data"
_SHARED_OF_LONG = 0.35  # of the words of an answer that must be cut are the operation's, or it rambles


def post_in(answer: Answer, fields: Fields, redactor: Redactor, voice: Voice = DEFAULT) -> Redaction | Rejected:
    """Return the post in an answer about these fields, cleaned up and cut, or why it is not published. CPU-bound.

    `voice` is the one in the prompt. Raises RedactionFailed. An answer in which the redactor finds something that the
    prompt has not is rejected as `private_data`, with the number of findings by type: the model has invented private
    data or put it together from pieces, of which the redactor may not have found all. Words of the prompt that only
    look private in another sentence are replaced by their type, and the post is published.
    """
    text = check(answer, fields.placeholders, voice)
    if isinstance(text, Rejected):
        return text
    known = f"{fields.agent_name} {fields.what} {fields.why} {fields.next_steps}"
    unfit = misfit(text, known)
    tags = {tag.casefold() for tag in HASHTAG.findall(known)}
    wanted = voice.without_other_hashtags(text, tags)
    post = proofread(wanted, redactor, fields.shown_title)
    if post.counts and not is_of_prompt(wanted, post, known):
        return Rejected(PRIVATE_DATA, post.counts)
    if len(text) > LIMIT_CHARACTERS and shared(text, known) < _SHARED_OF_LONG:
        unfit = unfit or "off_topic"
    if unfit is None and post.text != text:
        unfit = misfit(post.text, known)
    # The words that a placeholder replaced are the prompt's, and say more than it does.
    said = cut(wanted) if post.counts else post.text
    reason = unfit or contradiction(voice.without_hashtags(said), fields, voice)
    return Rejected(reason) if reason else post
