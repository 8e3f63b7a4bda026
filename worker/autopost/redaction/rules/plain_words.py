"""Passwords that are a plain word, in languages other than English: `Das Passwort lautet Sonnenblume`.

Such a word counts as a password after a colon and after words that only a value follows, if its clause ends there, and in
quotes after any form of `to be`. Words that say what a password is like stay.
"""

# ruff: noqa: E501  # a pattern is easier to read on one line, and is not a password

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from autopost.redaction.rule import Span
from autopost.redaction.rules.phrase_words import SMALL_ABROAD
from autopost.redaction.rules.saying import ANY_LINK, NOW, REMAINS, STILL, SURE_LINK
from autopost.redaction.rules.shape import SMALL_WORDS, describes, is_reference
from autopost.redaction.rules.talk import SECOND_HALVES

_REACH_CHARACTERS = 140

_OWNER = r"(?:[ ,][^\W\d_][\w'.@/-]*){0,7}?"
_WORD = r"([^\W\d_]{4,24}(?:[-.][^\W\d_]{2,24})*)"
_QUOTED = r"(?:\"([^\W\d_][^\"\n<>:]{2,40})\"|(?<!\w)'([^\W\d_][^'\n<>:]{2,40})'(?!\w)|`([^\W\d_][^`\n<>:]{2,40})`|[「『]([^「」『』\n]{3,40})[」』])"
_END = r"(?=[\"'`]?\s*(?:$|[.,;!?)\n。、]|\s(?:(?:und|aber|bis|et|mais|y|pero|e|ma|och|men|og|i|ale|a|és|și|ve|и|но|та|en|maar|ja)(?![^\W\d_])|\()))"
_ASSIGNED = re.compile(rf"{_OWNER}[\"'`]?\s?[:：=]\s?[\"'`]?{_WORD}{_END}")
_SET = re.compile(rf"(?i){_OWNER}[\s,](?P<link>{SURE_LINK})(?:\s(?:{NOW}))?\s?:?\s[\"'`]?{_WORD}{_END}")
_NOUN = re.compile(
    rf"{_OWNER}\s(?:ist|bleibt|war)(?:\s(?:jetzt|nun|weiterhin|immer noch|noch))?\s([A-ZÄÖÜ][a-zäöüß]{{3,24}}){_END}"
)
_IS_WORD = re.compile(
    rf"(?i){_OWNER}\s(?P<be>é|è|es|est|är|er|blir|jest|to|je|este|yra|är|sigue siendo|continua sendo|rimane|ist|on|είναι|adalah|là)(?:\s(?:{NOW}))?\s([^\W\d_]{{5,24}}){_END}|(?i:{_OWNER}\s(?:{NOW})\s(?:es|é|è|est|är|er|je|to)\s([^\W\d_]{{5,24}}){_END})"
)
# What remains is a value, not what it is like, even after words that are labels only sometimes: `la clave sigue siendo mariposa`.
_STILL = re.compile(
    rf"(?i){_OWNER}(?:\s(?:{REMAINS})|\s(?:is|ist|est|es|é|è|är|er|on|jest|to|je|este|είναι)?\s?(?:{STILL}))(?:\s(?:is|jest|to))?\s[\"'`]?{_WORD}{_END}"
)
# Directly behind the label, if `with` stands before it: `mit dem Kennwort Rhabarber kommt man rein`.
_WITH = re.compile(
    r"(?i)(?:^|\s)(?:mit|avec|con|com|met|med|cu|com|s|z|с|с|with)\s(?:[^\W\d_]{1,4}\s){0,2}(?:mot de\s)?$"
)
_BESIDE = re.compile(
    rf"\s[\"'`]?{_WORD}(?:{_END}|(?=\s(?:kommt|kommst|geht|kann|lässt|öffnet|funktioniert|entra|abre|apre)\s))"
)
_SAID = re.compile(rf"(?i){_OWNER}\s(?:{ANY_LINK})\s?:?\s?{_QUOTED}")
_IN_ASIA = re.compile(r"(?:[はをも]|是|为|為|改为|改為|는|은|를|을)?\s?[\"「『]([^\"「」『』\n]{3,40})[\"」』]")

