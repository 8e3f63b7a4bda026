"""Distinguish a secret from words of prose in the same place: `token: expired`, `password is required`."""

# a pattern is easier to read on one line

from __future__ import annotations

import re
from functools import lru_cache

from autopost.redaction.pattern import compiled
from autopost.redaction.rules.talk import SAID_ENDINGS, SAID_OF_SECRETS

SMALL_WORDS = frozenset(
    [
        "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been", "before",
        "being", "but", "by", "can", "cannot", "could", "did", "do", "does", "every", "few", "for", "from",
        "had", "has", "have", "how", "if", "in", "into", "is", "it", "its", "least", "many", "may", "more",
        "most", "must", "need", "needs", "never", "no", "not", "now", "of", "off", "on", "once", "only",
        "onto", "or", "our", "out", "over", "per", "should", "since", "so", "than", "that", "the", "their",
        "them", "then", "there", "these", "they", "this", "those", "to", "too", "until", "up", "via", "was",
        "we", "were", "what", "when", "where", "which", "while", "who", "will", "with", "without", "would",
        "you", "your",
    ]
)  # fmt: skip

_REFERENCE = compiled(
    r"^(?:[a-zA-Z_][\w.]*\(.*|(?i:your?[_-]\w.*|my[_-](?:api|secret|token|password|key)\w*|\w*(?:placeholder|example|dummy|changeme|change_me|replace[_-]?me|todo|fixme|_here|-here)\w*)|\$\{.*|\$\(.*|\$[A-Z_][A-Z0-9_]*|\{\{.*|\{[a-z_.]*\}?|%[({]?\w*[)}]?s?|<.*|\*+|x{3,}|X{3,}|•+|\.{2,}|\[.*"
    r"|(?:os\.environ|process\.env|env|secrets|vault|arn|ref|file|op|keyvault|ssm)[.:\[(/].*"
    r"|(?:https?|file|s3|gs)://.*|null|nil|none|None|N/A|n/a|undefined|(?i:redacted|masked|hidden|changeme))$"
)
_VERSION = re.compile(r"[vV]?\d+(?:\.\d+)*(?:[.-]?(?:x|rc|beta|alpha|dev|post)\.?\d*)?", re.ASCII)
_MEASURE = re.compile(
    r"[~<>≤≥]?[\d.,:]+(?:ms|us|ns|s|sec|secs|m|min|mins|h|hr|hrs|d|day|days|w|k|kb|mb|gb|tb|kib|mib|gib|bit|bits|x|%|/\w+|-\w+|st|nd|rd|th|am|pm|\+)?",
    re.ASCII,
)
_TICKET = re.compile(r"#?[A-Z]{2,10}-\d{1,6}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d(?:-\d\d)?(?:T.*)?|\d{1,2}/\d{1,2}/\d{2,4}", re.ASCII)
_FILE = re.compile(
    r"(?i)[\w./~-]*\.(?:py|js|ts|tsx|md|json|ya?ml|toml|txt|env|cfg|ini|sql|go|rs|java|rb|sh|html?|css|csv|log|lock|xml|pem|key|crt)",
    re.ASCII,
)
_PATH = re.compile(r"[~.]{0,2}/?(?:[A-Za-z_.-]+[0-9]{0,2}/)+[\w.-]*", re.ASCII)
_NAMES = re.compile(
    r"(?i)(?:(?:oauth|oidc|saml|sha|md|aes|rsa|argon|bcrypt|scrypt|pbkdf|hs|rs|es|ed|tls|ssl|utf|http|x|p|s|k8s|ec|fido|u2f|mfa|2fa|v|q|auth|web|base)"
    r"-?\d{0,4}(?:-\d{1,4})?[a-z]{0,3}|o?auth2?\.\d)",
    re.ASCII,
)
_NAME = re.compile(r"[a-z]{2,}(?:[_-][a-z]{2,})+(?:[_-]?v?\d{1,2})?", re.ASCII)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")  # backtracks by at most one letter
_VOWELS = frozenset("aeiouy")
_PARTS_OF_NAMES = frozenset(
    [
        "as", "at", "by", "cfg", "cmd", "ctx", "css", "db", "do", "ecr", "fs", "go", "hs", "html",
        "http", "https", "id", "in", "io", "ip", "is", "js", "jwt", "k", "md", "mgmt", "mtls", "my", "no",
        "of", "on", "or", "os", "pdf", "ps", "pwd", "ql", "rds", "rpc", "sdk", "smtp", "sql", "src", "ssh",
        "ssl", "tcp", "tls", "to", "ts", "ui", "up", "vm", "vpn", "xml",
    ]
)  # fmt: skip
_BETWEEN_WORDS = re.compile("[-/]")
_SYMBOLS = frozenset("!@#$%^&*+=~|\\?")


