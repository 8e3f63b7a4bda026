"""The two parts of the set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType

from tests.data.redaction.development import clean as development_clean
from tests.data.redaction.development import frames as development_frames
from tests.data.redaction.development import personal as development_personal
from tests.data.redaction.development import secrets as development_secrets
from tests.data.redaction.development import vendors as development_vendors
from tests.data.redaction.held_out import clean as held_out_clean
from tests.data.redaction.held_out import frames as held_out_frames
from tests.data.redaction.held_out import personal as held_out_personal
from tests.data.redaction.held_out import secrets as held_out_secrets
from tests.data.redaction.held_out import vendors as held_out_vendors
from tests.data.redaction.sample import Group, Part

# Which frames a kind stands in; kinds that are not here bring their words along and stand in clauses.
_PLACES = {
    "e-mail": ("CONTACTS", "ANYWHERE"),
    "phone": ("CONTACTS",),
    "card": ("PAYMENTS", "ANYWHERE"),
    "IBAN": ("PAYMENTS", "ANYWHERE"),
    "SSN": ("IDENTITIES", "CLAUSES"),
    "MAC": ("NETWORK", "ANYWHERE"),
    "IPv4": ("NETWORK",),
    "IPv6": ("NETWORK", "ANYWHERE"),
}


def _frames(frames: ModuleType, kinds: Sequence[str]) -> Mapping[str, Sequence[str]]:
    return {kind: [f for place in _PLACES.get(kind, ("CLAUSES",)) for f in getattr(frames, place)] for kind in kinds}


DEVELOPMENT = Part(
    "development",
    seed=1,
    groups=(
        Group(
            "personal data",
            development_personal.PERSONAL,
            _frames(development_frames, [*development_personal.PERSONAL]),
        ),
        Group("vendors' tokens", development_vendors.VENDORS, development_frames.ANYWHERE),
        Group("other secrets", development_secrets.CONTEXT_SECRETS, development_frames.CLAUSES),
    ),
    clean=development_clean.CLEAN,
)

HELD_OUT = Part(
    "held-out",
    seed=7919,
    groups=(
        Group("personal data", held_out_personal.PERSONAL, _frames(held_out_frames, [*held_out_personal.PERSONAL])),
        Group("vendors' tokens", held_out_vendors.VENDORS, held_out_frames.ANYWHERE),
        Group("other secrets", held_out_secrets.CONTEXT_SECRETS, held_out_frames.CLAUSES),
    ),
    clean=held_out_clean.CLEAN,
)
