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
    "card": card.RULES,
    "iban": iban.RULES,
    "network": network.RULES,
    "credentials": (*credentials.RULES, *pairs.RULES),
    "email": email.RULES,
    "birth": birth.RULES,
    "devices": devices.RULES,
    "commands": (*commands.RULES, *sql.RULES),
    "diagnoses": diagnoses.RULES,
    "identity": identity.RULES,
    "bank": bank.RULES,
    "national id": national_id.BARE,
    "ai keys": ai_keys.RULES,
    "developer keys": developer_keys.RULES,
    "private keys": private_keys.RULES,
    "wallet": wallet.RULES,
    "links": links.RULES,
    "companies": companies.RULES,
    "plates": plates.RULES,
    "health": (*health.RULES, *medical.RULES),
    "opaque": opaque.RULES,
    "seeds": seeds.RULES,
    "national id after word": national_id.AFTER_WORDS,
    "phone": (*phone.RULES, *phone_context.RULES),
    "address": address.ENGLISH,
    "european address": address.EUROPE_AND_ASIA,
    "coordinates": coordinates.RULES,
    "cloud keys": cloud_keys.RULES,
    "service keys": service_keys.RULES,
    "assignments": (*assignments.RULES, *plain_passwords.RULES),
    "phrases": (*phrases.RULES, *phrase_forms.RULES, *phrase_runs.RULES),
    "near": (*near.RULES, *sign_in.RULES),
    "codes": (*codes.RULES, *doors.RULES),
}


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


def rules_of(entities: Collection[str] | None = None) -> list[Rule]:
    """Return the rules of these types (default: all), in the order in which they run."""
    return [rule for rules in FAMILIES.values() for rule in rules if entities is None or rule.entity in entities]