_ENGLISH_WORDS = frozenset(["to", "on", "er", "je"])
# Labels that are words of other sentences, too: `la clave`, `parola`, `hasło`.
_UNSURE = re.compile(r"(?i)[^\w]*(?:clave|losung|sandi|parola|hasł.|κωδικ.*)")
_ENGLISH = re.compile(r"(?i)[^a-z]*(?:pass[ _-]?(?:word|phrase|code|wd)s?|.*pass|pwd?|psk)[^a-z]*")
_GERMAN = re.compile(r"(?i)[^\w]*(?:passw[oö]rt|kennw[oö]rt|losung|zugangs)\w*")
_ENGLISH_LINK = re.compile(
    r"(?i)(?:chang|set|reset|switch|updat|rotat)[a-z]*\s(?:[a-z]+\s){0,3}(?:back\s)?(?:to|from|in)$|reads$|equals$"
)

# What a password can be like: safe, weak, strong, empty, long, short, the same, new, old, known, forgotten, right, needed.
_LIKE = re.compile(
    r"(?i)(?:(?:un)?sicher|schwach|stark|leer|lang|kurz|gleich|neu|alt|(?:un)?bekannt|vergessen|geheim|gültig|richtig|korrekt|anders|pflicht|standard|wunsch|anfrage|teil|sache|nötig|einfach|zufällig|geändert"
    r"|sûr|faible|fort|vide|long|court|identique|nouve|(?:in)?connu|oubli|valide|correct|défaut|sécurité|autre|tous|nécessaire|seguro|segura|débil|fuert|vac[ií]|larg|cort|igual|nuev|viej|(?:des)?conocid|olvidad|válid|correct|blanco|defecto|seguridad|todos|otra|otro|misma|mismo"
    r"|sicur|debol|vuot|lung|ugual|stess|nuov|vecchi|(?:s)?conosciut|dimenticat|valid|corrett|frac|vazi|nov|velh|mesm|sempre|amanhã|(?:on)?veilig|zwak|sterk|leeg|kort|gelijk|nieuw|oud|(?:on)?bekend|vergeten|geldig|juist|wens|vraag|zelfde"
    r"|säker|svag|tom|lång|samma|gammal|okänd|glömt|giltig|rätt|slut|sist|sidst|sikker|svak|stærk|gammel|ukjent|ukendt|glemt|gyldig|samme|turvallinen|heikko|vahva|tyhjä|pitkä|lyhyt|sama|uusi|vanha|unohtunut|oikea|eilen"
    r"|bezpieczn|słab|siln|pust|krót|dług|now|star|nieznan|znan|poprawn|ważn|prawidł|nowe|stałe|inne|bezpečn|slab|prázdn|krátk|dlouh|stejn|neznám|žádost|biztonságos|gyenge|erős|üres|rövid|hosszú|régi|ismeretlen|sigur|puternic|gol|scurt|nou|vechi|necunoscut|corect|urmă"
    r"|güvenli|zayıf|güçlü|kısa|uzun|aynı|yeni|eski|geçerli|doğru|безопас|слаб|сильн|над[её]жн|пуст|корот|длинн?|такой|тот|нов|стар|неизвест|извест|верн|правил|прост|сложн|нужен|друг|всех|обязат|секрет|ασφαλ|αδύναμ|ισχυρ|κεν|ίδι|παλι|άγνωστ|mal[ao]|buen|rar|únic|obvi|clar|fij|propi|floj|públic|privad|buon|cattiv|chiar|fiss|propri|ovvi|ruim|fácil|difícil|facil|difficil|aman|lemah|kuat|kosong|pendek|panjang|baru|lama|benar|habit|giust|solit|usual|üblich|gewoon|falls|norm|admin|maestr|wifi|root|mast)\w{0,4}"
)
_PARTICIPLE = re.compile(
    r"(?i)(?:^ge[a-z]{3,}(?:t|en)|^(?:ver|ent|er|be|ab|ein|aus)[a-zäöü]{3,}(?:t|en)|iert|ées?|és?|[ai]d[oa]s?|[aiu]t[oa]|(?:on|an)[eya]|ęt[eya]|(?:en|án)[oyá]|(?:ён|ен|ан|ят)[аоы]?|ttu|tty|[dt][iıuü]|m[iı]ş|m[ae]l[iı])$"
)


