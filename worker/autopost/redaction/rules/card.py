"""Payment card numbers of 12 to 19 digits, their security codes and expiry dates."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, Span, single
from autopost.redaction.rules.code_values import COUNT_BEFORE
from autopost.redaction.rules.shape import is_count

_GROUP = re.compile("[0-9]+")

_SHORTEST, _LONGEST = 12, 19


def _is_issued(digits: str) -> bool:
    """Return whether a network issues cards with this prefix (ISO/IEC 7812, each network's published ranges)."""
    length = len(digits)
    two, three, four = int(digits[:2]), int(digits[:3]), int(digits[:4])
    if digits[0] == "4":  # Visa
        return length in {13, 16, 17, 18, 19}
    if 51 <= two <= 55 or 2221 <= four <= 2720:  # Mastercard
        return length == 16
    if two in {34, 37}:  # American Express
        return length == 15
    if 300 <= three <= 305 or three == 309 or two in {36, 38, 39}:  # Diners Club
        return 14 <= length <= 19
    if 3528 <= four <= 3589:  # JCB
        return 16 <= length <= 19
    if four in {2131, 1800}:  # JCB, old
        return length == 15
    if 2200 <= four <= 2204:  # Mir
        return 16 <= length <= 19
    return two == 50 or 56 <= two <= 69 or two in {81, 82}  # Maestro, Discover, UnionPay, RuPay, Troy


def _passes_luhn(digits: str) -> bool:
    """Return whether the check digit is right (ISO/IEC 7812-1, annex B)."""
    odd = sum(int(digit) for digit in digits[-1::-2])
    even = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (odd + even) % 10 == 0


# Numbers of trade items have a check digit, too, and one in ten is valid as that of a card.
_TRADE_ITEM = compiled(
    r"(?i)\b(?:ean|upc|gtin|isbn|barcode)(?:-?1[234])?s?\b(?:[\s:#=.-]|\d{12,14}|\b(?:is|and|no|number|code)\b)*$"
)


def _is_card(digits: str) -> bool:
    return len(set(digits)) > 1 and _is_issued(digits) and _passes_luhn(digits)


def _cards(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the cards in a sequence of digit groups: from each group on, the longest valid sequence of whole groups."""
    groups = [match.span() for match in _GROUP.finditer(text, start, end)]
    first = 0
    while first < len(groups):
        last = _last_group(text, groups, first)
        if last is None:
            first += 1
        else:
            if _TRADE_ITEM.search(text[max(0, start - 40) : start]):
                return
            yield groups[first][0], groups[last][1]
            first = last + 1


def _last_group(text: str, groups: list[Span], first: int) -> int | None:
    digits, best = "", None
    for last in range(first, min(len(groups), first + _LONGEST)):
        left, right = groups[last]
        digits += text[left:right]
        if len(digits) > _LONGEST:
            break
        if len(digits) >= _SHORTEST and _is_card(digits) and _is_whole(text, groups, first, last):
            best = last
    return best


def _is_whole(text: str, groups: list[Span], first: int, last: int) -> bool:
    """Return whether these groups are not part of a longer identifier or number, and grouped as on a card."""
    start, end = groups[first][0], groups[last][1]
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before[-1:].isalpha() and not text[max(0, start - 4) : start].isalpha():
        return False
    if after[:1].isalpha():
        return False
    if (before[-1:] in {".", "-"} and before[:1].isalnum() and len(before) == 2 and not _is_prefixed(text, start)) or (
        after[:1] in {".", "-"} and after[1:].isalnum()
    ):
        return False
    widths = [right - left for left, right in groups[first : last + 1]]
    return len(widths) == 1 or widths[0] >= 4 or set(widths) == {1}


def _is_prefixed(text: str, start: int) -> bool:
    """Return whether letters and a hyphen before a number belong to a card that is named as one: `card ORD-4111...`."""
    return _PREFIXED.search(text[max(0, start - 40) : start]) is not None


_PREFIXED = compiled(
    r"(?i)\b(?:cards?|visa|master ?card|amex|kreditkarte|carte|tarjeta|cart[ãa]o|carta)\b[^\n\d]*[A-Za-z]+-$"
)
_YEAR = compiled(r"^(?:19|20)\d\d$")
_NEAR_CARD = compiled(
    r"(?i)(?:\d(?:[ -]?\d){12,18}|<CREDIT_CARD>|\bcards?(?:holder)?\b|\bvisa\b|master ?card|\bamex\b|\bcv[vc]\b|\bpan\b|\blast ?4\b|\bcharged?\b|\bpayment (?:profile|method)|kreditkarte|karte\b|carte\b|tarjeta|cart[ãa]o|\bcarta\b)"
)

_NUMBER_NEAR = compiled(
    r"(?i)(?:\d(?:[ -]?\d){11,18}|<CREDIT_CARD>|\bcv[vc]2?\b|security code|_SECURITY_CODE>|on the back|sul retro|au (?:dos|verso)|rückseite|achter(?:kant|zijde)|del (?:reverso|dorso)|do verso|(?:sicherheitscode|code de sécurité|c[óo]digo de (?:seguridad|segurança)|codice di sicurezza|veiligheidscode)\W{1,3}(?:\d{3,4}|<))"
)
_EXPIRES = compiled(
    r"(?i)(?:(?:\b(?:exp(?:\.|ires?|iry|iration)?|runs out|lapses?|ends?|valid|good|gültig|ablauf\w*|valable|vence|caduca|scad\w*\.?|vencim\w+|vencto|caducidad|verval\w*|vervalt|ważn\w*|utgång\w*|udløb\w*|utløp\w*|läuft ab|validade|geldig|expir\w+)\b|échéance|validité|срок(?: действия)?)(?:\s(?:date|month|datum))?(?:\s(?:of|on|for|der|de)\s(?:\w+\s){0,3}?(?:card|karte|carte|tarjeta|cart[ãa]o|carta))?(?:[^\d\n]{0,8}|[^\d\n.;]{0,60}[:=]\s)|\b(?:valid|from|gültig|valable|válid[ao]|valid[ao])\D{0,12}\d\d\s?/\s?\d\d\D{1,6}|exp(?:iry)?[\"' ]?[:=]\s?[\"']?)$"
)


# Before a month and a year that need no card near them.
_ON_CARD = compiled(
    r"(?i)(?:\bcard\s?\([\"']?|\bmm\s?/\s?yy(?:yy)?|\bcard[ _-]?(?:exp\w*|valid\w*)|(?:exp\w*|valid\w*|scadenza|vencimiento|validade|ablauf(?:datum)?|verval(?:datum)?|ważność)[ _-](?:date )?(?:of )?(?:the |her |his |my |su |la |della |da |der |karty )?(?:card|carta|tarjeta|cart[ãa]o|karte|kaart|karty|carte))[^\d\n]{0,28}$"
)
_OF_CARD = re.compile(r"(?i)(?:cv[vcn]2?|cryptogramme(?: visuel)?|card check|sicherheitscode|kartenprüfnummer)\W{1,3}$")


def _is_code(text: str, start: int, end: int) -> bool:
    """Accept three or four digits that count nothing, and no year without a sign before it."""
    after = text[end : end + 2]
    if (
        after[:1].isalnum()
        or after[:1] in {"_", "%"}
        or (after[:1] in ".,:-/" and after[1:].isdigit())
        or (is_count(text, end) and not _OF_CARD.search(text[max(0, start - 24) : start]))
    ):
        return False
    return text[start - 1 : start] in {":", "="} or text[start - 2 : start] == ": " or not _YEAR.search(text[start:end])


def _counts_nothing(text: str, start: int) -> bool:
    return COUNT_BEFORE.search(text[max(0, start - 16) : start]) is None


def _is_expiry(text: str, start: int, end: int) -> bool:
    """Accept a month and year with a card nearby."""
    after = text[end : end + 2]
    if after[:1].isalnum() or (after[:1] in "/-." and after[1:].isdigit()):
        return False
    before, behind = text[max(0, start - 64) : start], text[end : end + 48]
    if text[start].isalpha() or "." in text[start:end] or text[start : start + 2] == "20":
        return _NEAR_CARD.search(before + behind) is not None and _EXPIRES.search(before) is not None
    if _ON_CARD.search(before):
        return True
    if _NUMBER_NEAR.search(before) or _NUMBER_NEAR.search(behind):
        return True
    card = _NEAR_CARD.search(before) is not None or _NEAR_CARD.search(behind) is not None
    return card and _EXPIRES.search(before) is not None


def _is_listed_code(text: str, start: int, end: int) -> bool:
    return not text[end : end + 1].isalnum() and _NEAR_CARD.search(text[max(0, start - 48) : start]) is not None


_SURE_CODE = compiled(r"(?i)^.{0,16}\b(?:cv[vcn]2?|csc|card|security code)\b")


def _is_first(text: str, start: int, end: int) -> bool:
    """Accept digits before a word for a security code; before one that others have as well only near a card."""
    around = text[max(0, start - 64) : end + 64]
    return _SURE_CODE.search(text[end : end + 40]) is not None or _NEAR_CARD.search(around) is not None


_CODE_WORDS = (
    r"(?:cvv2?|cvc2?|cvn2?|csc|card ?security ?code|security[ _-]?(?:code|digits|number)|(?:three|four) on the (?:back|front)|(?:front|back|rear|reverse)[- ]side[ -](?:code|number|digits)|(?:little|small|short) (?:number|digits|code) (?:behind|on the (?:back|front|reverse|rear|strip))|card ?(?:verification|validation) ?(?:number|code|value)|card[ _-]?code|(?:karten)?prüf(?:ziffern?|nummer|zahl)|kartenprüfnummer"
    r"|(?:three|3|four|4)[ -]digits?(?: code| number)?(?: on (?:the )?(?:back|front))?|code on (?:the )?(?:back|front)|(?:back|rear|reverse) of (?:(?:the|her|his|my|their) )?card(?: (?:says|reads|has|shows))?|(?:three|3|four|4) (?:digits|numbers|figures)(?: (?:on|from|at|off) (?:the )?(?:back|front|rear|reverse)(?: of (?:the|her|his|my|their) card)?)?|(?:drei|3) (?:ziffern|zahlen|stellen)(?: (?:auf|von|hinten auf) der (?:rückseite|karte))?|(?:zahl|ziffern|code|nummer) (?:auf|von) der rückseite|(?:tre|3) (?:cifre|numeri)(?: sul retro)?|(?:codice|numero|cifre) sul retro|code achterop|(?:drie|3) cijfers(?: (?:op|aan|van) de (?:achterkant|achterzijde))?|(?:code|cijfers|nummer) (?:op|aan) de (?:achterkant|achterzijde)|(?:trois|3) chiffres(?: (?:au dos|derrière))?|(?:code|chiffres|numéro) au (?:dos|verso)|(?:tres|3) (?:d[íi]gitos|n[úu]meros|cifras)(?: (?:de atrás|de detrás|del reverso|del dorso))?|(?:código|números|dígitos) (?:del reverso|del dorso|de atrás|de detrás)|(?:três|3) (?:dígitos|números)(?: (?:do verso|de trás|atrás))?|código (?:do verso|de trás)|(?:trzy|3) cyfry z tyłu|kod z tyłu|cryptogramme(?: visuel)?|card[ _-]?check(?:[ _-]?(?:value|code|number|digits?))?|(?:signature[ -]strip|signature[ -]panel) (?:number|code|digits)|(?:amex|visa|mastercard)(?: card)?(?: (?:front|back|rear|security))? code|cod(?:ul)? de (?:siguranță|securitate|verificare)|kod (?:bezpieczeństwa|zabezpieczający)|güvenlik kodu|säkerhetskod(?:en)?|sikkerhedskode|sikkerhetskode|turvakoodi|bezpečnostní kód|kaart(?:verificatie|controle)code|código de verificación|セキュリティコード|código de seguridad|codice di sicurezza|código de segurança|beveiligingscode|kontrollkode|код безопасности)"
)
_MONTH_YEAR = r"(?:(?:0[1-9]|1[0-2])\s?[/.-]\s?(?:20)?(?:2[4-9]|[34]\d)|[1-9][/.-]20(?:2[4-9]|[34]\d))"
_MONTH_NAME = r"(?:jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|janv|févr|mars|avr|juin|juil|août|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|fev|maio|out|mrt|mei|maj|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru)[a-zé]{0,7}\.?"

RULES = (
    Rule(
        "CREDIT_CARD",
        r"\d(?:[ ,./_·-]{0,3}\d){11,}",
        anchor=r"\d(?:[ ,./_·-]{0,3}\d){11}",
        source="ISO/IEC 7812-1",
        score=1.0,
        refine=_cards,
        name="number",
    ),
    Rule(
        "CREDIT_CARD",
        r"(?i)\bcard(?:\s(?:number|no\.?))?[^\w\n.]{1,3}(?:(?:is|was|ending in)\s)?"
        r"(\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7})\b",
        anchor=r"(?i)\bcard\b",
        source="the word card before it, where a digit was mistyped",
        score=0.8,
        name="number-after-word",
    ),
    Rule(
        "CARD_SECURITY_CODE",
        rf"(?i)(?:\b|_|[a-z]|[^\x00-\x7f]|\s|^)(?:{_CODE_WORDS}(?:\d\b)?|(?-i:CID)|card[_ ]?cid|\bcid\b)(?:[\"'\])_]|\s(?:der|of|the|karte|card|on|for|von|de|la|tarjeta|is|are|was|code|number|no\.?|ist|were|war|waren|sind|lauten|auf|rückseite|est|sont|es|son|è|é|sono|são|zijn|to|entered|:|=|#)|\s?[:=#(,]|\s){{1,6}}[\"'`(]?(\d{{3,4}})\b",
        anchor=rf"(?i)(?:{_CODE_WORDS}|cid)",
        source="PCI DSS 3.3.1: sensitive authentication data",
        score=0.85,
        refine=single(_is_code),
        name="security-code",
    ),
    Rule(
        "CARD_SECURITY_CODE",
        rf"(?i)(?:{_CODE_WORDS})[^\pL\d\n;<>][^\d\n;<>]{{0,43}}?(\d{{3,4}}|\d(?:[ -]\d){{2,3}})(?:[\s\"'`.,;)]|$)",
        anchor=rf"(?i)(?:{_CODE_WORDS})",
        source="PCI DSS 3.3.1: sensitive authentication data, some words behind the word for it",
        score=0.75,
        refine=single(lambda text, start, end: _counts_nothing(text, start) and _is_code(text, start, end)),
        name="security-code-in-sentence",
    ),
    Rule(
        "CARD_SECURITY_CODE",
        r"(?i)\b(\d{3,4})\s(?:is|was|as)\s(?:(?:the|my|its|their|her|his)\s)?(?:cvv2?|cvc2?|cvn2?|csc|(?:card )?security (?:code|number|digits)|card (?:code|verification (?:code|number|value)))\b",
        anchor=r"(?i)\d\s(?:is|was|as)\s(?:(?:the|my|its|their|her|his)\s)?(?:cv|cs|card |sec)",
        source="PCI DSS 3.3.1: sensitive authentication data",
        score=0.8,
        refine=single(_is_first),
        name="security-code-first",
    ),
    Rule(
        "CARD_SECURITY_CODE",
        rf"(?:^|[^\w/.-]){_MONTH_YEAR}[\s,;|/]{{1,3}}(\d{{3,4}})\b",
        source="PCI DSS 3.3.1: number, expiry and code in a row",
        score=0.7,
        refine=single(_is_listed_code),
        name="security-code-in-row",
    ),
    Rule(
        "CARD_SECURITY_CODE",
        rf"(?i)(?:{_MONTH_YEAR}|_EXPIRY>),?\s(?:and\s)?(?:the\s)?code\s(?:is\s)?(\d{{3,4}})\b",
        anchor=r"(?i)(?:[\d ]\d|EXPIRY>),?\s(?:and\s)?(?:the\s)?code\s",
        source="PCI DSS 3.3.1: the word code after an expiry date",
        score=0.7,
        refine=single(_is_code),
        name="security-code-after-expiry",
    ),
    Rule(
        "CARD_SECURITY_CODE",
        rf"(?i)(?:sicherheitscode|code de sécurité|c[óo]digo de (?:seguridad|segurança)|codice di sicurezza|veiligheidscode|kod (?:zabezpieczający|bezpieczeństwa)|säkerhetskod|sikkerhedskode)\W{{1,3}}(\d{{3,4}})[,;]\s[^.\n\d]{{0,30}}?{_MONTH_YEAR}",
        anchor=rf"(?i)\W\d{{3,4}}[,;]\s[^.\n\d]{{0,30}}?{_MONTH_YEAR}",
        source="PCI DSS 3.3.1: a security code, before an expiry date",
        score=0.75,
        name="security-code-before-expiry",
    ),
    Rule(
        "CARD_EXPIRY",
        r"(?i)(?:exp(?:iry|iration|ires)?[_-]?(?:month|year|mm|yy(?:yy)?|m|y)[\"']?\s?[:=]\s?[\"']?(\d{1,4})|(?:\bexp(?:iry|ires|\.)?|_exp(?:iry)?|\bvalid(?: until| thru)|\bmm\s?/?\s?yy)[\"']?(?:\s(?:date\s)?|\s?[:=]\s?[\"']?)((?:0[1-9]|1[0-2])(?:2[4-9]|3\d)))\b",
        source="fields of payment providers for the month and the year",
        anchor=r"(?i)exp(?:iry|iration|ires)?[_-]?(?:month|year|mm|yy|m|y)|(?:exp(?:iry|ires|\.)?|valid(?: until| thru)|\bmm\s?/?\s?yy)[\"']?(?:\s(?:date\s)?|\s?[:=]\s?[\"']?)(?:0[1-9]|1[0-2])[23]",
        score=0.8,
        name="expiry-fields",
    ),
    Rule(
        "CARD_EXPIRY",
        r"(?:\d{12,19}|<CREDIT_CARD>)[|;,]((?:0[1-9]|1[0-2])[|;,/](?:20)?\d{2}(?:[|;,]\d{3,4})?)\b",
        anchor=r"(?:\d{12}|D>)[|;,](?:0[1-9]|1[0-2])[|;,/]",
        source="lists of cards: number, month, year, code",
        score=0.8,
        name="list",
    ),
    Rule(
        "CARD_EXPIRY",
        rf"(?i)(?:^|[^\w/.-])({_MONTH_YEAR}|{_MONTH_NAME} (?:de |of )?(?:'|20)?(?:2[4-9]|[34]\d))\b|(?:^|[^\w/.-])(20(?:2[4-9]|3\d)[-/](?:0[1-9]|1[0-2]))(?:[^\w-]|$)",
        anchor=rf"(?i)(?:0[1-9]|1[0-2])\s?[/.-]\s?(?:20)?[234]|(?:^|[^\w/.-])[1-9][/.-]20[234]\d|{_MONTH_NAME} (?:de |of )?(?:'|20)?[234]\d\b|20[23]\d[-/](?:0[1-9]|1[0-2])(?:[^\w-]|$)",
        source="PCI DSS 3.2: cardholder data, beside a card number",
        score=0.7,
        refine=single(_is_expiry),
        name="expiry",
    ),
)
