"""Words that tell a phrase from a sentence about phrases."""

from __future__ import annotations

# Words that end a phrase told after `is`.
CUTS = frozenset(
    [
        "and", "but", "for", "as", "on", "in", "at", "which", "that", "works", "worked", "is", "was", "who", "when",
        "with", "all", "no", "until", "since", "before", "after", "from", "again", "only", "it", "und", "aber", "mit",
        "auf", "et", "mais", "sur", "avec", "y", "pero", "con", "e", "ma", "och", "men", "med", "i", "a", "ale",
        "oraz",
    ]
)  # fmt: skip

# Function words of other languages than English: a statement has some, a phrase has none.
SMALL_ABROAD = frozenset(
    [
        "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "im", "am", "zu", "zum", "zur", "nicht",
        "noch", "sehr", "für", "von", "oder", "wurde", "wird", "muss", "kann", "sollte", "bereits", "schon", "nur",
        "bei", "le", "la", "les", "un", "une", "du", "pas", "dans", "pour", "trop", "par", "au", "aux", "ne", "doit",
        "peut", "déjà", "el", "los", "las", "una", "del", "no", "muy", "ya", "fue", "debe", "puede", "para", "por",
        "lo", "il", "gli", "non", "nel", "nella", "stata", "stato", "troppo", "per", "deve", "het", "een", "niet",
        "op", "van", "voor", "te", "werd", "moet", "al", "os", "não", "na", "foi", "uma", "inte", "på", "är", "för",
        "det", "ett", "nie", "w", "z", "do", "jest", "został", "została", "не", "на", "в", "с", "был", "была", "está",
    ]
)  # fmt: skip

# Words of descriptions that begin a phrase more often than a statement.
OPENERS = frozenset(
    [
        "open", "magic", "little", "tiny", "funny", "two", "eight", "ten", "twelve", "every", "old", "small", "wise",
    ]
)  # fmt: skip

# Words of sentences about passphrases.
ABOUT = frozenset(
    [
        "word", "words", "character", "characters", "letter", "letters", "digit", "digits", "symbol", "symbols",
        "minimum", "maximum", "entropy", "policy", "key", "keys", "phrase", "phrases", "passphrase", "passphrases",
        "password", "passwords", "wallet", "wallets", "seed", "seeds", "vault", "manager", "prompt", "field", "form",
        "user", "users", "login", "rotation", "rotated", "generator", "length", "strength", "option", "dialog",
    ]
)  # fmt: skip

# Words that begin a hint such as `the street I grew up on`.
OF_SOMEBODY = frozenset(
    [
        "the", "my", "his", "her", "our", "your", "their", "a", "an", "first", "last", "name", "old",
    ]
)  # fmt: skip

# Verbs of a statement.
SAYS = frozenset(
    [
        "is", "are", "was", "were", "must", "should", "can", "will", "has", "have", "does", "not", "no", "be", "been",
    ]
)  # fmt: skip

# The same in other languages, after which a statement goes on: `Die Passphrase ist im Tresor`.
SAYS_ABROAD = frozenset(
    [
        "ist", "sind", "war", "wird", "wurde", "liegt", "steht", "muss", "soll", "hat", "est", "sont", "était", "sera",
        "doit", "se", "es", "son", "está", "fue", "era", "debe", "è", "sono", "deve", "sta", "é", "foi", "staat",
        "moet", "werd", "ligt", "är", "finns", "står",
        "er", "ligger", "jest", "musi", "je", "on", "este", "быть", "лежит", "хранится",
    ]
)  # fmt: skip
