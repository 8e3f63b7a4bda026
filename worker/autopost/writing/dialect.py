"""Decide how to ask a server: which parameters it accepts. Learnt from its errors. Pure.

Servers with OpenAI's API differ in what they accept, and the name of a model says little about it: a proxy or a
deployment can have any name. The first request is the one that most servers accept; an error that names a parameter
changes the requests that follow.

Sources: OpenAI, "Reasoning models" (`max_completion_tokens`, `reasoning_effort`, no `temperature`); errors as the
vendors send them: `unsupported_parameter` and `unsupported_value` with `param` (OpenAI, Azure), `extra_forbidden` with
`loc` (Mistral, vLLM), a message alone (llama.cpp, chat templates without a system role).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from autopost.writing.prompt import Prompt

MAX_TOKENS = 100
# A reasoning model counts its thoughts as tokens of the answer.
MAX_REASONING_TOKENS = 2_000
TEMPERATURE = 0.7
LEAST_EFFORT = "low"  # the least that every reasoning model accepts
_NEW_NAME = "max_completion_tokens"
_OLD_NAME = "max_tokens"
# Also "Developer instruction is not enabled" (Gemma at Google) and "Conversation roles must alternate" (templates that
# count the system message as one of a user).
_NO_SYSTEM_ROLE = re.compile(
    r"\bsystem\b.{0,40}\brole\b|\brole\b.{0,60}\bsystem\b|messages\[0\]\.role"
    r"|\bdeveloper instruction\b|\broles must alternate\b",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The form of a request. `effort` None: the parameter is not sent."""

    tokens_name: str = _OLD_NAME
    max_tokens: int = MAX_TOKENS
    has_temperature: bool = True
    has_system_role: bool = True
    effort: str | None = None
    accepts_effort: bool = True

    def request(self, prompt: Prompt, extra: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of a call. `extra` overrides each of them; a null in it leaves the parameter out."""
        system = {"role": "system", "content": prompt.system}
        user = {"role": "user", "content": prompt.user}
        if not self.has_system_role:
            messages = [{"role": "user", "content": f"{prompt.system}\n\n{prompt.user}"}]
        else:
            messages = [system, user]
        body: dict[str, Any] = {"messages": messages, self.tokens_name: self.max_tokens}
        if self.has_temperature:
            body["temperature"] = TEMPERATURE
        if self.effort is not None:
            body["reasoning_effort"] = self.effort
        if _NEW_NAME in extra or _OLD_NAME in extra:
            del body[self.tokens_name]
        return {name: value for name, value in {**body, **extra}.items() if value is not None}

    def with_room(self) -> Dialect | None:
        """Return the dialect for a model whose thoughts used up the tokens; None if it has that much room already."""
        if self.max_tokens >= MAX_REASONING_TOKENS:
            return None
        effort = LEAST_EFFORT if self.accepts_effort else None
        return replace(self, max_tokens=MAX_REASONING_TOKENS, effort=effort)

    def corrected(self, complaint: str) -> Dialect | None:
        """Return the dialect after an error about the request, None if the error names nothing that can be changed.

        `complaint` is the parameter, the code and the message of the error, in one text.
        """
        if self.effort is not None and "reasoning" in complaint:
            return replace(self, effort=None, accepts_effort=False)
        if self.tokens_name == _OLD_NAME and _NEW_NAME in complaint:
            # A model that knows this name alone is one that reasons.
            renamed = replace(self, tokens_name=_NEW_NAME)
            return renamed.with_room() or renamed
        if self.tokens_name == _NEW_NAME and _NEW_NAME in complaint:
            return replace(self, tokens_name=_OLD_NAME)
        if self.has_temperature and "temperature" in complaint:
            return replace(self, has_temperature=False)
        if self.has_system_role and _NO_SYSTEM_ROLE.search(complaint.lower()):
            return replace(self, has_system_role=False)
        return None
