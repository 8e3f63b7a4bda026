"""PINs and one-time codes."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

from autopost.redaction.rule import Rule, single


def _is_code(text: str, start: int, end: int) -> bool:
    """Accept a number, or letters with a digit among them, that is not part of a longer word or a decimal."""
    value, after = text[start:end], text[end : end + 2]
    if after[:1].isalnum() or (after[:1] in {".", ",", ":", "-", "/"} and after[1:].isalnum()) or after[:1] == "%":
        return False
    return any(map(str.isdigit, value))


RULES = (
    Rule(
        "ONE_TIME_CODE",
        r"(?i)\b(?:your|my|verification|one[- ]time|2fa|mfa|otp|two[- ]factor|security|confirmation|auth(?:entication|entifizierungs|orization)?|log-?in|sign-?in|sms|access|backup|recovery|door|gate|unlock)"
        r"\s(?:code|pin|passcode)(?:\s(?:is|was|are))?\s?[:=]?\s?[\"'`]?([0-9]{3} [0-9]{3}|[A-Z0-9]{2,5}-?[A-Z0-9]{2,6})\b",
        source="the words before it",
        anchor=r"(?i)\s(?:code|pin|passcode)",
        score=0.8,
        refine=single(_is_code),
    ),
    Rule(
        "ONE_TIME_CODE",
        r"(?i)\b(?:otp|totp|passcode|tan)(?:\s(?:is|was|:|=)|[:=])\s?[\"'`]?([0-9]{3,4}[ -]?[0-9]{1,4})\b",
        source="the words before it",
        anchor=r"(?i)\b(?:otp|totp|passcode|tan)\b",
        score=0.8,
        refine=single(_is_code),
    ),
    Rule(
        "PIN",
        r"\b(?:PIN|(?i:pin code|pin number|card pin|atm pin|door pin|my pin|his pin|her pin|their pin|the pin))\b(?:\s(?:is|was|to|set to)|\s?[:=])?\s?[\"'`]?([0-9]{4,8})\b",
        source="ISO 9564: four digits and more",
        anchor=r"(?i)\bpin\b",
        score=0.8,
        refine=single(_is_code),
    ),
)
