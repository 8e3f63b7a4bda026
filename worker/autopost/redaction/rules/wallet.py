"""Addresses of cryptocurrency wallets."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

from hashlib import sha256

from autopost.redaction.rule import Rule, single

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"  # XRP Ledger: base58 with an order of its own
_CLASS = "[1-9A-HJ-NP-Za-km-z]"

# Bytes before the checksum: Bitcoin, Litecoin, Dogecoin, Tron, XRP have one of version and 20 of a hash.
_HASHED = 21


def _decoded(text: str, alphabet: str, length: int) -> bytes | None:
    number = 0
    for character in text:
        number = number * 58 + alphabet.index(character)
    return number.to_bytes(length, "big") if number.bit_length() <= length * 8 else None


def _has_checksum(raw: bytes | None) -> bool:
    return raw is not None and sha256(sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def _passes_base58check(text: str, start: int, end: int) -> bool:
    return _has_checksum(_decoded(text[start:end], _BASE58, _HASHED + 4))


def _passes_ripple(text: str, start: int, end: int) -> bool:
    return _has_checksum(_decoded(text[start:end], _RIPPLE, _HASHED + 4))


def _is_wif(text: str, start: int, end: int) -> bool:
    """Accept a private key for wallets to import: one byte, 32 of the key, perhaps one more."""
    value = text[start:end]
    return _has_checksum(_decoded(value, _BASE58, 37 if len(value) == 51 else 38))


def _is_solana(text: str, start: int, end: int) -> bool:
    """Accept 32 bytes in base58 whose letters and digits are mixed."""
    value = text[start:end]
    mixed = any(map(str.isdigit, value)) and any(map(str.isupper, value)) and any(map(str.islower, value))
    raw = _decoded(value, _BASE58, 33)
    return mixed and raw is not None and raw[0] == 0 and raw[1] != 0


RULES = (
    Rule(
        "CRYPTO",
        rf"\b[13]{_CLASS}{{25,34}}\b",
        source="Bitcoin Wiki: Base58Check encoding",
        anchor=rf"\b[13]{_CLASS}{{16}}",
        refine=single(_passes_base58check),
        name="bitcoin",
    ),
    Rule(
        "CRYPTO",
        rf"\b(?:D|T|[LM]|X|t1){_CLASS}{{25,34}}\b",
        source="Base58Check addresses of Dogecoin, Tron, Litecoin, Dash",
        anchor=rf"\b(?:[DTLMX]|t1){_CLASS}{{16}}",
        refine=single(_passes_base58check),
        name="base58check",
    ),
    Rule(
        "CRYPTO",
        rf"\br{_CLASS}{{24,34}}\b",
        source="XRP Ledger: base58 encodings",
        anchor=rf"\br{_CLASS}{{16}}",
        refine=single(_passes_ripple),
        name="xrp",
    ),
    Rule(
        "CRYPTO",
        rf"(?i:\b(?:sol(?:ana)?|spl|phantom|wallet|pubkey|public key|mint|lamports?)\b)[^\n]{{0,40}}?\b({_CLASS}{{43,44}}|{_CLASS}{{32,42}})\b",
        source="Solana: accounts are 32 bytes in base58, without a checksum; a word before them",
        anchor=r"(?i)\b(?:sol(?:ana)?|spl|phantom|wallet|pubkey|public key|mint|lamports?)\b",
        refine=single(_is_solana),
        name="solana",
    ),
    Rule(
        "CRYPTO",
        rf"\b[48][0-9AB]{_CLASS}{{93}}(?:{_CLASS}{{11}})?\b",
        source="Monero: standard, sub- and integrated addresses of 95 and 106 characters",
        anchor=rf"\b[48][0-9AB]{_CLASS}{{30}}",
        name="monero",
    ),
    Rule(
        "CRYPTO",
        r"(?i)\b(?:(?:bc|tb|ltc)1[02-9ac-hj-np-z]{11,87}|(?:addr|stake|addr_test|stake_test)1[02-9ac-hj-np-z]{40,110}|(?:bitcoincash:)[qp][02-9ac-hj-np-z]{41}|(?:cosmos|osmo|terra|celestia|inj|kava|juno)1[02-9ac-hj-np-z]{38})\b",
        source="BIP 173, BIP 350: bech32; Cardano CIP 19; Bitcoin Cash: CashAddr; Cosmos SDK",
        anchor=r"(?i)\b(?:bc|tb|ltc|addr|stake|addr_test|stake_test|cosmos|osmo|terra|celestia|inj|kava|juno)1[02-9ac-hj-np-z]{11}|bitcoincash:",
        name="bech32",
    ),
    Rule(
        "CRYPTO",
        r"\b0x[0-9A-Fa-f]{40}\b",
        source="EIP-55",
        anchor=r"\b0x[0-9A-Fa-f]{8}",
        name="ethereum",
    ),
    Rule(
        "PRIVATE_KEY",
        rf"\b[xyztuvYZUV]prv{_CLASS}{{90,}}",
        source="BIP 32, SLIP 132: extended private keys",
        anchor=rf"prv{_CLASS}{{16}}",
        score=0.99,
        name="extended-private-key",
    ),
    Rule(
        "PRIVATE_KEY",
        rf"\b(?:[5KL9c]{_CLASS}{{50,51}})\b",
        source="Bitcoin Wiki: wallet import format",
        anchor=rf"\b[5KL9c]{_CLASS}{{40}}",
        refine=single(_is_wif),
        score=0.99,
        name="wallet-import-format",
    ),
    Rule(
        "PRIVATE_KEY",
        r"(?i)\bnsec1[02-9ac-hj-np-z]{20,}",
        source="Nostr NIP 19",
        anchor=r"(?i)\bnsec1[02-9ac-hj-np-z]{8}",
        score=0.99,
        name="nostr",
    ),
    Rule(
        "PRIVATE_KEY",
        r"(?i)(?:\b|_)(?:(?:private|priv|secret|wallet|signing|deployer|owner)[ _-]?key|pk|sk|priv|signer)\b[^\n;]{0,24}?\b((?:0x)?[0-9a-f]{64})\b",
        source="EIP-2335 and others: 32 bytes, after the word",
        anchor=r"(?i)(?:key|(?:\b|_)(?:[ps]k|priv|signer))\b[^\n;]{0,24}\b(?:0x)?[0-9a-f]{64}\b",
        name="hexadecimal",
    ),
)
