"""Numbers and dates that identify a person. All but unmistakable formats need a word before them."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, Span, single
from autopost.redaction.rules.document import EDGE, after_words, is_counted
from autopost.redaction.rules.shape import is_count

# Between the word and the value: the rest of the phrase, but not the end of a sentence or line.
_GAP = r"\.?(?:n[or]\.|n\.[ ]?[ºo°]|[^\n.;!?<>]){0,40}?"
_OF_DOCUMENT = compiled(
    r"(?i)\b(?:issued|expires?|expiry|valid (?:until|to|through)|surname|given names?|nationality|passport|identity|holder|visa|border|mrz|kyc)\b"
)
_NUMBER_BEFORE = compiled(r"(?:\d[,;x]?|sizes?|of|at) $")
_NUMBER_AFTER = compiled(r"^,? (?:\d|x\d|ms\b|px\b|[KMG]B\b|s\b|rows\b|bytes\b)")
_SUFFIX = re.compile(r" [A-Z]$")  # `QP 47 19 08 C`
_WORD = compiled(r"[A-Za-z0-9]+")
_HAS = (" has ", " have ", " had ", " got ")
_ID = r"[A-Za-z]{0,5}-?\d[A-Za-z0-9-]{3,18}[A-Za-z0-9]"


def _is_ssn(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before[-1:].isalnum() or after[:1].isalnum() or before[-1:] == "_" or after[:1] == "_":
        return False
    separators = "-./"
    if (before[-1:] in separators and before[:1].isalnum() and len(before) == 2) or (
        after[:1] in separators and after[1:].isalnum()
    ):
        return False
    number = text[start:end]
    if " " in number and (
        _NUMBER_BEFORE.search(text[max(0, start - 8) : start]) or _NUMBER_AFTER.search(text[end : end + 8])
    ):
        return False  # a row of numbers: `sizes 120 45 1024 2048`
    return not (number.startswith("000") or number[4:6] == "00" or number.endswith("0000"))


def _is_numbered(text: str, start: int, end: int) -> bool:
    """Accept the number of a document: enough digits, and not a date, time or count."""
    value = text[start:end]
    if is_counted(text, start, end):
        return False
    if text[end : end + 1].isalnum() or (text.endswith(_HAS, 0, start) and is_count(text, end)):
        return False
    digits = sum(character.isdigit() for character in value)
    # A German passport number can have only two digits among capitals.
    enough = digits >= 4 or (digits >= 2 and value.isupper() and 8 <= len(value) <= 10)
    return enough and not (value[:4].isdigit() and value[4:5] == "-" and value[7:8] == "-")


def _numbered_words(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the words from the first to the last one with a digit, if they are a number."""
    if is_counted(text, start, end):
        return
    words = [m.span() for m in _WORD.finditer(text[start:end])]
    numbered = [(left, right) for left, right in words if any(map(str.isdigit, text[start + left : start + right]))]
    if not numbered:
        return
    first, last = start + numbered[0][0], start + numbered[-1][1]
    if sum(map(str.isdigit, text[first:last])) >= 5 and not is_counted(text, first, last):
        if (suffix := _SUFFIX.match(text, last, end)) is not None:
            last = suffix.end()
        yield (start if text[start:first].isupper() or first == start else first), last


_PASSPORT_WORDS = r"passports?|reisep[aä]ss|passeport|pasaporte|passaport[oe]|paspoort|paszport"
_OF_PASSPORT = r"[A-Z]{1,2} ?\d{6,8}[A-Z]?|\d{2}[A-Z]{2}\d{5}|[A-Z]{3}\d{6}|[CFGHJKLMNPRTVWXYZ](?:[CFGHJKLMNPRTVWXYZ]{0,4}[0-9]){2,4}[0-9CFGHJKLMNPRTVWXYZ]{0,4}|\d{9}"
_CELL = compiled(rf"[|\t;]\s*({_OF_PASSPORT})\s*(?:[|\t;\n]|$)")
_TABLE_CHARACTERS, _LEAST_OF_PASSPORT = 400, 8


