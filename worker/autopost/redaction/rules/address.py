"""Street addresses, with the postcode and the town where they follow. Each country's way of writing is a rule."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.people.lists import folded, is_word
from autopost.redaction.people.vocabulary import FUNCTION_WORDS, NEVER, PRODUCTS
from autopost.redaction.rule import Rule, Span
from autopost.redaction.rules.address_parts import (
    AFTER_STREET,
    ANY_STREET,
    BEFORE_IT,
    BEFORE_STREET,
    BEHIND_IT,
    BEHIND_TOWN,
    BOX,
    CAP,
    CUE,
    DIRECTION,
    ESTATE,
    FRENCH,
    FRENCH_WORD,
    GERMAN,
    GRID,
    HOUSE,
    LATIN_LINK,
    LETTERS,
    LIVES_AT,
    LOWER,
    NAME,
    NAMED_HOUSE,
    NUMBERED_ROAD,
    PHYSICAL,
    POSTAL_TOWN,
    SHOUTED,
    SPANISH,
    SPANISH_WORD,
    STATES,
    STRONG,
    TAIL,
    TAIL_NEEDED,
    TOWN,
    UK_CODE,
    UNIT,
    UNIT_FIRST,
    WEAK,
    WITH_UNIT,
)

# What may be a year or a count, and not the number of a house, if nothing else follows: `2026 Wall Street`.
_YEAR = compiled(r"^(?:19|20)\d\d[ \n]")
_NUMBER = compiled(r"\d+")
# A day and a month at the end, perhaps with a year: `Largo 5 de Maio 2026`. `Calle 5 de Mayo 12` is a street.
_DATE = compiled(
    r"(?i)\b\d{1,2}[ \n](?:de[ \n]|di[ \n]|d['’])?(?:ene|feb|mar|abr|apr|may|mai|mag|jun|giu|jul|lug|ago|aou|aoû|set|sep|out|oct|ott|nov|dic|dez|déc|jan|jän|fev|fév|gen|avr|jui|okt)\pL*(?:,?[ \n](?:(?:de|del|di|do)[ \n])?(?:19|20)\d\d)?$"
)

Accept = Callable[[str, int, int], bool]

ENTITY = "STREET_ADDRESS"

_UPU = "Universal Postal Union: addressing guidelines by country"
_ROYAL_MAIL = "Royal Mail: Postcode Address File, structure of addresses"
_USPS = "USPS Publication 28, appendix C: street suffixes, unit designators, states"

# A number before the words of a street.
_ENGLISH = rf"(?s)\d[A-Za-z]?(?: 1/2)?,?[ \n].*?(?:{STRONG}|{WEAK})\b|\d(?:st|nd|rd|th)[ \n]{STRONG}\b"
_LOWER = rf"\b\d{{1,5}} (?:{LOWER} ){{1,3}}?(?i:{STRONG}|{WEAK})\b"

# Compounds in which the last part is not a street.
_NO_STREET = (
    "arbeitsplatz", "speicherplatz", "sitzplatz", "stellplatz", "listenplatz", "umweg", "ausweg", "hinweg", "rückweg", "dienstweg", "rechtsweg",
    "lösungsweg", "mittelweg", "norway", "gateway", "runway", "subway", "halfway", "highway", "freeway", "railway", "pathway", "broadway",
    "launchpad", "notepad", "keypad", "touchpad", "trackpad", "thinkpad", "scratchpad", "startplatz", "bauplatz", "lagerplatz", "parkplatz", "spielplatz", "lernpfad", "dateipfad",
)  # fmt: skip
_UNITS = (
    "GB", "MB", "TB", "ms", "kg", "km", "%", "Uhr", "Stück", "Tage", "Prozent", "Personen", "times", "minutes", "items", "o'clock",
)  # fmt: skip


_OUT_OF = compiled(r"^\d+ (?:of|out of|took|per) ")


_OTHER_WORD = re.compile(r"al [a-z]|ronda d")  # `al endpoint 3`, `la ronda de Inversión 2`


def _is_street(text: str, start: int, end: int) -> bool:
    """Refuse what counts things: `3 Google Drive folders`, `Via Slack 3 times`, `Speicherplatz 40 GB`."""
    value = text[start:end]
    if value.lower().startswith(_NO_STREET) or _OTHER_WORD.match(value) or text[end:].lstrip().startswith(_UNITS):
        return False
    if text[start - 1 : start] in {"/", "_", "-", "#", "$", "€", "£"} or text[end : end + 1] in {"_", "/", "%"}:
        return False
    if _DATE.search(value) or _OUT_OF.search(value):
        return False
    numbers = _NUMBER.findall(value)
    if len(numbers) < 2 and (_YEAR.match(value) or value.lower().startswith(("straße", "strasse", "street "))):
        return False
    if any(len(number) >= 5 for number in numbers):
        return True  # with a postcode
    names = [word.strip(".,") for word in value.split() if word[:1].isupper()]
    plain = [folded(word) for word in names]
    return not any(word in PRODUCTS and not is_word(word) for word in plain)


def _is_named(text: str, start: int, end: int) -> bool:
    """Refuse words of English and products after `Via` and the like: `Via Webhook 3`."""
    if not text[start:end].lower().startswith("via "):
        named = [folded(word.strip(".,'")) for word in text[start:end].split()[1:]]
        return PRODUCTS.isdisjoint(named) and _is_street(text, start, end)
    words = [folded(word.strip(".,'")) for word in text[start:end].split()[1:] if word[:1].isupper()]
    known = (
        word in PRODUCTS or (word in NEVER and word.isalpha()) or word in FUNCTION_WORDS or is_word(word)
        for word in words
    )
    return bool(words) and not all(known) and _is_street(text, start, end)


def _is_town(text: str, start: int, end: int) -> bool:
    """Refuse a count of things after a number: `Batch 12, 48213 Rows`."""
    town = text[start:end].split()[-1].strip(".,")
    return not is_word(folded(town)) and not town.isupper() and _is_street(text, start, end)


def _is_town_with_code(text: str, start: int, end: int) -> bool:
    """Refuse words of English before what only looks like a postcode: `Model AB1 2CD`."""
    words = text[start:end].split()[:-2]
    return not all(is_word(folded(word.strip(","))) for word in words)


def _is_compound(text: str, start: int, end: int) -> bool:
    """Refuse English words that end like a Dutch or German street: `Monitoring 3`, `Launchpad 4`."""
    name = text[start:end].split()[0].strip(".,")
    plain = folded(name)
    return not is_word(plain) and plain not in PRODUCTS and _is_street(text, start, end)


def _is_estate(text: str, start: int, end: int) -> bool:
    """Accept an estate with a unit, a number or a postcode: `Business Park` alone can be anything."""
    return _NUMBER.search(text[start:end]) is not None and _is_street(text, start, end)


def _is_shouted(text: str, start: int, end: int) -> bool:
    """Refuse a sentence in capitals: `RETRY 3 TIMES AND PLACE`."""
    return not any(folded(word) in FUNCTION_WORDS for word in text[start:end].split()) and _is_street(text, start, end)


_BEFORE_IT, _BEHIND_IT, _BEHIND_TOWN = compiled(BEFORE_IT), compiled(BEHIND_IT), compiled(BEHIND_TOWN)
_MOST_BEFORE, _MOST_BEHIND = 32, 80  # characters


def _with_rest(text: str, start: int, end: int) -> Span:
    """Return the span of a street with the flat or house before it, and the units, postcode and town behind it."""
    before = _BEFORE_IT.search(text[max(0, start - _MOST_BEFORE) : start])
    after = text[end : end + _MOST_BEHIND]
    behind = (_BEHIND_TOWN.match(after) if text[end - 1].isalpha() else None) or _BEHIND_IT.match(after)
    rest = behind.group().rstrip(" .,;:!?)\n") if behind else ""
    return start - len(before.group(1)) if before else start, end + len(rest)


def _rule(
    pattern: str,
    anchor: str,
    *,
    accept: Accept = _is_street,
    source: str = _UPU,
    score: float = 0.85,
    name: str = "",
) -> Rule:
    def refine(text: str, start: int, end: int) -> Iterator[Span]:
        while text[end - 1] in " .,;:!?\n":  # the full stop of an abbreviation may be that of the sentence
            end -= 1
        if accept(text, start, end):
            yield _with_rest(text, start, end)

    return Rule(ENTITY, pattern, source, anchor=anchor, score=score, refine=refine, name=name)


ENGLISH = (
    # A number, words, and a word that only streets have: `742 Evergreen Terrace, Springfield, IL 62704`.
    _rule(
        rf"{UNIT_FIRST}{HOUSE}{DIRECTION}(?:{NAME}[ \n]){{1,4}}?{STRONG}\b\.?{DIRECTION}{TAIL}", _ENGLISH, source=_USPS
    ),
    _rule(
        rf"{UNIT_FIRST}{HOUSE}{DIRECTION}\d{{1,3}}(?:st|nd|rd|th)[ \n]{STRONG}\b\.?{DIRECTION}{TAIL}",
        _ENGLISH,
        source=_USPS,
    ),
    # A word that other things have as well needs a unit, a town or a word of living: `12 Park Drive, Apt 4`.
    _rule(
        rf"{UNIT_FIRST}{HOUSE}{DIRECTION}(?:{NAME}[ \n]){{1,4}}?{WEAK}\b\.?{DIRECTION}{TAIL_NEEDED}",
        _ENGLISH,
        source=_USPS,
    ),
    _rule(
        rf"{CUE}({UNIT_FIRST}{HOUSE}{DIRECTION}(?:{NAME}[ \n]){{1,4}}?{WEAK}\b\.?{DIRECTION}{TAIL})",
        _ENGLISH,
        source=_USPS,
    ),
    _rule(rf"\b\d{{2,5}}[A-Za-z]? (?:{NAME}[ \n]){{1,3}}?{WEAK}\b(?:[.,;:!?)\n]|$)", _ENGLISH, source=_USPS, score=0.6),
    # In lower case only with a unit or a town, or after a word of living.
    _rule(rf"\b\d{{1,5}} (?:{LOWER} ){{1,3}}?(?i:{STRONG}|{WEAK})\b\.?{TAIL_NEEDED}", _LOWER, source=_USPS),
    _rule(rf"{CUE}(\d{{1,5}} (?:{LOWER} ){{1,3}}?(?i:{STRONG}|{WEAK})\b\.?{TAIL})", _LOWER, source=_USPS),
    _rule(
        rf"\b\d{{1,5}} (?:Broadway|Avenue of the [A-Z]\w+|Avenue [A-Z])\b{TAIL}",
        r"\bBroadway\b|\d Avenue (?:of|[A-Z]\b)",
        source=_USPS,
    ),
    _rule(
        rf"(?:{CAP}[ \n]){{0,2}}{CAP},[ \n]{STATES}[ \n]\d{{5}}(?:-\d{{4}})?\b",
        rf"\b{STATES}[ \n]\d{{5}}",
        source=_USPS,
    ),
    _rule(
        rf"{TOWN},?[ ]{UK_CODE}\b",
        rf"[ ]{UK_CODE}\b",
        accept=_is_town_with_code,
        source=_ROYAL_MAIL,
        score=0.7,
        name="uk-town",
    ),
    _rule(
        BOX,
        r"(?i)box #?x?\d|\bpost(?:fach|bus|boks|ale?) #?x?\d|\bapartado\b|\bcorreos\b|\b(?:private|locked) bag\b",
        source=_USPS,
    ),
    # A suffix of streets that hardly anything else has, in a sentence that goes on as after an address.
    _rule(
        rf"{BEFORE_STREET}[\"'(]?({HOUSE}{DIRECTION}(?:{NAME}[ \n]){{1,4}}?{PHYSICAL}){AFTER_STREET}",
        _ENGLISH,
        source=_USPS,
        score=0.7,
        name="after-preposition",
    ),
    # A flat or a house with a name before the number or the street is enough.
    _rule(
        rf"\b(?:{UNIT}(?:{NAMED_HOUSE})?|{NAMED_HOUSE})(?:{HOUSE})?(?:{NAME}[ \n]){{1,4}}?(?:{STRONG}|{WEAK})\b\.?{TAIL}",
        rf"{UNIT}|\b{NAMED_HOUSE}",
        source=_ROYAL_MAIL,
        name="named-house",
    ),
    _rule(
        rf"(?:\b(?:Units?|Suite|Office|Block|Plot)[ ]\w{{1,4}},?[ ])?(?:\d{{1,4}}[ ])?(?:{CAP}[ ]){{1,3}}{ESTATE}\b{TAIL}",
        rf"{ESTATE}",
        accept=_is_estate,
        source=_ROYAL_MAIL,
        name="estate",
    ),
    # A UK postcode behind a town makes any words and a number an address, and a street without a number.
    _rule(
        rf"\b(?:{HOUSE}(?:{CAP}[ \n]){{0,3}}{CAP}|(?:{CAP}[ \n]){{1,3}}(?:{STRONG}|{WEAK}))(?:,[ \n]{TOWN}){{1,3}},?[ \n]{UK_CODE}\b",
        rf"[ \n]{UK_CODE}\b",
        source=_ROYAL_MAIL,
        name="uk-postcode",
    ),
    _rule(
        rf"\b\d{{1,5}}[A-Z]?(?:-\d{{1,4}})?[ ](?:[A-Z\d][A-Z\d'.-]*[ ]){{1,4}}?{SHOUTED}\b\.?{TAIL}",
        rf"\d[A-Z]?[ ](?:[A-Z\d][A-Z\d'.-]*[ ]){{1,4}}?{SHOUTED}\b",
        accept=_is_shouted,
        source=_USPS,
        score=0.75,
        name="in-capitals",
    ),
    _rule(
        rf"\b\d{{2,5}}[ ](?:[NSEW]\.?[ ])?{NUMBERED_ROAD}{DIRECTION}(?:,[ ](?:Building|Bldg\.?|Suite|Unit|Lot)[ ]\w{{1,5}})?{TAIL}",
        NUMBERED_ROAD,
        source=_USPS,
        name="numbered-road",
    ),
    _rule(
        rf"\b(?:Plot|House|Door|Shop|H\.)(?:[ ]No\.?)?[ ][\w/-]{{1,8}},?[ ](?:Sector|Block|Phase|Ward)[ ]\w{{1,4}}(?:,[ ](?:{CAP}[ ]){{0,2}}{CAP}){{0,3}}",
        r"\b(?:Sector|Block|Phase|Ward)[ ]\w",
        name="sector",
    ),
    _rule(
        r"(?i)(?:\b(?:send|sent|go|goes|going|write|written|mail|mailed|address(?:ed)?|envoy\w+|adresse[rz]?|courrier)\b|[ée]crire)[^.\n;]{0,24}?\b((?-i:BP)[ ]\d{1,5}(?:,?[ ](?:\d{4,5}[ ])?(?-i:\p{Lu}[\p{L}'-]+))?)",
        r"\bBP \d",
        name="boite-postale",
    ),
    _rule(
        r"(?i)\b(?:(?:psc|cmr) \d{1,5}|unit \d{4,5}),? box \d{1,5}\b(?:,?\s(?:apo|fpo|dpo),?\s(?:aa|ae|ap),?\s\d{5}(?:-\d{4})?)?|\b(?:uss|usns|usnv|uscgc) [\p{L}]+,?\s(?:fpo|apo),?\s(?:aa|ae|ap),?\s\d{5}",
        r"(?i)\bbox \d|\b[afd]po\b",
        source=_USPS,
    ),
)

# Anchors with a number in front build other states than those with a number behind: two sets are faster than one.
EUROPE_AND_ASIA = (
    # German: the street, then the number.
    _rule(
        rf"{GERMAN}{POSTAL_TOWN}",
        r"(?i)(?:stra(?:ß|ss)e|str\.?|gasse|allee|weg|damm|ufer|chaussee|steig|platz|pfad|graben|brücke|linden|markt|wall|stieg|twiete|kamp)[ \n]?\d",
    ),
    _rule(
        rf"\b(?:(?:Am|An|Auf|Im|In|Unter|Zum|Zur|Hinter|Bei|Alte[rs]?|Neue[rs]?)[ \n])(?:(?:der|dem|den|die)[ \n])?(?:{CAP}[ \n-]){{1,3}}\d{{1,4}}[ ]?[a-z]?,?[ \n](?:D-|A-|CH-)?\d{{4,5}}[ \n]{CAP}(?:[ \n](?:am|an der|im|ob der)[ \n]{CAP})?",
        r"\d{4}[ \n]\p{Lu}",
    ),
    _rule(
        rf"\b(?:(?:Am|An|Auf|Im|In|Unter|Zum|Zur|Hinter|Bei|Vor)[ ](?:(?:der|dem|den)[ ])?)(?:{CAP}[ -])?\p{{Lu}}?[\p{{L}}]*(?:graben|mühle|bruch|berg|hang|feld|bach|kirche|kirchhof|markt|park|wald|see|tor|brunnen|garten|teich|anger|winkel|kamp|wiesen?|heide|moor|bahnhof|rain|holz|busch|hain|höhe|schloss|linden|eichen|hafen|ufer|turm|mauer|steg)[ ]\d{{1,3}}[ ]?[a-z]?\b{POSTAL_TOWN}",
        rf"\b(?:Am|An|Auf|Im|In|Unter|Zum|Zur|Hinter|Bei|Vor)[ ][{LETTERS}\p{{L}} '.-]+[ ]\d",
        name="german-preposition",
    ),
    _rule(
        rf"(?:\p{{Lu}}[\p{{L}}]*(?:-\p{{Lu}}[\p{{L}}.]*)+-(?:Platz|Weg|Damm|Ufer|Ring|Steig|Pfad|Markt|Brücke|Wall|Allee|Gasse|Hof)|\p{{Lu}}\p{{Ll}}{{3,}}(?:ring|zeile|höhe|bogen|winkel|kehre|promenade))[ ]\d{{1,3}}[ ]?[a-z]?\b{POSTAL_TOWN}",
        r"(?:-(?:Platz|Weg|Damm|Ufer|Ring|Steig|Pfad|Markt|Brücke|Wall|Allee|Gasse|Hof)|\p{Ll}(?:ring|zeile|höhe|bogen|winkel|kehre|promenade))[ ]\d",
        accept=_is_compound,
        name="german-compound",
    ),
    _rule(
        rf"(?:\b[Dd]e[ ])?(?:Laan[ ]van(?:[ ](?:de|den|het|der))?[ ]{CAP}|(?:{CAP}[ ]){{0,2}}\p{{Lu}}\p{{Ll}}{{2,}}(?:pad|haven|hof|oord|burgwal|brink|erf|hoek|veld))[ ]\d{{1,4}}(?:[ ]?[a-zA-Z]\b|-\d{{1,3}}|-[IVX]{{1,4}}\b)?(?:,?[ ]\d{{4}} ?[A-Z]{{2}}[ ]{TOWN})?",
        r"\bLaan van|(?:pad|haven|hof|oord|burgwal|brink|erf|hoek|veld)[ ]\d",
        accept=_is_compound,
        name="dutch-compound",
    ),
    _rule(
        rf"\b(?:Oude|Nieuwe|Lange|Korte|Grote|Kleine|Hoge|Lage)[ ]{CAP}[ ]\d{{1,4}}(?:[ ]?[a-zA-Z]\b)?(?:,?[ ]\d{{4}} ?[A-Z]{{2}}[ ]{TOWN})?",
        rf"\b(?:Oude|Nieuwe|Lange|Korte|Grote|Kleine|Hoge|Lage)[ ]{CAP}[ ]\d",
        accept=_is_compound,
        name="dutch-adjective",
    ),
    _rule(
        rf"{GRID}(?:,[ ]{TOWN})?",
        r"\d[ ]?[a-zA-Z]?[ ]?-[ ]?\d",
        name="grid",
    ),
    _rule(
        r"(?:届け先|住所|宛先|所在地|送り先|配送先)[はがを:：\s]{0,3}(\p{Han}{2,8}\d{1,3}-\d{1,3}(?:-\d{1,4})?(?:[ ]?[\p{Han}\p{Katakana}ー]{1,12}\d{0,4}号?室?)?)",
        r"届け先|住所|宛先|所在地|送り先|配送先",
        name="japanese-after-word",
    ),
    # Any street, number, postcode and town, as in most of Europe.
    _rule(
        rf"(?:{CAP}[ \n]){{1,3}}(?:\d{{1,4}}[ ]?[a-zA-Z]?(?:[ ]\d{{1,3}})?,[ \n](?:[A-Z]{{1,2}}-)?(?:\d{{5}}|\d{{4}} ?[A-Z]{{2}}|\d\d-\d{{3}}|\d{{3}} \d\d)|gate[ ]\d{{1,4}},[ ]\d{{4}})[ \n]{CAP}",
        r"\p{L}[\p{L}'.-]*[ \n]\d{1,4}[ ]?[a-zA-Z]?(?:[ ]\d{1,3})?,[ \n](?:[A-Z]{1,2}-)?\d\d[\d -]+(?: ?[A-Z]{2})?[ \n]\p{Lu}",
        accept=_is_town,
    ),
    _rule(rf"{LIVES_AT}({ANY_STREET}{TAIL})", rf"{LIVES_AT}"),
    _rule(WITH_UNIT, r"\d\.?,?[ \n](?i:apt|apartment|suite|ste|unit|flat)"),
    _rule(rf"{FRENCH}{POSTAL_TOWN}", rf"\d(?:[ ]?(?:bis|ter|quater|[A-D]))?,?[ \n]{FRENCH_WORD}[ \n]"),
    _rule(rf"{SPANISH}{POSTAL_TOWN}", rf"{SPANISH_WORD}[ \n]?{LATIN_LINK}*[\p{{Lu}}\d]", accept=_is_named),
    # Dutch, Nordic, Polish, Hungarian, Czech.
    _rule(
        rf"(?:{CAP}[ \n]){{0,3}}(?:\p{{Lu}}[\p{{L}}.'-]*|\p{{L}}{{3,}})(?:straat|laan|weg|plein|gracht|kade|dijk|singel|steeg|dreef|plantsoen|steenweg|baan|markt)[ \n]\d{{1,4}}(?:[ ]?[a-zA-Z]\b|-\d{{1,3}}|-[IVX]{{1,4}}\b|[ ]bis|-[A-Z]\b)?(?:,?[ \n]\d{{4}}(?: ?[A-Z]{{2}})?)?(?:,?[ \n]{TOWN}(?:[ \n]aan[ \n]den[ \n]{CAP})?\b)?",
        r"(?:straat|laan|weg|plein|gracht|kade|dijk|singel|steeg|dreef|plantsoen|baan|markt)[ \n]\d",
    ),
    _rule(
        rf"(?:{CAP}[ \n]){{0,2}}\p{{Lu}}[\p{{L}}.-]{{2,}}(?:gatan|gata|gaten|gate|v[äa]gen|veien|vegen|vegur|stígur|vei|vej|gade|all[ée]|all[ée]en|katu|kuja|torget|torg|plads|plass|str[æa]de|gr[äa]nd|stigen|backen|braut)[ \n]\d{{1,4}}[ ]?[A-Za-z]?\b(?:,[ ](?:st|\d{{1,2}})\.?[ ](?:tv|th|mf|sal)\b\.?)?(?:,?[ \n](?:[A-Z]{{1,2}}-)?\d{{3}} ?\d{{1,2}}[ \n]{CAP})?",
        r"(?:gatan?|gaten?|v[äa]gen|veien|vegen|vegur|stígur|vei|vej|gade|all[ée]|all[ée]en|katu|kuja|torget|torg|plads|plass|str[æa]de|gr[äa]nd|stigen|backen|braut)[ \n]\d",
    ),
    _rule(
        rf"(?:^|[^\pL\pN])((?:(?:(?i:ul|al|os|pl|ulica|aleja)\.|(?i:ul|ulica|aleja))[ \n](?:\d{{1,2}}\.?[ \n])?\p{{L}}|(?i:al|os|pl)[ \n](?:\d{{1,2}}\.?[ \n])?\p{{Lu}})[\p{{L}}\d.'-]*[ \n](?:[\p{{L}}\d.'-]+[ \n]){{0,3}}?\d{{1,4}}[a-zA-Z]?(?:[ ]?(?:/|m\.)[ ]?\d{{1,4}})?(?:,?[ \n]\d\d-\d{{3}}[ \n]{CAP})?)",
        r"\b(?i:ul|al|os|pl|ulica|aleja)\.?[ \n]",
    ),
    _rule(
        rf"\b(?:\d{{4}} {CAP},? )?(?:{CAP}[ \n]){{1,3}}(?:utca|út|útja|tér|tere|körút|krt\.|u\.|rakpart|fasor|sétány|köz)[ \n]\d{{1,4}}\.?(?:/\w)?",
        r"(?:utca|út|útja|tér|tere|körút|krt\.|u\.|rakpart|fasor|sétány|köz)[ \n]\d",
    ),
    _rule(
        r"(?i)(?:^|[\s,(])((?:ул\.?|улица|пр-т|просп\.?|проспект|пер\.?|переулок|наб\.?|бульвар|б-р|шоссе|вул\.?|вулиця)\s[\p{Cyrillic} .-]{2,40}?,?\s(?:д\.?\s?|дом\s|буд\.?\s?)?\d{1,4}[а-я]?(?:/\d+)?(?:,?\s(?:корп|к|стр)\.?\s?\d+)?(?:,?\s(?:кв|оф)\.?\s?\d+)?)",
        r"(?i)(?:ул|улица|пр-т|просп|проспект|пер|переулок|наб|бульвар|б-р|шоссе|вул|вулиця)[\s.]",
    ),
    _rule(
        r"\p{Han}{1,6}[市区][\p{Han}\p{Hiragana}\p{Katakana}ー]{1,12}\d{1,3}-\d{1,3}(?:-\d{1,4})?(?:\s?[\p{Han}\p{Katakana}ー]{2,10}\d{1,3}[F階号])?|(?:〒?\d{3}-\d{4}\s?)?\p{Han}{2,3}[都道府県]\p{Han}{1,6}[市区町村郡][\p{Han}\p{Hiragana}\p{Katakana}ー]{0,12}\d{1,4}(?:(?:丁目|番地?|号|-)\d{0,4}){0,4}|〒\d{3}-\d{4}",
        r"[都道府県]\p{Han}+[市区町村郡]|〒|[市区][\p{Han}\p{Hiragana}\p{Katakana}ー]+\d{1,3}-\d",
    ),
    _rule(
        r"(?:\p{Han}{2,8}[省市区县])?\p{Han}{1,8}(?:路|街|大道|巷|弄|胡同)\d{1,5}号(?:\d{1,4}[楼室栋单元号]){0,4}",
        r"(?:路|街|大道|巷|弄|胡同)\d{1,5}号",
    ),
    _rule(
        r"(?:[가-힣]{2,8}(?:시|도|구|군)\s){1,3}[가-힣\d]{1,10}(?:로|길)\s?\d{1,4}(?:-\d{1,3})?(?:,?\s?\d{1,4}동)?(?:,?\s?\d{1,4}호)?",
        r"(?:시|도|구|군)\s[가-힣\d]+(?:로|길)\s?\d",
        name="korean",
    ),
    _rule(
        r"(?:רחוב|רח'|שדרות|שד')\s[\p{Hebrew}\"' -]{2,30}?\s\d{1,4}|شارع\s[\p{Arabic} ]{2,30}?[\s،,]{1,2}(?:رقم\s|مبنى\s)?\d{1,4}|(?:[Οο]δ[όο][ςύ]|[Λλ]εωφ\.|[Λλ]εωφόρος)\s[\p{Greek} .]{2,30}?\s\d{1,4}|\d{1,4}(?:/\d{1,4})?\s(?:ถนน|ซอย|หมู่)\s?[\p{Thai}\d]{1,24}",
        r"רחוב|רח'|שדרות|שד'|شارع|[Οο]δ[όο][ςύ]|[Λλ]εωφ|\d\s(?:ถนน|ซอย|หมู่)",
        name="other-scripts",
    ),
    _rule(
        r"(?:\p{Lu}\pL+[ ]){1,3}(?:Mah(?:\.|allesi),?[ ](?:\p{Lu}\pL+[ ]){1,3})?(?:Cad|Sok|Sk|Cd|Blv)(?:\.|desi|ak|ağı)?,?[ ](?:No|Nr)[.:]?[ ]?\d{1,4}(?:/\d{1,4})?(?:[ ](?:D|Daire|Kat)[.:]?[ ]?\d{1,3})?",
        r"(?:Cad|Sok|Sk|Cd|Blv)(?:\.|desi|ak|ağı)?,?[ ](?:No|Nr)[.:]?[ ]?\d",
        name="turkish",
    ),
    _rule(
        r"\d{1,4}[A-Z]?(?:/\d{1,4})*[ ](?:đường[ ])?(?:\p{Lu}\pL+[ ]){0,4}\p{Lu}\pL+,[ ](?:(?:Quận|Phường|Q\.|P\.|TP\.)[ ]?[\pL\d.]{1,12}(?:[ ]\p{Lu}\pL+)?,?[ ]?){1,3}",
        r",[ ](?:Quận|Phường|[QP]\.|TP\.)",
        name="vietnamese",
    ),
    # Belgium and Switzerland: the number behind, as in German.
    _rule(
        rf"{FRENCH_WORD}[ ](?:(?:de[ ]la|de[ ]l'|du|des|de|d'|la|le)[ ]?)*{CAP}(?:[ -](?:(?:de[ ]la|du|des|de|d')[ ]?)?{CAP}){{0,3}}[ ]\d{{1,4}}[ ]?[a-zA-Z]?(?:,[ ]bte[ ]\w{{1,4}})?,[ ](?:CH-|B-)?\d{{4}}[ ]{CAP}",
        r"\d[ ]?[a-zA-Z]?,[ ](?:bte[ ]\w{1,4},[ ])?(?:CH-|B-)?\d{4}[ ]\p{L}",
        name="french-number-behind",
    ),
    _rule(
        rf"{CAP}(?:[ ]{CAP})?[ ](?:cesta|ulica|trg|n[áa]m[ěe]st[íi]|n[áa]m\.|t[řr][íi]da|n[áa]mestie)[ ]\d{{1,4}}[a-z]?(?:/\d{{1,4}})?",
        r"[ ](?:cesta|ulica|trg|n[áa]m[ěe]st[íi]|n[áa]m\.|t[řr][íi]da|n[áa]mestie)[ ]\d",
        name="south-slavic",
    ),
    _rule(
        rf"(?:Str(?:ada|\.)|Bd\.|Bulevardul|Calea|Șoseaua|Șos\.|Aleea|Splaiul|Jl\.|Jalan)[ ](?:{CAP}[ ]){{1,4}}(?:(?i:nr|no)\.?[ ]?)?\d{{1,4}}[A-Z]?\b",
        r"(?:Str(?:ada|\.)|Bd\.|Bulevardul|Calea|Șoseaua|Șos\.|Aleea|Splaiul|Jl\.|Jalan)[ ]",
        name="romanian-and-malay",
    ),
    _rule(
        rf"\b(?:Blk|Block)[ ]\d{{1,4}}[A-Z]?,?[ ](?:{CAP}[ ]){{1,4}}(?:\d{{1,3}}[ ])?#\d{{2}}-\d{{2,4}}",
        r"[ ]#\d{2}-\d",
        name="singapore",
    ),
)
