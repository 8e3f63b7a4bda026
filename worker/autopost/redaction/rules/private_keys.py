"""Private keys and tokens with a format of their own: PEM, PGP, PuTTY, age, JWT."""

from __future__ import annotations

from autopost.redaction.rule import Rule

# The body can have real or escaped line breaks (JSON), be quoted in a mail, or be cut off before the END line.
_BODY = r"[A-Za-z0-9+/=\s\\:,.\"'>|-]*?"
_CUT_BODY = r"[A-Za-z0-9+/=\s\\:,>|-]*"
_KIND = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?"

RULES = (
    Rule(
        "PRIVATE_KEY",
        rf"-{{2,5}} ?BEGIN {_KIND} ?-{{2,5}}(?:{_BODY}-{{2,5}} ?END {_KIND} ?-{{2,5}}|{_CUT_BODY})",
        source="RFC 7468; RFC 9580 6.2; OpenSSH PROTOCOL.key",
        anchor=r"-- ?BEGIN [A-Z0-9 ]*PRIVATE",
        score=1.0,
    ),
    Rule(
        "PRIVATE_KEY",
        rf"[A-Za-z0-9+/=\s\\]{{16,}}-{{2,5}} ?END {_KIND} ?-{{2,5}}",
        source="RFC 7468, a block that lost its beginning",
        anchor=r"-- ?END [A-Z0-9 ]*PRIVATE",
        score=0.95,
    ),
    Rule(
        "PRIVATE_KEY",
        r"PuTTY-User-Key-File-\d[\s\S]*?(?:Private-MAC:\s*[0-9a-f]+|\z)",
        source="PuTTY: PPK file format",
        anchor=r"PuTTY-User-Key-File-",
        score=1.0,
    ),
    Rule(
        "PRIVATE_KEY",
        r"AGE-SECRET-KEY-1[0-9A-Z]{20,}",
        source="age: format specification",
        anchor=r"AGE-SECRET-KEY-1",
        score=1.0,
    ),
    Rule(
        "JWT",
        r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){0,3}[A-Za-z0-9_-]",
        source="RFC 7519; RFC 7516 (five parts)",
        anchor=r"eyJ[A-Za-z0-9_-]{8}",
        score=0.99,
    ),
    Rule(
        "JWT",
        r"\beyJ[A-Za-z0-9_-]{30,}",
        source="RFC 7519, cut off after its header",
        anchor=r"eyJ[A-Za-z0-9_-]{8}",
    ),
)
