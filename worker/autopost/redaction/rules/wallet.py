"""Addresses of cryptocurrency wallets."""

from __future__ import annotations

from hashlib import sha256

from autopost.redaction.rule import Rule, single

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def _passes_base58check(text: str, start: int, end: int) -> bool:
    number = 0
    for character in text[start:end]:
        number = number * 58 + _BASE58.index(character)
    if number.bit_length() > 25 * 8:
        return False
    raw = number.to_bytes(25, "big")
    return sha256(sha256(raw[:21]).digest()).digest()[:4] == raw[21:]


RULES = (
    Rule(
        "CRYPTO",
        r"\b[13][1-9A-HJ-NP-Za-km-z]{25,34}\b",
        source="Bitcoin Wiki: Base58Check encoding",
        anchor=r"\b[13][1-9A-HJ-NP-Za-km-z]{16}",
        refine=single(_passes_base58check),
    ),
    Rule(
        "CRYPTO",
        r"(?i)\b(?:bc|tb|ltc)1[02-9ac-hj-np-z]{11,87}\b",
        source="BIP 173, BIP 350: bech32",
        anchor=r"(?i)\b(?:bc|tb|ltc)1[02-9ac-hj-np-z]{11}",
    ),
    Rule(
        "CRYPTO",
        r"\b0x[0-9A-Fa-f]{40}\b",
        source="EIP-55",
        anchor=r"\b0x[0-9A-Fa-f]{8}",
    ),
)