# How adjectives end, in which the subject of a sentence is described.
_ADJECTIVE = re.compile(
    r"(?i)(?:al|ale|ble|[ií]c[ao]|iqu?e|os[ao]|eux|euse|iv[ao]|ante|ente|[aeo]ri[ao]|ej[ao]|il|lich|lig|ig|isch|bar|los|sam|haft|lijk|[yýéeiíoóой]|ый|ий|ая|ое|ad|at|et|sk|ska|nt|[klprg]t|en|inen|nen|va|vä|li)$"
)


def announced(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the plain word that follows the label at this place and is a password."""
    label, window = text[start:end], text[end : end + _REACH_CHARACTERS]
    for pattern, quoted in (
        (_SAID, True),
        (_IN_ASIA, True),
        (_ASSIGNED, False),
        (_SET, False),
        (_NOUN, False),
        (_IS_WORD, False),
        (_STILL, False),
        (_BESIDE, False),
    ):
        if not quoted and not _may_be_plain(label, pattern):
            continue
        if pattern is _BESIDE and not _WITH.search(text[max(0, start - 16) : start]):
            continue
        match = pattern.match(window)
        if match is None or (pattern is _SET and _ENGLISH.fullmatch(label) and _ENGLISH_LINK.search(match["link"])):
            continue
        if pattern is _IS_WORD and _ENGLISH.fullmatch(label) and (match["be"] or "").lower() in _ENGLISH_WORDS:
            continue
        group = next(number for number in range(match.re.groups, 0, -1) if match.group(number))
        value = match.group(group)
        if pattern is _BESIDE and _GERMAN.fullmatch(label) and not value[0].isupper():
            continue
        noun = pattern is _NOUN  # no participle of English, though it ends as one
        if not (
            _says(value, quoted=quoted or noun, noun=noun)
            or (pattern in {_IS_WORD, _STILL, _BESIDE} and _describes_subject(value))
        ):
            yield end + match.start(group), end + match.end(group)
            return


@lru_cache(maxsize=1024)
def _may_be_plain(label: str, pattern: re.Pattern[str]) -> bool:
    if pattern is _BESIDE:
        return not _ENGLISH.fullmatch(label) or "password" in label.lower()
    if pattern is _NOUN:
        return _GERMAN.fullmatch(label) is not None
    if pattern in {_ASSIGNED, _IS_WORD}:
        return not _UNSURE.fullmatch(label) and (pattern is _IS_WORD or not _ENGLISH.fullmatch(label))
    return True


_NUMERALS = frozenset(["neun", "neuf", "nove", "nueve"])


def says_what_it_is_like(word: str) -> bool:
    """Return whether a word says what a password is like: `sicher`, `corta`."""
    return word not in _NUMERALS and _LIKE.fullmatch(word) is not None


def _says(value: str, *, quoted: bool, noun: bool = False) -> bool:
    """Return whether words say something of a password: `weak`, `obligatorio`, `zmienione`."""
    words = value.lower().replace("-", " ").split()
    if is_reference(value) or not words or words[0] in SECOND_HALVES:
        return True
    if any(word in SMALL_WORDS or word in SMALL_ABROAD or _LIKE.fullmatch(word) for word in words):
        return True
    if any(describes(word) and not (noun and word.endswith("ing")) for word in words):
        return True
    return not quoted and any(_PARTICIPLE.search(word) for word in words)


def _describes_subject(word: str) -> bool:
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return _ADJECTIVE.search(word) is not None or _ADJECTIVE.search(plain) is not None
