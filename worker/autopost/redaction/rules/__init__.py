"""The pattern tables, a family a module. `FAMILIES` names them all, in the order in which they run."""

from __future__ import annotations

from autopost.redaction.rule import Rule
from autopost.redaction.rules import (
    ai_keys,
    assignments,
    card,
    cloud_keys,
    codes,
    credentials,
    developer_keys,
    email,
    iban,
    identity,
    network,
    phone,
    private_keys,
    service_keys,
    wallet,
)

FAMILIES: dict[str, tuple[Rule, ...]] = {
    "email": email.RULES,
    "card": card.RULES,
    "iban": iban.RULES,
    "identity": identity.RULES,
    "network": network.RULES,
    "phone": phone.RULES,
    "wallet": wallet.RULES,
    "ai keys": ai_keys.RULES,
    "cloud keys": cloud_keys.RULES,
    "developer keys": developer_keys.RULES,
    "service keys": service_keys.RULES,
    "private keys": private_keys.RULES,
    "credentials": credentials.RULES,
    "assignments": assignments.RULES,
    "codes": codes.RULES,
}

# Families whose anchors are looked for together (see prefilter.py).
GROUPS = (
    ("email", "card", "iban", "network", "phone", "wallet"),
    ("identity", "credentials", "codes"),
    ("ai keys", "cloud keys", "developer keys", "service keys", "private keys"),
    ("assignments",),
)


def grouped_rules() -> list[list[Rule]]:
    """Return all rules, group by group."""
    return [[rule for family in families for rule in FAMILIES[family]] for families in GROUPS]
