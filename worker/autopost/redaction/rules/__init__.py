"""The tables of rules, one module per family. `FAMILIES` lists them in the order in which they run."""

from __future__ import annotations

import re
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
    commands,
    companies,
    coordinates,
    credentials,
    developer_keys,
    devices,
    diagnoses,
    doors,
    email,
    health,
    iban,
    identity,
    links,
    medical,
    national_id,
    near,
    network,
    opaque,
    pairs,
    phone,
    phone_context,
    phrase_forms,
    phrase_runs,
    phrases,
    plain_passwords,
    plates,
    private_keys,
    seeds,
    service_keys,
    sign_in,
    sql,
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
    "plates": plates.RULES,
    "health": (*health.RULES, *medical.RULES),
    "diagnoses": diagnoses.RULES,
    "national id": national_id.BARE,
    "national id after word": national_id.AFTER_WORDS,
    "companies": companies.RULES,
    "network": network.RULES,
    "phone": (*phone.RULES, *phone_context.RULES),
    "address": address.ENGLISH,
    "european address": address.EUROPE_AND_ASIA,
    "coordinates": coordinates.RULES,
    "wallet": wallet.RULES,
    "ai keys": ai_keys.RULES,
    "cloud keys": cloud_keys.RULES,
    "developer keys": developer_keys.RULES,
    "service keys": service_keys.RULES,
    "private keys": private_keys.RULES,
    "credentials": (*credentials.RULES, *pairs.RULES),
    "assignments": (*assignments.RULES, *plain_passwords.RULES),
    "phrases": (*phrases.RULES, *phrase_forms.RULES, *phrase_runs.RULES),
    "seeds": seeds.RULES,
    "near": (*near.RULES, *sign_in.RULES),
    "opaque": opaque.RULES,
    "links": links.RULES,
    "commands": (*commands.RULES, *sql.RULES),
    "codes": (*codes.RULES, *doors.RULES),
}

# Families whose anchors are compiled into one set; any other has a set of its own (see prefilter.py).
_TOGETHER = (
    ("card", "iban", "network"),
    ("credentials", "email", "birth"),
    ("devices", "commands", "diagnoses"),
    ("identity", "bank"),
    ("national id", "ai keys", "developer keys", "private keys"),
    ("wallet", "links", "coordinates"),
    ("companies", "plates", "health"),
    ("opaque", "seeds"),
)
GROUPS = (*_TOGETHER, *((family,) for family in FAMILIES if not any(family in group for group in _TOGETHER)))

# Rules whose anchors have sets of their own, because they would multiply the states of the others. What matters is how
# many places in a text can be the middle of a match: words of any letters, repeated, and gaps.
ALONE = frozenset(
    [
        "address.named-house",
        "assignments.plain-word-as-password",
        "diagnoses.known-condition",
        "near.password-near-word",
        "plates.after-vehicle",
        "seeds.bip-39",
    ]
)
_WITH_GAP = re.compile(r"\]\{\d,\d*\}|\][*+]|\.\*|\{\d\d")
_SPLIT_BY_GAP = frozenset(FAMILIES["codes"])


def _identified() -> dict[Rule, str]:
    ids: dict[Rule, str] = {}
    taken: set[str] = set()
    for family, rules in FAMILIES.items():
        for rule in rules:
            name = rule.name or rule.entity.lower().replace("_", "-")
            base = rule_id = f"{family.replace(' ', '-')}.{name}"
            number = 1
            while rule_id in taken:
                number += 1
                rule_id = f"{base}-{number}"
            taken.add(rule_id)
            ids[rule] = rule_id
    return ids


# The id of each rule: its family and its name, or else its type. Users write ids into settings, so they stay the same.
IDS = _identified()


def grouped_rules(entities: Collection[str] | None = None) -> list[list[Rule]]:
    """Return the rules of these types (default: all), by group."""
    return [
        [rule for family in families for rule in FAMILIES[family] if entities is None or rule.entity in entities]
        for families in GROUPS
    ]


def set_within_group(rule: Rule) -> str:
    """Return which of the sets of its group the anchor of a rule is in."""
    rule_id = IDS.get(rule, "")
    if rule_id in ALONE:
        return rule_id
    with_gap = rule in _SPLIT_BY_GAP and _WITH_GAP.search(rule.anchor or rule.pattern) is not None
    return "with gap" if with_gap else ""
