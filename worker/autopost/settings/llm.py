"""Settings of the language model."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator

from autopost.settings.field import PREFIX, Group, setting
from autopost.settings.llm_prices import Prices, prices_of

_NOT_EXTRA = frozenset({"messages", "model", "n", "stream", "tools"})  # with another one no answer could be read


class LlmSettings(Group):
    """The LLM's server, model and limits."""

    openai_api_key: SecretStr | None = setting(
        None,
        "OPENAI_API_KEY",
        "The API key of the LLM's server. If not set, every post is written from a template.",
        "the key that the vendor issued",
    )
    openai_base_url: str | None = setting(
        None,
        "OPENAI_BASE_URL",
        "The address of a server with OpenAI's API. Default: OpenAI's own.",
        "http://... or https://...",
        pattern=r"^https?://\S+$",
    )
    llm_enabled: bool = setting(True, f"{PREFIX}LLM_ENABLED", "Whether the LLM writes posts.", "true or false")
    llm_model: str = setting(
        "gpt-4o-mini", f"{PREFIX}LLM_MODEL", "The model that writes posts.", "the name of a model", min_length=1
    )
    llm_extra_json: str | None = setting(
        None,
        f"{PREFIX}LLM_EXTRA",
        "Parameters that are added to each request, or replace one of its own; null removes one. For a vendor's "
        "parameters.",
        'a JSON object such as {"reasoning_effort": "low"}, without messages, model, n, stream and tools',
    )
    llm_timeout_seconds: float = setting(
        5.0,
        f"{PREFIX}LLM_TIMEOUT_SECONDS",
        "The time limit for one generation, including retries. After that the template is used.",
        "seconds, above 0 and at most 60",
        gt=0,
        le=60,
    )
    llm_breaker_cooldown_seconds: float = setting(
        30.0,
        f"{PREFIX}LLM_BREAKER_COOLDOWN_SECONDS",
        "The time without calls to the LLM after five consecutive failures. It doubles with each failure that follows. "
        "After time-outs alone it is at first no longer than SOCIAL_POST_LLM_TIMEOUT_SECONDS.",
        "seconds, above 0 and at most 300",
        gt=0,
        le=300,
    )
    llm_concurrency: int = setting(
        20,
        f"{PREFIX}LLM_CONCURRENCY",
        "The maximum number of concurrent generations per worker.",
        "a whole number, 1 to 1000",
        ge=1,
        le=1000,
    )
    llm_input_price: float | None = setting(
        None,
        f"{PREFIX}LLM_INPUT_PRICE",
        "US dollars per million prompt tokens. Overrides the built-in price list; needed for the cost of other models.",
        "a number, 0 to 1000000",
        ge=0,
        le=1_000_000,
    )
    llm_output_price: float | None = setting(
        None,
        f"{PREFIX}LLM_OUTPUT_PRICE",
        "US dollars per million completion tokens. Overrides the built-in price list; needed for the cost of other "
        "models.",
        "a number, 0 to 1000000",
        ge=0,
        le=1_000_000,
    )

    llm_daily_usd: float | None = setting(
        None,
        f"{PREFIX}LLM_DAILY_USD",
        "The budget of all workers together for a day in UTC, in US dollars. When it is used up, posts are written "
        "from templates until midnight UTC. Needs the prices of the model. Default: no limit.",
        "US dollars, above 0 and at most 1000000",
        gt=0,
        le=1_000_000,
        allow_inf_nan=False,
    )

    @field_validator("openai_base_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None and not urlsplit(value).hostname:  # urlsplit raises for a malformed address
            raise ValueError("no host")
        return value

    @field_validator("llm_extra_json")
    @classmethod
    def _is_object(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                parameters = json.loads(value)
            except RecursionError:
                raise ValueError("nested too deeply") from None
            if not isinstance(parameters, dict) or not _NOT_EXTRA.isdisjoint(parameters):
                raise ValueError("not an object of parameters")
        return value

    @field_validator("openai_api_key")
    @classmethod
    def _blank_is_none(cls, value: SecretStr | None) -> SecretStr | None:
        return value if value is not None and value.get_secret_value().strip() else None

    @property
    def llm_extra(self) -> dict[str, Any]:
        """Return the parameters that are added to each request."""
        return json.loads(self.llm_extra_json) if self.llm_extra_json else {}

    @property
    def llm_prices(self) -> Prices | None:
        """Return the prices of the model, None where one is not known."""
        return prices_of(self.llm_model, self.llm_input_price, self.llm_output_price)

    @property
    def uses_llm(self) -> bool:
        """Return whether the LLM is enabled and has a key."""
        return self.llm_enabled and self.openai_api_key is not None
