"""Ask the language model for one harmless answer, as a worker would."""

from __future__ import annotations

from autopost.cli.checking.finding import Finding, ok, problem, warning
from autopost.settings import Settings
from autopost.writing.answer import NoAnswer
from autopost.writing.answer_check import Rejected, check
from autopost.writing.fields import Fields
from autopost.writing.outcome import Kind, Outcome
from autopost.writing.prompt import prompt_for
from autopost.writing.voice import DEFAULT, Voice

SUBJECT = "language model's answer"
HARMLESS = Fields(
    agent_name="Ada",
    operation_type="workflow_execute",
    kind=Kind.ORDINARY,
    outcome=Outcome.COMPLETED,
    what="Checked that the installation works",
    why="",
    next_steps="",
    redactions={},
)
# What the operator has to change; whatever else fails may pass by itself.
_CHANGES = {
    "unauthorized": "export OPENAI_API_KEY=...  # a key of this server that may use the model",
    "not_found": "export SOCIAL_POST_LLM_MODEL=... OPENAI_BASE_URL=...  # most addresses end with /v1",
    "redirected": "export OPENAI_BASE_URL=...  # the address that it redirects to; redirects are not followed",
    "no_credit": "add credit to the account of OPENAI_API_KEY, or export SOCIAL_POST_LLM_ENABLED=false",
    "bad_request": "export SOCIAL_POST_LLM_EXTRA='{...}'  # parameters that this server needs; null leaves one out",
    "out_of_tokens": 'export SOCIAL_POST_LLM_EXTRA=\'{"reasoning_effort": "low"}\'  # or another model',
}
_OTHERWISE = "autopost check  # again later; until then posts are written from templates"


async def model_answer(settings: Settings, voice: Voice = DEFAULT) -> Finding:
    """Return whether the model answers in this voice. Sends one request, without text of an operation."""
    from autopost.writing.llm import Llm  # takes a third of a second to import

    assert settings.openai_api_key is not None
    client = Llm(settings, settings.openai_api_key.get_secret_value().strip())
    try:
        answer = await client.ask(prompt_for(HARMLESS, voice))
    finally:
        await client.aclose()
    if isinstance(answer, NoAnswer):
        facts = {"status": answer.status, "code": answer.code, "parameter": answer.parameter}
        named = ", ".join(f"{name} {fact}" for name, fact in facts.items() if fact is not None)
        finding = f"{settings.llm_model}: {answer.reason}{f' ({named})' if named else ''}: posts come from templates"
        change = _CHANGES.get(answer.reason)
        return problem(SUBJECT, finding, change) if change else warning(SUBJECT, finding, _OTHERWISE)
    text = check(answer, voice=voice)
    if isinstance(text, Rejected):
        change = _CHANGES.get(text.reason, "export SOCIAL_POST_LLM_MODEL=...  # a model that follows instructions")
        return warning(SUBJECT, f"{settings.llm_model} answers, but not with a post: {text.reason}", change)
    return ok(SUBJECT, f"{settings.llm_model} writes posts")