_COUNT_TAIL = compiled(
    r"^\s(?:(?:of|out of)\s(?:\d|(?:the|these|those|our|all|them)\s(?:\d|[a-z ]{0,16}[a-z]s\b))"
    r"|(?:ms|ns|us|bytes?|row|line|record|item|token|word|character|page|user|key|node"
    r"|[a-z]{3,}s)\b)"
)
_THIRD_PERSON = frozenset(
    [
        "answers", "appears", "asks", "belongs", "bounces", "calls", "differs", "does", "exists", "expires", "fails",
        "gets", "has", "keeps", "likes", "matches", "needs", "remains", "replies", "rings", "says", "seems", "sends",
        "shows", "stays", "texts", "depuis", "dans", "mais", "sans", "vers", "this", "wants", "was", "works", "writes",
    ]
)  # fmt: skip


def is_count(text: str, end: int) -> bool:
    """Return whether the number that ends here counts what follows it: `1234567 rows`."""
    tail = _COUNT_TAIL.search(text[end : end + 24])
    return tail is not None and tail.group().strip() not in _THIRD_PERSON


def is_name(value: str) -> bool:
    """Return whether a value is words in snake or kebab case, perhaps with a version: `orders_by_day_v2`."""
    return _NAME.fullmatch(value) is not None


def is_reference(value: str) -> bool:
    """Return whether a value stands for one that is elsewhere: a variable, a call, a placeholder, asterisks."""
    return _REFERENCE.match(value) is not None


def is_prose(value: str) -> bool:
    """Return whether a value is a word that describes secrets, or a reference to the place of one."""
    plain = value.strip("\"'`()[]*_.,;:!?").lower()
    if not plain or is_reference(value):
        return True
    if any(map(str.isdigit, plain)):
        return False
    first, *others = _BETWEEN_WORDS.split(plain)
    # Two words can be a compound, such as `case-sensitive`. Of more words, every one must describe.
    return describes(first) and (len(others) < 2 or all(map(describes, others)))


# How words begin that describe passwords in other languages: required, wrong, invalid, expired.
_DESCRIBES_ABROAD = compiled(
    r"(?i)^(?:verplicht|vereist|onjuist|ongeldig|verlopen|falsch|erforder|notwendig|ungült|abgelauf|unbekannt|obligat|obrigat|siehe$|voir$|véase$|vedi$|zie$|patrz$|minim|mínim|mindest|wenigst|höchst|maxim|máxim|massim|almeno$|pflicht|vergess|oubli|olvid|dimentic|esquec|vergeten|zapomn|unveränd|inchang|requer|requis|incorre|inv[áa]lid|errone|érron|erron|scadut|expir|vencid|vide$|fausse?$|faux$"
    r"|obbligator|richiest|sbagliat|ogiltig|felaktig|krävs|påkrevd|ugyldig|forkert|nødvendig|virheelli|pakolli|vanhentu|wymag|niepraw|błęd|wygas|povinn|nesprávn|neplatn|chybn|helytelen|érvénytelen|kötelező|gerekli|yanlış|geçersiz|zorunlu"
    r"|обязат|невер|неправ|истек|истёк|просроч|обов|wajib|salah|terlalu|λάθος|υποχρεωτ|必|错|不|無効|間違)"
)


@lru_cache(maxsize=2048)
def describes(word: str) -> bool:
    """Return whether a word in lower case says something of a password, token or key: `wrong`, `expired`."""
    return (
        word in SAID_OF_SECRETS
        or _DESCRIBES_ABROAD.search(word) is not None
        or (len(word) > 4 and _is_adverb_or_participle(word))
    )


