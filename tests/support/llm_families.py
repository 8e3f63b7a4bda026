"""Servers of the families of models, each with what it refuses in a request and how it answers.

Whose behaviour they copy, and where that is specified; read in November 2026 unless it says otherwise:

- OpenAI, Azure: the guide "Reasoning models"; `param`, `code` and message of each error as in the bodies that users
  report (microsoft/vscode-copilot-release#9954, diffbot/code-gpt-docs#445). Azure's `api-version` in the query and
  key in `api-key`: "Azure OpenAI REST API reference" (not read again)
- vLLM: "Reasoning Outputs" (docs.vllm.ai: `reasoning_content` until 0.10, `reasoning` since 0.11)
  templates without a system role: vllm-project/vllm#6862, suitenumerique/conversations#197
- llama.cpp: tools/server/README.md (`reasoning_content`, or the thoughts in `content` with `--reasoning-format none`)
- Ollama: ollama/ollama#15288 (`content` empty and all text in `reasoning` when the tokens are used up)
- Gemini: "OpenAI compatibility"; thoughts count and are not sent (mozilla-ai/any-llm#1293, stanford-crfm/helm#3804);
  errors: microsoft/vscode#258088 (a list with one object, "Developer instruction is not enabled")
- Anthropic: "OpenAI SDK compatibility" (unknown parameters are ignored, a temperature above 1 counts as 1)
- OpenRouter: "Errors and debugging" (status 200 with `error` once the model has begun; `finish_reason` `error`; 402)
- Mistral: "Reasoning" (content in parts), 422 for unknown parameters (not read again)
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.llm_server import Exchange, Reply, completion, sends

POST = "The weekly report is out to all 40 customers, so everyone has the numbers they asked for 🎉"
THOUGHTS = "Okay, the user wants me to write one post. Let me look at the JSON: the agent is Finch. " * 4
TOKENS_OF_THOUGHTS = 400

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error about a request: its body, in which most servers have it as `error`."""

    status: int
    body: object


def refusal_of_openai(param: str, code: str, message: str) -> Refusal:
    """Return an error as OpenAI sends it."""
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return Refusal(400, {"error": error})


Check = Callable[[Body], Refusal | None]
Write = Callable[[Body], dict[str, Any]]


def server(write: Write, *checks: Check) -> Reply:
    """Return a server that refuses what a check refuses, and otherwise writes."""

    def reply(exchange: Exchange) -> None:
        for check in checks:
            if refusal := check(exchange.request.body):
                exchange.send(refusal.status, json.dumps(refusal.body).encode())
                return
        sends(json.dumps(write(exchange.request.body)).encode())(exchange)

    return reply


def limit(body: Body) -> int:
    """Return the tokens that a request allows."""
    return int(body.get("max_completion_tokens") or body.get("max_tokens") or 4096)


def message(body: Body, **parts: Any) -> dict[str, Any]:
    """Return a completion whose message has other parts too."""
    answer = completion(POST)
    answer["choices"][0]["message"] |= parts
    return answer


def cut_off(answer: dict[str, Any], content: object) -> dict[str, Any]:
    """Return an answer that the token limit ended."""
    answer["choices"][0]["finish_reason"] = "length"
    answer["choices"][0]["message"]["content"] = content
    return answer


def no_max_tokens(body: Body) -> Refusal | None:
    """Refuse the old name, as OpenAI's reasoning models do."""
    if "max_tokens" not in body:
        return None
    return refusal_of_openai(
        "max_tokens",
        "unsupported_parameter",
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    )


def only_default_temperature(body: Body) -> Refusal | None:
    """Refuse a temperature, as OpenAI's reasoning models do."""
    if body.get("temperature", 1) == 1:
        return None
    return refusal_of_openai(
        "temperature",
        "unsupported_value",
        "Unsupported value: 'temperature' does not support 0.7 with this model. "
        "Only the default (1) value is supported.",
    )


def no_system_role(body: Body) -> Refusal | None:
    """Refuse the role, as o1-mini does."""
    if body["messages"][0]["role"] != "system":
        return None
    return refusal_of_openai(
        "messages[0].role",
        "unsupported_value",
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
    )


def no_effort(body: Body) -> Refusal | None:
    """Refuse the effort, as o1-mini does."""
    if "reasoning_effort" not in body:
        return None
    return refusal_of_openai(
        "reasoning_effort",
        "unsupported_parameter",
        "Unsupported parameter: 'reasoning_effort' is not supported with this model.",
    )


