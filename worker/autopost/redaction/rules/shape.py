"""Tell a secret from the words of prose that can stand in its place: `token: expired`, `password is required`."""

from __future__ import annotations

from autopost.redaction.pattern import compiled

# What is said about a password, token or key instead of telling it. Participles and adverbs are known by
# their endings, these are the others.

_SAID_OF_SECRETS = frozenset(
    [
        "a", "about", "absent", "active", "again", "all", "already", "also", "always", "an", "and", "any",
        "are", "as", "at", "available", "back", "bad", "be", "been", "before", "being", "below", "blank",
        "but", "by", "can", "cannot", "case", "changes", "check", "complete", "compliant", "configuration",
        "correct", "current", "default", "did", "different", "do", "does", "done", "due", "during", "empty",
        "enough", "error", "every", "exists", "expires", "expiry", "fail", "fails", "failure", "false",
        "field", "fields", "fine", "first", "for", "free", "fresh", "from", "generation", "good", "had",
        "hard", "has", "have", "healthy", "here", "hidden", "history", "hygiene", "id", "in", "incorrect",
        "insecure", "intact", "into", "invalid", "is", "issue", "issues", "it", "its", "key", "kept",
        "last", "leak", "leaks", "length", "less", "lifecycle", "lifetime", "limit", "live", "long",
        "longer", "loss", "lost", "manager", "management", "masked", "match", "matches", "mismatch",
        "missing", "more", "must", "my", "name", "names", "needs", "never", "new", "newer", "next", "no",
        "none", "normal", "not", "now", "null", "of", "off", "ok", "okay", "old", "older", "on", "once",
        "one", "only", "open", "or", "optional", "other", "our", "out", "over", "own", "pass", "passed",
        "pending", "per", "plain", "policy", "policies", "present", "private", "protection", "public",
        "read", "ready", "refresh", "required", "reset", "resets", "retry", "right", "rotate", "rotates",
        "rotation", "rules", "safe", "same", "scan", "scanning", "secret", "secrets", "secure", "see",
        "sent", "service", "set", "should", "shown", "since", "so", "some", "soon", "still", "storage",
        "store", "strength", "strict", "strong", "success", "such", "support", "sync", "test", "that",
        "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "today", "token",
        "tokens", "tomorrow", "too", "true", "two", "type", "unavailable", "unchanged", "undefined",
        "under", "unique", "unknown", "unless", "until", "unsafe", "unset", "up", "update", "updates",
        "usage", "use", "used", "user", "users", "uses", "using", "valid", "validation", "value", "values",
        "vault", "via", "warning", "was", "weak", "went", "were", "what", "when", "where", "which", "while",
        "who", "why", "will", "wise", "with", "without", "work", "works", "wrong", "yes", "yesterday",
        "you", "your",
    ]
)  # fmt: skip
_SAID_ENDINGS = ("ed", "ing", "ly", "able", "ible", "less", "tion", "ment")

_SMALL_WORDS = frozenset(
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
    r"^(?:\$\{.*|\$\(.*|\$[A-Z_][A-Z0-9_]*|\{\{.*|\{[a-z_.]*\}?|%[({]?\w*[)}]?s?|<.*|\*+|x{3,}|X{3,}|•+|\.{2,}|\[.*"
    r"|(?:os\.environ|process\.env|env|secrets|vault|arn|ref|file|op|keyvault|ssm)[.:\[(/].*"
    r"|(?:https?|file|s3|gs)://.*|null|nil|none|None|N/A|n/a|undefined|(?i:redacted|masked|hidden|changeme))$"
)
_VERSION = compiled(r"^[vV]?\d+(?:\.\d+)*(?:[.-]?(?:x|rc|beta|alpha|dev|post)\.?\d*)?$")
_MEASURE = compiled(
    r"^[~<>≤≥]?[\d.,:]+(?:ms|us|ns|s|sec|secs|m|min|mins|h|hr|hrs|d|day|days|w|k|kb|mb|gb|tb|kib|mib|gib|bit|bits|x|%|/\w+|-\w+|st|nd|rd|th|am|pm|\+)?$"
)
_TICKET = compiled(r"^#?[A-Z]{2,10}-\d{1,6}$")
_DATE = compiled(r"^\d{4}-\d\d(?:-\d\d)?(?:T.*)?$|^\d{1,2}/\d{1,2}/\d{2,4}$")
_FILE = compiled(
    r"(?i)^[\w./~-]*\.(?:py|js|ts|tsx|md|json|ya?ml|toml|txt|env|cfg|ini|sql|go|rs|java|rb|sh|html?|css|csv|log|lock|xml|pem|key|crt)$"
)
_PATH = compiled(r"^[~.]{0,2}/?(?:[A-Za-z_.-]+[0-9]{0,2}/)+[\w.-]*$")
_NAMES = compiled(
    r"(?i)^(?:(?:oauth|oidc|saml|sha|md|aes|rsa|argon|bcrypt|scrypt|pbkdf|hs|rs|es|ed|tls|ssl|utf|http|x|p|s|k8s|ec|fido|u2f|mfa|2fa|v|q|auth|web|base)"
    r"-?\d{0,4}(?:-\d{1,4})?[a-z]{0,3}|o?auth2?\.\d)$"
)
_UUID = compiled(r"(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

_SYMBOLS = frozenset("!@#$%^&*+=~|\\?")


def is_prose(value: str) -> bool:
    """Tell whether a value is a word that is said of secrets, or a reference to where one is kept."""
    plain = value.strip("\"'`()[]*_.,;:!?").lower()
    if not plain or _REFERENCE.match(value):
        return True
    first = plain.split("-")[0].split("/")[0]
    if any(map(str.isdigit, plain)):
        return False
    return first in _SAID_OF_SECRETS or (first.isalpha() and len(first) > 4 and first.endswith(_SAID_ENDINGS))


def is_sentence(words: str) -> bool:
    """Tell whether words are said about something, by the small words that a passphrase does without."""
    return not _SMALL_WORDS.isdisjoint(words.lower().split())


def is_measure(value: str) -> bool:
    """Tell whether a value is a version, duration, size, date, ticket, file, path or algorithm."""
    return any(pattern.match(value) for pattern in (_VERSION, _MEASURE, _TICKET, _DATE, _FILE, _PATH, _NAMES))


def has_random_look(value: str) -> bool:
    """Tell whether letters and digits, or signs, are mixed as in a made-up password."""
    letter, digit = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    symbol = any(character in _SYMBOLS for character in value[:-1])
    inner_upper = any(map(str.isupper, value[1:])) and any(map(str.islower, value))
    return (letter and digit) or (symbol and (letter or digit)) or (inner_upper and len(value) >= 12)


def is_uuid(value: str) -> bool:
    """Tell whether a value is a UUID, which names things far more often than it guards them."""
    return _UUID.match(value) is not None


def is_random(text: str, start: int, end: int) -> bool:
    """Tell a random key from words joined by hyphens and dots (a refinement of a rule)."""
    digits = sum(map(str.isdigit, text[start:end]))
    return digits >= 3 or (digits > 0 and any(map(str.isupper, text[start:end])))
