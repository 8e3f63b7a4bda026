"""Numbers and dates that identify a person. All but unmistakable formats need a word before them."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

from collections.abc import Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, Span, single
from autopost.redaction.rules.shape import is_count

# Between the word and the value: the rest of the phrase, but not the end of a sentence or line.
_GAP = r"\.?(?:n[or]\.|[^\n.;!?<>]){0,30}?"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/. ]\d{{1,2}}[-/. ]\d{{2,4}}"
    rf"|{_DAY}[ -](?:of )?{_MONTH}[ ,-]{{1,2}}\d{{2,4}}|{_MONTH} {_DAY},? \d{{4}}|\d{{4}}[ -]{_MONTH}[ -]{_DAY}|(?:19|20)\d{{6}})"
)
_BORN = (
    r"(?:date of birth|birth[ -]?date|d\.?o\.?b\b\.?|born|b-?day|birthday|geburts(?:datum|tag)|geb(?:oren)?\b\.?|date de naissance|née? le"
    r"|fecha de nacimiento|nacid[oa] el|data di nascita|nat[oa] il|data de nascimento|geboortedatum|fødselsdato|födelsedatum|født|född|syntymäaika)"
)
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
    return not (number.startswith("000") or number[4:6] == "00" or number.endswith("0000"))


def _is_numbered(text: str, start: int, end: int) -> bool:
    """Accept the number of a document: enough digits, and not a date, time or count."""
    value = text[start:end]
    if text[end : end + 1].isalnum() or (text.endswith(_HAS, 0, start) and is_count(text, end)):
        return False
    digits = sum(character.isdigit() for character in value)
    # A German passport number can have only two digits among capitals.
    enough = digits >= 4 or (digits >= 2 and value.isupper() and 8 <= len(value) <= 10)
    return enough and not (value[:4].isdigit() and value[4:5] == "-" and value[7:8] == "-")


def _numbered_words(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the words from the first to the last one with a digit, if they are a number."""
    words = [m.span() for m in _WORD.finditer(text[start:end])]
    numbered = [(left, right) for left, right in words if any(map(str.isdigit, text[start + left : start + right]))]
    if not numbered:
        return
    first, last = start + numbered[0][0], start + numbered[-1][1]
    if sum(map(str.isdigit, text[first:last])) >= 5:
        yield (start if text[start:first].isupper() or first == start else first), last


def _after(words: str, value: str) -> str:
    return rf"(?i)\b(?:{words})\b{_GAP}\b({value})\b"


RULES = (
    Rule(
        "US_SSN",
        r"\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4}",
        source="SSA POMS RM 10201.030; 9xx are the IRS's ITIN",
        anchor=r"\d{3}[- ]\d{2}[- ]\d{4}",
        score=0.9,
        refine=single(_is_ssn),
    ),
    Rule(
        "US_SSN",
        rf"(?i)\b(?:ssn|social security(?: number| no\.?| #)?|itin|social)\b{_GAP}\b(\d{{3}}[-. /]?\d{{2}}[-. /]?\d{{4}})\b",
        source="the words before it, in any grouping",
        anchor=r"(?i)\b(?:ssn|social|itin)\b",
    ),
    Rule(
        "DATE_OF_BIRTH",
        rf"(?i)\b{_BORN}{_GAP}\b({_DATE})\b",
        source="the word before it",
        anchor=r"(?i)\b(?:birth|d\.?o\.?b\b|born|b-?day|geb|dat[ea] d|née? l|fecha|nacid|nat[oa] il|fødsel|födelse|født|född|syntym)",
    ),
    Rule(
        "DATE_OF_BIRTH",
        rf"(?i)\b({_DATE})\s?\((?:dob|d\.o\.b\.?|date of birth|birth ?date|birthday)\b",
        source="the word after it in brackets",
        anchor=r"(?i)\((?:dob|d\.o\.b|date of birth|birth)",
    ),
    Rule(
        "PASSPORT",
        _after(r"(?:passport|reisepass|passeport|pasaporte|passaporto|paspoort)", _ID),
        source="ICAO Doc 9303-4: up to nine letters and digits",
        anchor=r"(?i)\bpass(?:e?port|aporto)\b|\b(?:reisepass|pasaporte|paspoort)\b",
        refine=single(_is_numbered),
    ),
    Rule(
        "DRIVER_LICENSE",
        _after(
            r"driv(?:er'?s?'?|ing)[ -]licen[cs]e|licen[cs]e (?:number|no\.?|#)|dl (?:number|no\.?|#)|licen[cs]e plate|number plate|führerschein|permis de conduire",
            _ID,
        ),
        source="AAMVA DL/ID card standard: forms differ by state",
        anchor=r"(?i)\bdriv(?:er|ing)|licen[cs]e (?:n|#)|\bdl (?:n|#)|plate\b|\bführerschein|permis de",
        refine=single(_is_numbered),
    ),
    Rule(
        "BANK_ACCOUNT",
        _after(
            r"(?:bank|checking|savings?|current|deposit|beneficiary|giro)[ -](?:account|acct)|(?:account|acct|a/c)\.?[ -]?(?:number|num|no|#)"
            r"|acct|iban|routing(?: number| no\.?|:| #)|aba|sort[ -]code|bsb|transit number|wire(?:d)? (?:it |funds )?to account",
            r"\d(?:[ -]?\d){5,17}",
        ),
        source="the words before it; ABA routing numbers, UK sort codes, account numbers of 6 to 18 digits",
        anchor=r"(?i)\bacc(?:oun)?t|\ba/c|\biban\b|\brouting\b|\baba\b|\bsort[ -]code|\bbsb\b|\btransit number",
    ),
    Rule(
        "BANK_ACCOUNT",
        r"(?i)\b(?:swift|bic)\b(?:[ /-](?:code|bic|number))*\W{0,3}(?:is |was )?\b([A-Za-z]{4}[ -]?[A-Za-z]{2}[ -]?[A-Za-z0-9]{2}(?:[A-Za-z0-9]{3})?)\b",
        source="ISO 9362",
        anchor=r"(?i)\b(?:swift|bic)\b",
        refine=single(lambda text, start, end: text[start:end].isupper()),
    ),
    Rule(
        "NATIONAL_ID",
        _after(
            r"national insurance|nino?|nhs|aadhaar|aadhar|pan(?: card)?(?: number| no\.?)|social insurance|sin (?:number|no\.?)"
            r"|national id(?:entity)?(?: card)?|id card|identity card|tax(?:payer)? (?:id|identification|file)"
            r"|tin|ein|tfn|medicare|medicaid|mrn|medical record|patient (?:id|number)|curp|cpf|dni|nie|nif|bsn|pesel|personnummer"
            r"|health insurance|insurance (?:policy|number)|voter id|codice fiscale|steuer-?id",
            r"(?:[A-Za-z]{1,6}[ -]?)?\d(?:[ ./-]?[A-Za-z0-9]){4,18}",
        ),
        source="the words before it",
        anchor=r"(?i)\b(?:national i|nin|nhs|aadha|pan |social insurance|sin |id(?:entity)? card|tax|tin\b|ein\b|tfn|medic|mrn"
        r"|patient|curp|cpf|dni|nie|nif|bsn|pesel|personnummer|health ins|insurance|voter|codice|steuer)",
        refine=_numbered_words,
    ),
    Rule(
        "NATIONAL_ID",
        r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",
        source="HMRC NIM39110: UK National Insurance number",
        anchor=r"\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",
    ),
)