def template_without_system_role(status: int, says: str = "System role not supported") -> Check:
    """Refuse the role, as a chat template does, with a message alone."""

    def check(body: Body) -> Refusal | None:
        if body["messages"][0]["role"] != "system":
            return None
        error = {"message": says, "type": "BadRequestError", "param": None, "code": status}
        return Refusal(status, {"error": error})

    return check


def refuses_system_role_as_google(body: Body) -> Refusal | None:
    """Refuse the role, as Google does for Gemma."""
    if body["messages"][0]["role"] != "system":
        return None
    message = "Developer instruction is not enabled for models/gemma-3-27b-it"
    return Refusal(400, [{"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}])


def only_known(*names: str) -> Check:
    """Refuse other parameters with 422, as Mistral does."""

    def check(body: Body) -> Refusal | None:
        for name in body:
            if name not in names:
                extra = {"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs are not permitted"}
                return Refusal(422, {"detail": [extra]})
        return None

    return check


def writes(_: Body) -> dict[str, Any]:
    """Answer."""
    return completion(POST)


def thinks_in_secret(body: Body) -> dict[str, Any]:
    """Answer after thoughts that are counted and not sent, as OpenAI does; nothing where they use up the limit."""
    answer = message(body)
    spent = min(limit(body), TOKENS_OF_THOUGHTS)
    answer["usage"]["completion_tokens_details"] = {"reasoning_tokens": spent}
    return cut_off(answer, "") if limit(body) <= TOKENS_OF_THOUGHTS else answer


def thinks_without_a_count(body: Body) -> dict[str, Any]:
    """Answer after thoughts, as Gemini does: nothing of them is sent, and no content when they use up the limit."""
    return cut_off(message(body), None) if limit(body) <= TOKENS_OF_THOUGHTS else message(body)


def thinks_beside(name: str) -> Write:
    """Answer with the thoughts in a part of their own."""

    def write(body: Body) -> dict[str, Any]:
        answer = message(body, **{name: THOUGHTS})
        return cut_off(answer, None) if limit(body) <= TOKENS_OF_THOUGHTS else answer

    return write


def thinks_aloud(opening: str, closing: str) -> Write:
    """Answer with the thoughts before the post."""

    def write(body: Body) -> dict[str, Any]:
        if limit(body) <= TOKENS_OF_THOUGHTS:
            return cut_off(message(body), f"{opening}{THOUGHTS}")
        return message(body, content=f"{opening}{THOUGHTS}{closing}\n\n{POST}")

    return write


def thinks_in_parts(body: Body) -> dict[str, Any]:
    """Answer in parts, as Mistral's reasoning models do."""
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": THOUGHTS}]}
    if limit(body) <= TOKENS_OF_THOUGHTS:
        return cut_off(message(body), [thinking])
    return message(body, content=[thinking, {"type": "text", "text": POST}])


OPENAI = ("model", "messages", "max_tokens", "max_completion_tokens", "temperature", "reasoning_effort")
FAMILIES: dict[str, Reply] = {
    "gpt-4o-mini": server(writes, only_known(*OPENAI)),
    "gpt-5-mini": server(thinks_in_secret, only_known(*OPENAI), no_max_tokens, only_default_temperature),
    "o4-mini": server(thinks_in_secret, no_max_tokens, only_default_temperature),
    "o1-mini": server(thinks_in_secret, no_system_role, no_max_tokens, no_effort, only_default_temperature),
    "vLLM, DeepSeek-R1 with a parser": server(thinks_beside("reasoning_content")),
    "vLLM, the opening mark in the prompt": server(thinks_aloud("", "</think>")),
    "llama.cpp, Qwen3": server(thinks_aloud("<think>\n", "</think>")),
    "llama.cpp, a template without a system role": server(writes, template_without_system_role(500)),
    "vLLM, a template without a system role": server(writes, template_without_system_role(400)),
    "vLLM, a template with alternate roles": server(
        writes, template_without_system_role(400, "Conversation roles must alternate user/assistant/user/assistant/...")
    ),
    "Ollama": server(thinks_beside("reasoning")),
    "Gemini": server(thinks_without_a_count),
    "Gemma at Google": server(writes, refuses_system_role_as_google),
    "Anthropic": server(writes),
    "OpenRouter": server(thinks_beside("reasoning")),
    "Magistral": server(thinks_in_parts, only_known("model", "messages", "max_tokens", "temperature")),
    "gpt-oss without its template": server(
        thinks_aloud("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>")
    ),
}