def _is_adverb_or_participle(word: str) -> bool:
    # Words such as `butterfly` are neither.
    return word.isalpha() and word.endswith(SAID_ENDINGS) and not word.endswith("fly")


def is_sentence(words: str) -> bool:
    """Return whether words are a statement and not a passphrase, by the function words in them."""
    return not SMALL_WORDS.isdisjoint(words.lower().split())


@lru_cache(maxsize=2048)
def is_measure(value: str) -> bool:
    """Return whether a value is a version, duration, size, date, ticket, file, path or algorithm."""
    return any(pattern.fullmatch(value) for pattern in (_VERSION, _MEASURE, _TICKET, _DATE, _FILE, _PATH, _NAMES))


def has_random_look(value: str) -> bool:
    """Return whether letters are mixed with digits or symbols, as in a password."""
    letter, digit = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    symbol = any(character in _SYMBOLS for character in value[:-1])
    inner_upper = any(map(str.isupper, value[1:])) and any(map(str.islower, value))
    return (
        (letter and digit)
        or (symbol and (letter or digit))
        or (inner_upper and (len(value) >= 12 or has_wild_case(value)))
    )


def has_wild_case(value: str) -> bool:
    """Return whether letters have random case, as in `pAYkMzOe`, unlike `GitHub` and `getUserById`."""
    parts = _PARTS.findall(value)
    if len(value) < 8 or sum(map(len, parts)) != len(value):
        return False
    odd = [part for part in parts if part.lower() not in _PARTS_OF_NAMES and not _is_like_a_word(part)]
    return len(odd) >= 2 or any(len(part) >= 3 and not part.isupper() for part in odd)


def _is_like_a_word(part: str) -> bool:
    return len(part) >= 3 and (part.isupper() or not _VOWELS.isdisjoint(part.lower()))


def is_uuid(value: str) -> bool:
    """Return whether a value is a UUID, which is usually an identifier and not a secret."""
    return _UUID.fullmatch(value) is not None


_WORDED = re.compile(
    r"(?:[A-Z]?[a-z]{1,19}|[A-Z]{1,19}|v?[0-9]{1,4}|[0-9]{8}|[A-Z]?[a-z]{2,19}[0-9]{1,3}|(?:[A-Z][a-z]+){2,5})"
)
_BORDER = re.compile(r"[^A-Za-z0-9]+")


def is_worded(value: str) -> bool:
    """Return whether a value consists of words and numbers with signs between them, as names in code do."""
    return all(_WORDED.fullmatch(part) and not has_wild_case(part) for part in _BORDER.split(value) if part)


_PLACEHOLDER_BEGINS = re.compile(r"<[A-Z_]*$")
_PLACEHOLDER_ENDS = re.compile(r"[A-Z_]+>")


def in_placeholder(text: str, start: int) -> bool:
    """Return whether a word is part of a placeholder such as `<API_KEY>`, and says nothing of its neighbours."""
    return _PLACEHOLDER_ENDS.match(text, start) is not None and (
        _PLACEHOLDER_BEGINS.search(text[max(0, start - 24) : start]) is not None
    )


def is_random(text: str, start: int, end: int) -> bool:
    """Return whether this is a random key and not words joined by hyphens and dots (refinement of a rule)."""
    return not is_worded(text[start:end])


_CLOSERS = ".,;:)]}"
_OPENER = {")": "(", "]": "[", "}": "{"}

# In the query of a URL, the value ends at the next parameter.
_NEXT_PARAMETER = compiled(r"&(?:amp;)?[A-Za-z_][\w.-]*=")


def trimmed(text: str, start: int, end: int) -> int:
    """Return the end of a value, without the next parameter of a URL and the punctuation of the sentence."""
    if "&" in text[start:end] and (parameter := _NEXT_PARAMETER.search(text[start:end])) is not None:
        end = start + parameter.start()
    while end > start and text[end - 1] in _CLOSERS:
        if text[end - 1] in _OPENER and _OPENER[text[end - 1]] in text[start:end]:
            break
        end -= 1
    return end
