"""The team's voice: what the model is asked for, and what of its answer is published."""

from __future__ import annotations

from autopost.model import Generator
from autopost.writing.voice import Voice
from autopost.writing.wording import Wording
from tests.support.cases import assert_results
from tests.support.llm_server import LlmServer, says
from tests.writing.samples import MakeWriter, an_agent, an_operation

GOOD = "Ada sent the weekly report to 40 customers, who asked for numbers every Monday"


def test_hashtags_that_a_post_may_not_have_are_taken_away() -> None:
    """At the end they go; within a sentence they become words; the operation's own stay."""
    none, some, any_ = Voice(), Voice(hashtags=("#Ops", "#night-shift")), Voice(hashtags=None)
    cases = [
        ((none, "The report is out #automation #win"), "The report is out"),
        ((none, "The #weekly report, order #42, is out"), "The weekly report, order #42, is out"),
        ((none, "Closed it #bug-7"), "Closed it #bug-7"),
        ((none, "#done"), ""),
        ((some, "The report is out #ops #win #Night-Shift"), "The report is out #ops #Night-Shift"),
        ((some, "The #ops team #win is on it"), "The #ops team win is on it"),
        ((any_, "The report is out #win"), "The report is out #win"),
    ]
    assert_results(lambda case: case[0].without_other_hashtags(case[1], {"#bug-7"}), cases)


async def test_what_the_team_chose_passes_the_guard(llm: LlmServer, make_writer: MakeWriter) -> None:
    """Its hashtags, with figures and names in them, and the names that the voice gives; those of nobody do not."""
    voice = Voice("cheerful, on behalf of the Harbour Crew, and always ending with Ahoy", hashtags=("#ShiftQ3",))
    cases = [
        (f"{GOOD} #ShiftQ3", voice, f"{GOOD} #ShiftQ3"),
        (f"{GOOD}. The Harbour Crew is happy, Ahoy", voice, f"{GOOD}. The Harbour Crew is happy, Ahoy"),
        (f"{GOOD} #TeamQ4", voice, GOOD),
        (f"{GOOD}. The Mountain Crew is happy", voice, None),
        (f"{GOOD} 🎉🎉", voice, f"{GOOD} 🎉🎉"),
        (f"{GOOD} 🎉🎉", Voice(emoji=0), GOOD),
        (f"{GOOD} 🎉🎉", Voice(emoji=1), f"{GOOD} 🎉"),
        (f"{GOOD} #a #b", Voice(hashtags=None), f"{GOOD} #a #b"),
        (f"{GOOD} #a #b #c", Voice(hashtags=None), None),
    ]
    for text, chosen, expected in cases:
        llm.will(says(text))
        writer = make_writer()
        writer.set_wording(Wording(voice=chosen))
        written = await writer.write(an_operation(), an_agent())
        assert (written.generator is Generator.LLM, expected is not None) == (
            expected is not None,
            expected is not None,
        )
        assert expected is None or written.content == expected, (text, written)


async def test_a_voice_that_is_repeated_is_not_published(llm: LlmServer, make_writer: MakeWriter) -> None:
    """A few of its words may be meant for posts; a sentence of it is not."""
    voice = Voice("sound like a lighthouse keeper who has seen many storms and is not impressed by small waves")
    writer = make_writer()
    writer.set_wording(Wording(voice=voice))
    llm.will(says(f"I {voice.text}"))
    assert (await writer.write(an_operation(), an_agent())).fallback == "leaked_prompt"


async def test_the_version_of_the_prompt_is_recorded(llm: LlmServer, make_writer: MakeWriter) -> None:
    """With what was written by the model or from a template in its place; not where the model was not asked."""
    llm.will(says(GOOD), says("Done"))
    writer = make_writer()
    by_model = await writer.write(an_operation(), an_agent())
    rejected = await writer.write(an_operation(), an_agent())
    writer.set_wording(Wording(voice=Voice("dry")))
    llm.will(says(GOOD))
    of_team = await writer.write(an_operation(), an_agent())
    assert (by_model.prompt, rejected.prompt) == ("2", "2")
    assert (of_team.prompt or "").startswith("2-")
    assert writer.from_template(an_operation(), an_agent()).prompt is None
