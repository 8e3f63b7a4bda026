"""Which anchors are compiled into one set (see prefilter.py).

The automaton of a set has a state for each combination of anchors begun so far. Anchors of words share a set with
others of words, those of digits with others of digits. Anchors that go on over any text, or count characters, multiply
the states of such a set; they are named by their rules, in sets whose states they do not multiply. These were found by
moving one anchor after the other to the set that grew least. The script `benchmarks/redaction/anchors.py` measures each
set, and what each anchor adds to it. A rule that is missing here is found as well: this decides only about time.
"""

from __future__ import annotations

ROWS = (
    (
        "national-id-after-word", "codes.code-near-word",
    ),
    (
        "ai-keys", "cloud-keys", "developer-keys", "links", "private-keys", "service-keys", "wallet",
        "assignments.user-and-plain-word", "card.expiry", "coordinates.code-of-place", "phrases.words-of-command",
    ),
    (
        "companies", "diagnoses", "health", "plates",
    ),
    (
        "bank", "birth", "card", "commands", "credentials", "devices", "email", "iban", "identity", "network",
    ),
    (
        "address", "coordinates", "european-address", "phone",
    ),
    (
        "opaque", "phrases", "seeds", "seeds.any-words",
    ),
    (
        "assignments", "codes", "near", "health.vague-word",
    ),
    (
        "card.number", "diagnoses.known-condition", "email.spelled", "european-address.street-address",
        "european-address.street-address-4", "wallet.bech32",
    ),
    (
        "codes.keyed-in", "european-address.street-address-2", "european-address.street-address-3",
        "identity.before-license", "identity.before-passport", "national-id.mx-rfc", "phone.north-america",
    ),
    (
        "address.after-preposition", "address.in-capitals", "address.numbered-road", "address.street-address",
        "address.street-address-2", "address.street-address-3", "address.street-address-4", "address.street-address-5",
        "address.street-address-6", "address.street-address-7",
    ),
    (
        "assignments.in-next-sentence", "assignments.plain-word-between-commas", "assignments.plain-word-handed-over",
        "phone.after-heading", "wallet.hexadecimal",
    ),
    (
        "assignments.user-slash-password", "bank.account", "codes.opens-with", "codes.six-digits-sent",
        "codes.typed-on-keypad", "credentials.bearer", "near.changed-from", "phrases.sentence-that-opens",
    ),
    (
        "birth.before-word", "card.security-code-first", "card.security-code-in-row", "cloud-keys.google-refresh",
        "european-address.french-number-behind", "service-keys.salesforce-token",
    ),
    (
        "address.named-house", "commands.option-of-tool", "credentials.user-option", "phone.before-verb",
    ),
    (
        "assignments.assigned", "assignments.changed-from-to", "assignments.quoted", "assignments.told",
    ),
    (
        "assignments.plain-word-told", "phone.after-contact", "phone.after-word-of-calling",
    ),
    (
        "card.list", "card.security-code-before-expiry", "codes.keypad", "codes.keypad-after-entry",
        "european-address.grid", "identity.ssn", "links.access", "opaque.mixed", "opaque.short-opaque", "seeds.bip-39",
    ),
    (
        "assignments.plain-word-as-password", "assignments.plain-word-is-password",
        "assignments.user-slash-password-is", "assignments.user-slash-password-works", "codes.typed-from",
        "codes.use-to-sign-in", "phrases.sentence-used", "phrases.words-used",
    ),
    (
        "codes.authenticator-seed", "devices.iccid", "devices.vin", "near.typed-or-signed-in", "phone.printed-mobile",
        "plates.of-vehicle", "wallet.monero",
    ),
    (
        "cloud-keys.aws-secret-key", "cloud-keys.azure-key", "cloud-keys.azure-storage-key", "network.ipv4",
        "phone.international", "phone.italian-mobile", "phone.trunk-prefix", "service-keys.discord-bot",
        "wallet.base58check", "wallet.bitcoin", "wallet.wallet-import-format",
    ),
    (
        "credentials.connection-url", "credentials.url", "credentials.url-token", "email.address-in-any-script",
        "network.ipv6", "network.mac", "opaque.opaque", "service-keys.mailgun-signing", "wallet.ethereum", "wallet.xrp",
    ),
    (
        "national-id", "address.uk-postcode", "address.uk-town", "codes.1password", "codes.bitlocker",
        "codes.mechanical-lock", "credentials.address-and-labelled-password", "credentials.address-and-password",
        "devices.machine-readable-zone", "diagnoses.code-of-diagnosis", "email.address", "email.other-full-stop",
        "email.quoted-local-part", "iban.number", "identity.national-insurance", "phone.bare", "service-keys.telegram",
        "service-keys.telegram-url",
    ),
)  # fmt: skip
_SETS = {name: number for number, names in enumerate(ROWS) for name in names}


def set_of(rule_id: str) -> int:
    """Return the number of the set of a rule's anchor; those of unknown families share one."""
    family = rule_id.partition(".")[0]
    return _SETS.get(rule_id, _SETS.get(family, -1))
