"""Random values without a word beside them: long, of several kinds of characters that change often."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re

from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.mixture import is_mixture
from autopost.redaction.rules.shape import is_reference, is_uuid
from autopost.redaction.rules.strength import changes, follows_digest, is_hex_key, is_identifier, is_opaque


def _is_opaque(text: str, start: int, end: int) -> bool:
    before, value = text[max(0, start - 2) : start], text[start:end].rstrip("=")
    if text[end : end + 1].isalnum():
        return False
    if "/" in value or "+" in value:
        return before[-1:] not in {"/", ".", "%"} and _is_base64(value) and not follows_digest(text, start)
    if before[-1:] in {"/", "@", "."} and before[:1].isalnum():
        return False  # part of a path or address: links.py
    return is_opaque(value.strip("-_~")) and not follows_digest(text, start)


def _is_base64(value: str) -> bool:
    """Return whether characters of four kinds change often, and not only at the slashes of a path."""
    kinds = {c.isdigit() + 2 * c.isupper() for c in value if c.isalnum()}
    return len(value) >= 24 and kinds == {0, 1, 2} and changes(value) >= 0.4 and max(map(len, value.split("/"))) >= 12


_DIGITS_APART = r"[0-9][A-Za-z]{1,6}[0-9]{1,6}[A-Za-z]{1,6}[0-9]"
_SHORT = 14, 19  # characters


def _is_short_opaque(text: str, start: int, end: int) -> bool:
    value = text[start:end]
    return (
        _SHORT[0] <= len(value) <= _SHORT[1]
        and sum(map(str.isdigit, value)) >= 4
        and any(map(str.isupper, value))
        and any(map(str.islower, value))
        and changes(value) >= 0.6
        and text[start - 1 : start] not in {"/", "@", ".", "_", "-", "#"}
        and text[end : end + 1] not in {"/", "@", "_", "-"}
        and not follows_digest(text, start)
    )


# What has a random name and gives no access, close before the name, or said of it after it.
_NAMED = re.compile(
    r"(?i)\b(?:commits?|sha(?:-?\d+)?|rev(?:ision)?s?|builds?|images?|layers?|containers?|versions?|releases?|tags?|branch(?:es)?|pods?|nodes?|hosts?|digests?|checksums?|hash(?:es)?|md5|etags?|fingerprints?|traces?|spans?|requests?|correlation|runs?|jobs?|tasks?|batch(?:es)?|ids?|uuids?|guid|objects?|blobs?|chunks?|snapshots?|blocks?|transactions?"
    r"|tx|txid|serials?|certificates?|seriennummer|orders?|invoices?|tracking|parcels?|shipments?|lots?|parts?|skus?|models?|articles?|tickets?|events?|messages?|sessions?|documents?|files?|pages?|rows?|records?|workflows?|deploy(?:ment)?s?|artifacts?|ref(?:erence)?s?|package|contracts?|pr[üu]fsummen?|auftrag|bestellung|rechnung|vorgang|lauf|somme de contr[ôo]le|empreinte|commande|facture|suma de (?:verificaci[óo]n|comprobaci[óo]n)|pedido|factura|impronta|ordine|fattura|zam[óo]wienie|bestelling"
    r"|deployed|merged|reverted|pushed|cherry-?picked|pulled|built|tagged|released|rolled back(?: to)?|checked out|bisected|back to|head|base|parent|upstream|origin|main|master|merge"
    r"|сборк\w+|коммит\w*|заказ\w*|запрос\w*)\b[^.!?\n]{0,12}$"
)
_SAID_AFTER = re.compile(
    r"(?i)^[\"'`)]?\s?(?:(?:is|was|has been|got)\s(?:the\s)?(?:commit|merged|deployed|built|reverted|released|tagged|checksum|build|image|digest|hash|run|id)|(?:merged|deployed|reverted|tagged|commit|checksum)\b)"
)
_OF_KEY = re.compile(r"(?i)\b(?:access|api|secret|client|app)[ _-]?(?:key|secret)(?:[ _-]id)?\s?:?\s$")
_APART = frozenset("/@#=:%&?$\\_-.+")
_OF_CLOUD = re.compile(r"[a-z]{1,9}-[0-9a-f]{8}(?:[0-9a-f]{9})?")  # AWS: `vol-0f1e2d3c4b5a69788`
_LEAST_MIXED = 12
# A letter, a digit, a letter and a digit, or the other way round, in this order.
_THREE_TURNS = re.compile(
    "[^A-Za-z]*[A-Za-z][^0-9]*[0-9][^A-Za-z]*[A-Za-z][^0-9]*[0-9]|[^0-9]*[0-9][^A-Za-z]*[A-Za-z][^0-9]*[0-9][^A-Za-z]*[A-Za-z]"
)
_DIGITS, _LETTERS = r"(?:[-._~]?[0-9])+", r"(?:[-._~]?[A-Za-z])+"  # of one value


def _is_mixed(text: str, start: int, end: int) -> bool:
    """Accept letters and digits that are mixed as in a token, unless words say what has such a name."""
    value = text[start:end]
    # The conditions that most values fail, and those that take the least time, come first.
    if text[start - 1 : start] in _APART or text[end : end + 1] in {"/", "@", "_", "(", "="} or is_hex_key(value):
        return False
    if _THREE_TURNS.match(value) is None or is_uuid(value) or sum(map(str.isalnum, value)) < _LEAST_MIXED:
        return False
    if not is_mixture(value) or is_identifier(value) or _OF_CLOUD.fullmatch(value) or is_reference(value):
        return False
    before = text[max(0, start - 48) : start]
    return (
        (_NAMED.search(before) is None or _OF_KEY.search(before) is not None)
        and _SAID_AFTER.match(text[end : end + 32]) is None
        and not follows_digest(text, start)
    )


RULES = (
    Rule(
        "SECRET",
        r"(?:\\\\?x[2-7][0-9a-fA-F]){6,}|(?:\\\\?u00[2-7][0-9a-fA-F]){6,}|(?:&#(?:x[2-7][0-9a-fA-F]|\d{2,3});){6,}",
        "letters and digits of ASCII that are escaped one by one, which only hides them",
        score=0.6,
        name="escaped",
    ),
    Rule(
        "SECRET",
        r"\b[A-Za-z0-9_+/~-]{20,}={0,2}",
        "entropy: characters of several kinds that change often; RFC 4648",
        anchor=r"[A-Za-z0-9_+/~-]{20}",
        score=0.65,
        refine=single(_is_opaque),
        name="opaque",
    ),
    Rule(
        "SECRET",
        rf"\b([A-Za-z0-9]*{_DIGITS_APART}[A-Za-z0-9]*)\b",
        "the same for 14 to 19 characters, of which four are digits and most are of another kind than their neighbour",
        anchor=_DIGITS_APART,
        score=0.6,
        refine=single(_is_short_opaque),
        name="short-opaque",
    ),
    Rule(
        "SECRET",
        r"\b[A-Za-z0-9](?:[-._~]?[A-Za-z0-9]){11,}\b",
        "letters and digits that change as in a token, and no word for what has a random name",
        anchor=rf"[A-Za-z]{_DIGITS}{_LETTERS}[-._~]?[0-9]|[0-9]{_LETTERS}{_DIGITS}[-._~]?[A-Za-z]",
        score=0.55,
        refine=single(_is_mixed),
        name="mixed",
    ),
)
