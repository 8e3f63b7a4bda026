"""Grade how random a value is, whatever its label and its surroundings say."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from autopost.redaction.rules.shape import has_wild_case, is_measure, is_name, is_prose, is_uuid

# What `strength` returns, in order.
PLAIN, NUMBERED, MIXED, RANDOM = range(4)

# A word needs one of these to be more than plain.
SIGN_OF_STRENGTH = re.compile(r"[0-9!@#$%^&*~+]|[a-z][A-Z]|[A-Z]{2}[a-z]")

_RUN = re.compile(r"[A-Za-z0-9]+")
_LETTERS = re.compile(r"[A-Za-z]+")
_DIGITS = re.compile(r"[0-9]+")
_HEX = re.compile(r"(?:[0-9a-f]+|[0-9A-F]+)")
_SYMBOL = re.compile(r"(?<=[A-Za-z0-9])[!#$%^*~@&?]+(?=[A-Za-z0-9!#$%^*~@&])")
# What is followed by a number within the names of code: `OAuth2Client`, `Base64Encoder`.
_NUMBERED_TERMS = frozenset(
    [
        "oauth",
        "http",
        "https",
        "utf",
        "base",
        "sha",
        "md",
        "log",
        "ipv",
        "ip",
        "web",
        "s",
        "ec",
        "k",
        "x",
        "i",
        "aes",
        "rsa",
        "python",
        "py",
        "es",
        "win",
        "int",
        "uint",
        "float",
        "str",
        "mp",
        "h",
        "v",
        "ver",
        "version",
        "es",
        "node",
        "socks",
        "vue",
        "angular",
        "bootstrap",
        "sqlite",
        "postgres",
        "mysql",
        "neo",
        "gson",
        "jackson",
        "log",
        "test",
        "case",
        "step",
        "level",
        "layer",
        "page",
        "part",
        "phase",
        "stage",
        "tier",
        "group",
        "team",
        "user",
        "item",
        "row",
        "col",
        "grid",
        "tab",
        "view",
        "model",
        "java",
        "php",
        "net",
        "dotnet",
        "ed",
        "curve",
        "d",
        "p",
        "r",
        "b",
        "c",
        "e",
        "f",
        "g",
        "l",
        "m",
        "n",
        "o",
        "q",
        "t",
        "u",
        "w",
        "y",
        "z",
        "gtk",
        "qt",
        "opengl",
        "direct",
        "vulkan",
        "usb",
        "ps",
        "rs",
        "ds",
        "us",
        "eu",
        "ap",
        "ca",
        "sa",
        "west",
        "east",
        "north",
        "south",
        "central",
        "area",
        "zone",
        "lang",
        "tls",
        "ssl",
        "ws",
        "rest",
        "api",
        "rfc",
        "iso",
        "iec",
        "ieee",
        "cve",
        "pkcs",
    ]
)
_SERIAL = re.compile(r"(?:[A-Z0-9]{4,8}-){2,}[A-Z0-9]{4,8}")

_HUMPS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_CONSONANTS = re.compile(r"(?i)[bcdfghjklmnpqrtvwxz]{5}")
_VOWEL = re.compile(r"(?i)[aeiouy]")

# Values with digits that are names: code, addresses, dates, variables, and the vocabulary of computing.
_OTHER = re.compile(
    r"(?i)(?:[a-z_][\w.]*\(|https?:|[a-z]:?\\|hk(?:lm|cu|ey)|[\w.+-]+@[\w-]+\.|@[\w-]+/|#\d|\$\w|--?[a-z]"
    r"|\d{1,4}[-/.:]\d{1,2}[-/.:]\d{1,4}|[\w.-]*\.(?:(?-i:[a-z]{2,5}\d?|[A-Z]{2,4}\d?)|log\.\d+)$"
    r"|(?:alt|ctrl|shift|cmd|meta|option|super|fn)\+"
    r"|(?:utf-?(?:8|16|32)(?:mb[34])?|sha-?[0-9]+(?:sum)?|md5(?:sum)?|base(?:32|58|62|64)(?:url)?|x86(?:[_-]64)?|amd64|arm64(?:v8)?"
    r"|k8s|i18n|l10n|a11y|log4j|h26[45]|ipv[46]|oauth2?\w*|es20\d\d|cl100k\w*|o200k\w*|ed25519|secp256[kr]1|p-?256|aes-?(?:128|192|256)\w*"
    r"|rsa-?[0-9]{4}|win(?:32|64)|python3\w*|node\d\w*|iso-?[0-9]+\S*|rfc-?[0-9]+|pkcs?[-#]?[0-9]*|cve-.*|802\.\d+[a-z]{0,2}|p\d{2,3}\w{0,2}|ps256|[ehrp]s(?:256|384|512))$)"
)

# Conversions of printf, control sequences of terminals, line breaks in a protocol's messages.
_FORMAT = re.compile(r"%%|%[-.0-9]*l?[sducCF](?![A-Za-z0-9])|\x1b|%0A")

# Prefixes of published identifiers that look random and give no access.
_IDENTIFIER = re.compile(
    r"(?:pi|cus|evt|ch|sub|in|price|prod|acct|req|msg|toolu|srvtoolu|chatcmpl|cmpl|resp|run|thread|asst|file|call|batch|ft|ftjob|org|user|proj"
    r"|step|vs|gen|task|job|trace|span|rs|seti|si|txn|po|il|order|wf|exec|session|sess|conv|agent|event|doc|item|img|build|deploy|dpl|prj|team)[-_]"
)
_DIGEST = re.compile(
    r"(?i)(?:sha(?:1|224|256|384|512)|md5|h1|blake[23]b?|crc32c?|digest|integrity|checksum|etag|fingerprint)[\"']?[-:= ]{1,3}[\"']?$"
)
_DIGEST_AT = re.compile(r"(?i)(?:sha(?:1|224|256|384|512)|md5|blake[23]b?)[-_]")


def changes(value: str) -> float:
    """Return in what share of places digits, capitals and small letters follow each other."""
    kinds = [c.isdigit() + 2 * c.isupper() for c in value if c.isalnum()]
    return sum(a != b for a, b in pairwise(kinds)) / max(1, len(kinds) - 1)


def longest_run(value: str) -> str:
    """Return the longest sequence of letters and digits."""
    return max(_RUN.findall(value), key=len, default="")


# What machines, records and releases are called that have a number.
_MACHINE = re.compile(
    r"(?i)(?:[a-z]+[-_.])*(?:servers?|srv|web|www|db|database|prod|production|stag(?:e|ing)|dev|test|qa|host|node|worker|agent|bot|app|api|cluster|pod|vm|site|env|box|nas|mail|smtp|ftp|vpn|proxy|cache|redis|backup|release|sprint|build|version|ticket|task|issue|job|batch|order|invoice"
    r"|customer|client|tenant|account|team|group|role|user|admin|router|switch|printer|sap|erp|crm|phase|step|page|line|row|table|q|h|w|v|rev|run|shard|replica|region|zone|port|argon|oauth|auth|http|ipv|utf|base|sha|md)[-_.]?\d{1,3}(?:[-_.][a-z]+)*(?:id|nd)?"
)


def is_machine(value: str) -> bool:
    """Return whether a word with a number is the name of a machine, a record or a release: `web01`, `sprint24`."""
    return _MACHINE.fullmatch(value) is not None


def _latin(value: str) -> str:
    """Return a value with a letter of ASCII for each other letter, to be graded like them."""
    plain = (unicodedata.normalize("NFKD", character)[0] for character in value)
    return "".join(c if c.isascii() or not c.isalpha() else "A" if c.isupper() else "a" for c in plain)


@lru_cache(maxsize=2048)
def strength(value: str) -> int:
    """Return PLAIN for words, references and measures, NUMBERED for words with digits, MIXED as a password is, RANDOM as a key is."""
    grouped = value.isascii() and len(value) >= _LEAST_OF_GROUPS
    if not value.isascii():
        value = _latin(value)
    if SIGN_OF_STRENGTH.search(value) is None or _OTHER.match(value):
        return PLAIN
    if sum(map(str.isalnum, value)) < 4 or _FORMAT.search(value):
        return PLAIN
    if is_prose(value) or is_measure(value) or is_name(value):
        return PLAIN
    if is_hex_key(value) or is_uuid(value):
        return RANDOM
    if "/" in value and max(map(len, value.split("/"))) < len(value) * 0.6:
        return PLAIN if changes(value) < 0.35 else RANDOM
    if (
        _SERIAL.fullmatch(value)
        and sum(bool(_DIGITS.search(part) and _LETTERS.search(part)) for part in value.split("-")) > 1
    ):
        return RANDOM
    runs = _RUN.findall(value)
    grade = max([_grade(run) for run in runs], default=PLAIN)
    if grade < MIXED and _SYMBOL.search(value) and "=" not in value:
        grade = MIXED if any(map(str.isdigit, value)) or len(_SYMBOL.findall(value)) > 1 else NUMBERED
    if grade < MIXED and grouped and len([run for run in runs if _is_mixed_group(run)]) > 1:
        grade = MIXED
    if grade == MIXED and len(value) >= 12 and len(longest_run(value)) >= 8 and changes(value) >= 0.25:
        return RANDOM
    return grade


_LEAST_OF_GROUPS = 12


def _is_mixed_group(run: str) -> bool:
    """Return whether a group has letters and digits in the order of no name: `Q2m`, `99x`, but not `v2` and `rc1`."""
    return len(run) > 2 and re.fullmatch(r"[A-Za-z]*[0-9]+[A-Za-z]+|[A-Z][a-z]+[0-9]", run) is not None


def _grade(run: str) -> int:
    letters = _LETTERS.findall(run)
    digits = _DIGITS.findall(run)
    if not letters or not digits:
        return MIXED if letters and has_wild_case(run) else PLAIN
    if len(run) < 6:
        return NUMBERED
    odd = [part for part in letters if not _is_word(part)]
    if len(digits) >= 2 and len(letters) >= 2:
        return MIXED
    if len(letters) == 1:
        return MIXED if odd and len(run) >= 8 and not letters[0].isupper() else NUMBERED
    return MIXED if odd or _last_hump(letters[0]) not in _NUMBERED_TERMS else NUMBERED


def _last_hump(letters: str) -> str:
    return str(_HUMPS.findall(letters)[-1]).lower()


def _is_word(letters: str) -> bool:
    if len(letters) < 3 or len(letters) > 20 or _CONSONANTS.search(letters):
        return False
    if letters.islower() or letters.isupper() or letters.istitle():
        return _VOWEL.search(letters) is not None
    return all(len(part) > 2 and _VOWEL.search(part) for part in _HUMPS.findall(letters)) or (
        not has_wild_case(letters.ljust(8, "e")) and len(letters) < 10
    )


def is_hex_key(value: str) -> bool:
    """Return whether a value is 32 to 128 hexadecimal digits, as a key or a checksum is."""
    return 32 <= len(value) <= 128 and _HEX.fullmatch(value) is not None and not value.isdigit() and not value.isalpha()


def is_identifier(value: str) -> bool:
    """Return whether a value begins as a published identifier does: `cus_`, `chatcmpl-`."""
    return _IDENTIFIER.match(value) is not None


def is_opaque(value: str) -> bool:
    """Return whether a value is random by its own look: long, of several kinds of characters that change often."""
    run = longest_run(value)
    if len(value) < 20 or len(run) < 10 or _IDENTIFIER.match(value) or is_hex_key(run) or is_uuid(value):
        return False
    digits = sum(map(str.isdigit, run))
    if any(map(str.isupper, run)) and any(map(str.islower, run)):
        return digits >= 2 and changes(value) >= 0.4
    # One case only: much longer, as identifiers of records have this form, too.
    return len(run) >= 32 and digits >= 4 and digits <= len(run) / 2 and changes(run) >= 0.3


def follows_digest(text: str, start: int) -> bool:
    """Return whether a word before the place, or at it, says that a checksum follows."""
    return _DIGEST.search(text[max(0, start - 16) : start]) is not None or _DIGEST_AT.match(text, start) is not None