def _is_of_passport(text: str, start: int, end: int) -> bool:
    return sum(map(str.isalnum, text[start:end])) >= _LEAST_OF_PASSPORT and _is_numbered(text, start, end)


def _cells(text: str, _start: int, end: int) -> Iterator[Span]:
    """Yield the cells behind the head of a table that have the form of a passport's number."""
    for match in _CELL.finditer(text[end - 1 : end + _TABLE_CHARACTERS]):
        left, right = match.span(1)
        if _is_of_passport(text, end - 1 + left, end - 1 + right):
            yield end - 1 + left, end - 1 + right


def _after(words: str, value: str) -> str:
    return rf"{EDGE}(?i:{words})(?:[^\pL]|[A-Z_]){_GAP}\b({value})\b"


RULES = (
    Rule(
        "US_SSN",
        r"\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}",
        source="SSA POMS RM 10201.030; 9xx are the IRS's ITIN",
        anchor=r"\d{3}[- ]\d{2}[- ]\d{4}",
        score=0.9,
        refine=single(_is_ssn),
        name="ssn",
    ),
    Rule(
        "US_SSN",
        rf"(?i)\b(?:ssn|social security(?: number| no\.?| #)?|itin|social)\b{_GAP}\b(\d{{3}}[-. /]?\d{{2}}[-. /]?\d{{4}})\b",
        source="the words before it, in any grouping",
        anchor=r"(?i)\b(?:ssn|social|itin)\b",
        name="ssn-after-word",
    ),
    Rule(
        "PASSPORT",
        _after(
            r"(?:passport|reisepass|passeport|pasaporte|passaport[oe]|paspoort|paszport|cestovní pas|útlevél|pașaport|pasaport|διαβατήριο)(?:[ _]?(?:number|no|num|id))?",
            rf"(?:[A-Z]{{1,3}} )?{_ID}|\d{{3}} \d{{3}} \d{{3}}|\d{{2}} \d{{2}} \d{{6}}|\d{{2}} \d{{7}}|[A-Z] ?\d{{2}}[A-Z0-9] ?[A-Z0-9]{{4}} ?[A-Z0-9]",
        ),
        source="ICAO Doc 9303-4: up to nine letters and digits",
        anchor=r"(?i)pass(?:e?port|aport[oe])|reisepass|pasaport|paspoort|paszport|cestovní pas|útlevél|pașaport|διαβατήριο",
        refine=single(_is_numbered),
        name="passport",
    ),
    after_words(
        (
            r"(?:reise)?pass(?:eport)?(?:nummer|-?nr\.?)|pas(?:poort)?(?:nummer|-?nr\.?)|passinumero|passi nro|n[úu]mero de (?:pasaporte|passaporte)|(?:numero )?passaporto|pasaporte|paspor(?:t)?|pasaport no|putovnica|pasoš|numer paszportu|num[ée]ro de passeport|útlev[ée]lsz[áa]m",
            r"旅券(?:番号)?|パスポート(?:番号)?|护照(?:号码?)?|護照(?:號碼?)?|여권\s?번호|여권|загранпаспорт\p{L}*|(?:номер )?паспорт\p{L}*|جواز (?:ال)?سفر|رقم الجواز|דרכון|hộ chiếu|หนังสือเดินทาง|पासपोर्ट",
        ),
        r"[A-Za-z]{0,3} ?\d[\dA-Za-z]{4,9}|[A-Z0-9]{8,9}|\d{2} ?\d{2} ?\d{6}|\d{2} \d{7}|\d{3} \d{3} \d{3}",
        "ICAO Doc 9303-4: words in other languages",
        "PASSPORT",
        "passport-abroad",
    ),
    after_words(
        (
            r"cdl|dln|learner'?s? permit|driver'?s? license|driving licence|licence|f[üu]hrerschein(?:nummer|-?nr\.?)?|permis(?: de conduire)?(?: n[o.]*)?|rijbewijs(?:nummer)?|dl|ehliyet (?:no|numaras[ıi])|patente(?: di guida)?(?: n[o.]*)?|k[öo]rkort(?:snummer)?|prawo jazdy(?: nr)?|jogos[íi]tv[áa]ny|vozačka dozvola|ehliyet(?: no)?|[řr]idi[čc]sk[ýy] pr[ůu]kaz",
            r"permis n°|водительск\p{L}+|運転免許(?:証)?(?:番号)?|驾照(?:号)?|驾驶证(?:号)?|駕照(?:號碼)?|운전면허\s?번호|운전면허|رخصة القيادة|רישיון נהיגה",
        ),
        r"[A-Z9]{5} ?\d{6} ?[A-Z0-9]{2,5}(?: ?[A-Z0-9]{2,3})?|[A-Z]\d{3,4}-\d{4,5}-\d{4,5}|[A-Za-z]{0,5} ?\d[\dA-Za-z]*(?:[-/ ]\d[\dA-Z]*){0,4}",
        "forms of licences by country: letters and digits in groups",
        "DRIVER_LICENSE",
        "licence-abroad",
        least=5,
    ),
    Rule(
        "NATIONAL_ID",
        r"(?i)\b([A-Z0-9][A-Z0-9./ -]{4,18}[A-Z0-9])(?:\s\pL+){0,5}\s?\((?:pesel|cpf|ssn|nino|nhs|bsn|dni|nie|nif|tckn|cnp|oib|jmbg|egn|cpr|nir|ahv|avs|pan|nik|nric|hkid|curp|rfc|rut|cuit|cuil|aadhaar|snils|inn|снилс|инн|tin|ein|vat|siren|siret|national id|passport|tax id|mrn|steuer-?id)\)",
        "the word after it, in brackets",
        anchor=r"(?i)\((?:pesel|cpf|ssn|nino|nhs|bsn|dni|nie|nif|tckn|cnp|oib|jmbg|egn|cpr|nir|ahv|avs|pan|nik|nric|hkid|curp|rfc|rut|cui|aadhaar|snils|inn|снилс|инн|tin|ein|vat|siren|siret|national id|passport|tax id|mrn|steuer)",
        refine=_numbered_words,
        name="before-word-in-brackets",
    ),
    Rule(
        "PASSPORT",
        rf"(?i:\b(?:travel(?:s|l?ing|l?ed)? (?:on|with|under)|(?:travel|identity) doc(?:ument)?s?|ppt|pp no\.?|seam[ae]n'?s?'? (?:book|discharge book)|discharge book|reisedokument|titre de voyage|document de voyage|documento de viaje|documento di viaggio|reisdocument|laissez-passer|seefahrtsbuch|libreta de embarque|livret maritime|monsterboekje)\b(?:[^\n.;\d]|n[or]\.){{0,24}}?[\s:#])({_OF_PASSPORT})(?:[^A-Za-z0-9-]|$)",
        "ICAO Doc 9303-4: the form of passports, after words for what somebody travels on",
        anchor=r"(?i)\b(?:travel|identity doc|ppt|pp no|seam[ae]n|discharge book|reisedok|titre de voyage|document de voyage|documento d|reisdoc|laissez|seefahrtsbuch|libreta de|livret mar|monsterb)",
        score=0.75,
        refine=single(_is_of_passport),
        name="travel-document",
    ),
    Rule(
        "PASSPORT",
        rf"\b({_OF_PASSPORT})[\"']?,?\s(?:\((?:\pL+\s){{0,2}}|(?:is|was|as|ist|war|als|est|es|è|é)\s(?:\pL+\s){{0,3}}?)(?i:{_PASSPORT_WORDS})(?:\s(?i:number|no|nr|id|of|for|on|in|and|is|was|that)\b|[^\pL\s]|\s[^\pL]|$)",
        "ICAO Doc 9303-4: the form of passports, before a word for them",
        anchor=rf"\d[A-Z]{{0,4}}[\"']?,?\s(?:\(|(?:is|was|as|ist|war|als|est|es|è|é)\s)(?:\pL+\s){{0,3}}(?i:{_PASSPORT_WORDS})",
        score=0.75,
        refine=single(_is_of_passport),
        name="before-passport",
    ),
    Rule(
        "DRIVER_LICENSE",
        rf"\b({_OF_PASSPORT}|[A-Z]{{1,5}}\d{{6,12}}[A-Z0-9]{{0,5}})[\"']?,?\s(?:\((?:\pL+\s){{0,2}}|(?:is|was)\s(?:\pL+\s){{0,3}}?)(?i:driv(?:er'?s?'?|ing) licen[cs]e)",
        "forms of licences, before a word for them",
        anchor=r"\d[A-Z0-9]{0,5}[\"']?,?\s(?:\(|(?:is|was)\s)(?:\pL+\s){0,3}(?i:driv(?:er|ing))",
        score=0.75,
        refine=single(_is_numbered),
        name="before-license",
    ),
    Rule(
        "PASSPORT",
        rf"(?i)[|\t;]\s?(?:{_PASSPORT_WORDS})(?: ?(?:no\.?|number|nr\.?|#|id|n[°º]))?\s?[|\t;]",
        "the columns of a table, of which one is called so",
        score=0.75,
        refine=_cells,
        name="in-table",
    ),
    Rule(
        "PASSPORT",
        r"(?i)\b(?:document|doc|mrz)(?:\s(?:type\s\w{1,2})?[^\n.;\d]{0,24}?(?:no\.?|number|id))?[\s:#]{1,3}((?-i:[A-Z]{1,2}\d{6,7}[A-Z]?))\b",
        "ICAO Doc 9303-4: the form of passports, in a sentence about one",
        anchor=r"(?i)\b(?:document|doc|mrz)\b[^\n.;\d]{0,36}[\s:#][A-Z]{1,2}\d{6}",
        score=0.7,
        refine=single(lambda text, start, end: _OF_DOCUMENT.search(text[max(0, start - 90) : end + 60]) is not None),
        name="document",
    ),
    Rule(
        "DRIVER_LICENSE",
        _after(
            r"driv(?:er'?s?'?|ing)[ _-]?licen[cs]e(?:[ _]?(?:number|no))?|licen[cs]e[ _](?:number|no\.?|#)|dl ?(?:number|no\.?|#)|führerschein(?:nummer)?|permis de conduire|carnet de conducir|licencia de conducir|patente(?: di guida)?|rijbewijs|körkort|førerkort|kørekort|ajokortti|prawo jazdy|carteira de habilitação|carta de condução|водительск\p{L}+ (?:удостоверени\p{L}+|прав\p{L}+)|運転免許証?|驾驶证号?",
            rf"\d{{2}} \d{{2}} \d{{6}}|{_ID}",
        ),
        source="AAMVA DL/ID card standard: forms differ by state",
        anchor=r"(?i)driv(?:er'?s?'?|ing)[ _-]?licen|licen[cs]e[ _](?:n|#)|\bdl ?(?:n|#)|führerschein|permis de|carnet de|licencia de|patente|rijbewijs|körkort|førerkort|kørekort|ajokortti|prawo jazdy|habilita|carta de cond|водительск|運転免許|驾驶证",
        refine=single(_is_numbered),
        name="driver-license",
    ),
    Rule(
        "NATIONAL_ID",
        _after(
            r"national[ _-]?id(?:entity|entification)?(?:[ _]?(?:card|number|no\.?))?|id[ _]?card(?:[ _]?(?:number|no\.?))?|identity[ _]?(?:card|number|document)|tax(?:payer)?[ _]?(?:id|identification|number)"
            r"|mrn|medical record|health insurance|personal[ _]?(?:id|identification|identity)(?:[ _](?:number|no\.?|code))?|government[ _]?id|citizen(?:ship)?[ _]?(?:id|card|number)|ni (?:number|no\.?)",
            r"(?:[A-Za-z]{1,6}[ -]?)?\d(?:[ ./-]?[A-Za-z0-9]){4,18}",
        ),
        source="the words before it",
        anchor=r"(?i)(?:national[ _-]?id|id[ _]?card|identity|tax|mrn|medical r|health ins|personal[ _]?id|government|citizen|\bni n)",
        refine=_numbered_words,
        name="national-id-after-word",
    ),
    Rule(
        "NATIONAL_ID",
        r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",
        source="HMRC NIM39110: UK National Insurance number",
        anchor=r"\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",
        name="national-insurance",
    ),
)
