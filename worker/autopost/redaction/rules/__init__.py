"""The tables of rules, one module per family. `FAMILIES` lists them in the order in which they run."""

from __future__ import annotations

from collections.abc import Collection

from autopost.redaction.rule import Rule
from autopost.redaction.rules import (
    address,
    ai_keys,
    assignments,
    bank,
    birth,
    card,
    cloud_keys,
    codes,
    credentials,
    developer_keys,
    devices,
    email,
    iban,
    identity,
    national_id,
    network,
    phone,
    phone_context,
    plain_passwords,
    private_keys,
    service_keys,
    wallet,
)

FAMILIES: dict[str, tuple[Rule, ...]] = {
    "email": email.RULES,
    "card": card.RULES,
    "iban": iban.RULES,
    "identity": identity.RULES,
    "birth": birth.RULES,
    "bank": bank.RULES,
    "devices": devices.RULES,
    "national id": national_id.BARE,
    "national id after word": national_id.AFTER_WORDS,
    "network": network.RULES,
    "phone": (*phone.RULES, *phone_context.RULES),
    "address": address.ENGLISH,
    "european address": address.EUROPE_AND_ASIA,
    "wallet": wallet.RULES,
    "ai keys": ai_keys.RULES,
    "cloud keys": cloud_keys.RULES,
    "developer keys": developer_keys.RULES,
    "service keys": service_keys.RULES,
    "private keys": private_keys.RULES,
    "credentials": credentials.RULES,
    "assignments": (*assignments.RULES, *plain_passwords.RULES),
    "codes": codes.RULES,
}

# Families whose anchors are compiled into one set (see prefilter.py).
GROUPS = (
    ("email", "card", "iban", "network", "phone", "wallet"),
    ("identity", "credentials", "codes"),
    ("address", "national id"),
    ("european address", "national id after word", "birth", "bank", "devices"),
    ("ai keys", "cloud keys", "developer keys", "service keys", "private keys"),
    ("assignments",),
)


def grouped_rules(entities: Collection[str] | None = None) -> list[list[Rule]]:
    """Return the rules of these types (default: all), by group."""
    return [
        [rule for family in families for rule in FAMILIES[family] if entities is None or rule.entity in entities]
        for families in GROUPS
    ]
