"""An operation, an agent, and redactors of one rule: what the tests of writing start from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from autopost.errors import RedactionFailed
from autopost.model import Agent, Operation, Redaction
from autopost.settings import Settings, load_settings
from autopost.writing import Writer
from autopost.writing.fields import Fields, redact_fields
from tests.support.llm_server import LlmServer

MakeWriter = Callable[..., Writer]

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass
class OneRuleRedactor:
    """Takes out e-mail addresses, and remembers what it was given."""

    seen: list[str] = field(default_factory=list)

    def redact(self, text: str) -> Redaction:
        """Return `text` without e-mail addresses."""
        self.seen.append(text)
        clean, count = EMAIL.subn("<EMAIL_ADDRESS>", text)
        return Redaction(clean, {"EMAIL_ADDRESS": count} if count else {})


class BrokenRedactor:
    """Fails on every text."""

    def redact(self, text: str) -> Redaction:
        """Raise RedactionFailed."""
        raise RedactionFailed


def an_operation(**differences: Any) -> Operation:
    """Return a completed workflow with all its texts, except for the differences."""
    values: dict[str, Any] = {
        "tracker_id": "op-1",
        "operation_type": "workflow_execute",
        "status": "completed",
        "agent_id": "agent-1",
        "what_explanation": "Sent the weekly report to 40 customers",
        "why_explanation": "They asked for numbers every Monday",
        "next_steps": "Collect their replies",
    }
    return Operation(**{**values, **differences})


def fields_of(agent_name: str | None = "Ada", **differences: Any) -> Fields:
    """Return the redacted fields of an operation with these differences."""
    return redact_fields(an_operation(**differences), an_agent(agent_name), OneRuleRedactor())


def an_agent(name: str | None = "Ada") -> Agent:
    """Return an agent of this name that may post."""
    return Agent(id="agent-1", name=name, maturity="INTERN")


def private_address(user: str = "jane.doe") -> str:
    """Return an e-mail address, put together here so that no scanner finds one in the source."""
    return user + "@" + "private.example"


def settings_for(llm: LlmServer, **overrides: Any) -> Settings:
    """Return settings that use the local LLM."""
    values = {"openai_api_key": SecretStr("test"), "openai_base_url": llm.base_url, "llm_timeout_seconds": 30.0}
    return load_settings(require_database=False, **{**values, **overrides})
