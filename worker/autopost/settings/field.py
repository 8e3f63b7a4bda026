"""Define a setting with its variable, its meaning and its allowed values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "SOCIAL_POST_"


class Group(BaseSettings):
    """Settings of one subject."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        case_sensitive=True,
        str_strip_whitespace=True,
    )


def setting(default: Any, variable: str, meaning: str, allowed: str, **limits: Any) -> Any:
    """Return a field with its variable, meaning, and allowed values."""
    return Field(
        default,
        validation_alias=variable,
        description=meaning,
        json_schema_extra={"allowed": allowed},
        **limits,
    )


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _not_an_address(value: Any) -> Any:
    if isinstance(value, str) and "://" in value:
        raise ValueError("an address and not a path")
    return value


FilePath = Annotated[Path, BeforeValidator(_not_an_address)]
CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
