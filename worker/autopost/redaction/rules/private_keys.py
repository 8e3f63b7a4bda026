"""Private keys and tokens with a format of their own: PEM, PGP, PuTTY, age, JWT."""

from __future__ import annotations

# ruff: noqa: E501  # a pattern is easier to read on one line
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
        name="pem",
    ),
    Rule(
        "PRIVATE_KEY",
        rf"[A-Za-z0-9+/=\s\\]{{16,}}-{{2,5}} ?END {_KIND} ?-{{2,5}}",
        source="RFC 7468, a block that lost its beginning",
        anchor=r"-- ?END [A-Z0-9 ]*PRIVATE",
        score=0.95,
        name="pem-without-begin",
    ),
    Rule(
        "PRIVATE_KEY",
        r"PuTTY-User-Key-File-\d[\s\S]*?(?:Private-MAC:\s*[0-9a-f]+|\z)|Private-MAC:\s*([0-9a-f]{8,})",
        source="PuTTY: PPK file format",
        anchor=r"PuTTY-User-Key-File-|Private-MAC:",
        score=1.0,
        name="putty",
    ),
    Rule(
        "PRIVATE_KEY",
        r"AGE-SECRET-KEY-1[0-9A-Z]{20,}",
        source="age: format specification",
        anchor=r"AGE-SECRET-KEY-1",
        score=1.0,
        name="age",
    ),
    Rule(
        "JWT",
        r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){0,3}[A-Za-z0-9_-]",
        source="RFC 7519; RFC 7516 (five parts)",
        anchor=r"eyJ[A-Za-z0-9_-]{8}",
        score=0.99,
        name="jwt",
    ),
    Rule(
        "JWT",
        r"\beyJ[A-Za-z0-9_-]{30,}",
        source="RFC 7519, cut off after its header",
        anchor=r"eyJ[A-Za-z0-9_-]{8}",
        name="jwt-cut",
    ),
    Rule(
        "PRIVATE_KEY",
        r"\b(?:LS0tLS1CRUdJTi|b3BlbnNzaC1rZXkt|MII[EJCG][A-Za-z0-9+/]{2}IBA[ADQ]|MHcCAQEE|MC4CAQAwBQYDK2VwBCIEI|MIGHAgEAMBMGByqGSM49|MIGkAgEBBD)[A-Za-z0-9+/=\\\s]{20,}[A-Za-z0-9+/=]",
        source="RFC 7468, RFC 5208, RFC 8410, OpenSSH PROTOCOL.key: the body without its lines BEGIN and END, or with them in base64",
        anchor=r"LS0tLS1CRUdJTi|b3BlbnNzaC1rZXkt|MII[EJCG][A-Za-z0-9+/]{2}IBA|MHcCAQEE|MC4CAQAw|MIGHAgEA|MIGkAgEB",
        score=0.97,
        name="without-armour",
    ),
    Rule(
        "PASSWORD_HASH",
        r"\$(?:2[abxy]?\$[0-9]{2}\$[./A-Za-z0-9]{40,53}|(?:1|5|6|7|y|apr1|md5|sha1|gy|argon2(?:id|i|d)|scrypt|pbkdf2(?:-sha(?:256|512))?)\$[^\s\"'<>]{20,})|\bpbkdf2_sha256\$[^\s\"'<>]{20,}|\bSCRAM-SHA-256\$[^\s\"'<>]{40,}|\{S?SHA(?:256|512)?\}[A-Za-z0-9+/=]{20,}",
        source="crypt(5), PHC string format, Django, PostgreSQL, RFC 2307: stored passwords, which can be guessed",
        anchor=r"\$(?:2[abxy]?|1|5|6|7|y|apr1|md5|sha1|gy|argon2|scrypt|pbkdf2)|pbkdf2_sha256|SCRAM-SHA-256|\{S?SHA",
        score=0.9,
        name="hash",
    ),
)
