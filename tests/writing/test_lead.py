"""The model's sentence before a summary: by a real client, checked as a post is."""

from __future__ import annotations

from autopost.redaction.redactor import Redactor
from autopost.settings import load_settings
from autopost.writing import Writer
from tests.support.llm_server import LlmServer, says

FACTS = "41 operations completed by 5 agents, 3 alerts.\nCompleted:\n- Ada: 38 workflows\n- Bob: 3 reports"


async def test_model_writes_about_facts_or_nothing(redactor: Redactor) -> None:
    """What invents a figure, holds private data or refuses is not used; without a model there is nothing."""
    mail = "bob" + "@" + "example.com"
    good = "The agents finished 41 operations today, most of them by Ada with 38 workflows."
    bad = ("The agents finished 97 operations today.", f"Write to {mail} about the 41 operations.", "I cannot do that.")
    with LlmServer() as llm:
        settings = load_settings(require_database=False, openai_api_key="test", openai_base_url=llm.base_url)
        writer = Writer(settings, redactor)
        found = []
        for answer in (good, *bad):
            llm.will(says(answer))
            found.append(await writer.lead(f"{FACTS}\nAsk {mail}"))
        await writer.aclose()
        assert found == [good, None, None, None]
        assert mail not in str(llm.requests[0])
    off = Writer(load_settings(require_database=False, llm_enabled=False), redactor)
    assert await off.lead(FACTS) is None
