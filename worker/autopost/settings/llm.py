"""Settings of who writes posts."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator

from autopost.settings.field import PREFIX, Group, setting


class LlmSettings(Group):
    """The LLM: its server, its model, its limits."""

    openai_api_key: SecretStr | None = setting(
        None,
        "OPENAI_API_KEY",
        "The key of the LLM's server. Without it every post is written from a template.",
        "the key as its vendor gave it",
    )
    openai_base_url: str | None = setting(
        None,
        "OPENAI_BASE_URL",
        "The address of any server that speaks OpenAI's protocol.",
        "http://... or https://...",
        pattern=r"^https?://\S+$",
    )
    llm_enabled: bool = setting(True, f"{PREFIX}LLM_ENABLED", "Whether posts are written by the LLM.", "true or false")
    llm_model: str = setting(
        "gpt-4o-mini", f"{PREFIX}LLM_MODEL", "The model that writes posts.", "a model's name", min_length=1
    )
    llm_timeout_seconds: float = setting(
        5.0,
        f"{PREFIX}LLM_TIMEOUT_SECONDS",
        "The time for a whole generation, retries included. After it the template is used.",
        "seconds, above 0 and at most 60",
        gt=0,
        le=60,
    )
    llm_breaker_cooldown_seconds: float = setting(
        30.0,
        f"{PREFIX}LLM_BREAKER_COOLDOWN_SECONDS",
        "How long the LLM is left alone after five failures in a row; twice as long each time that it fails again.",
        "seconds, above 0 and at most 300",
        gt=0,
        le=300,
    )
    llm_concurrency: int = setting(
        20,
        f"{PREFIX}LLM_CONCURRENCY",
        "How many generations one worker has under way at once.",
        "a whole number, 1 to 1000",
        ge=1,
        le=1000,
    )
    llm_input_price: float | None = setting(
        None,
        f"{PREFIX}LLM_INPUT_PRICE",
        "US dollars for a million prompt tokens, where the model's price is not built in.",
        "a number, 0 or more",
        ge=0,
    )
    llm_output_price: float | None = setting(
        None,
        f"{PREFIX}LLM_OUTPUT_PRICE",
        "US dollars for a million completion tokens, where the model's price is not built in.",
        "a number, 0 or more",
        ge=0,
    )

    @field_validator("openai_base_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None and not urlsplit(value).hostname:  # urlsplit itself refuses what is no address
            raise ValueError("no host")
        return value

    @field_validator("openai_api_key")
    @classmethod
    def _blank_is_none(cls, value: SecretStr | None) -> SecretStr | None:
        return value if value is not None and value.get_secret_value().strip() else None

    @property
    def uses_llm(self) -> bool:
        """Tell whether the LLM is on and can be called: a key is there."""
        return self.llm_enabled and self.openai_api_key is not None
