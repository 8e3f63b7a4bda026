"""Telephone numbers that are recognised by context: a word such as `mobile`, a caller, or no other meaning."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

from phonenumbers import NumberParseException, is_valid_number, parse

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.phone import EXTENSION, joins, stands_apart
from autopost.redaction.rules.shape import is_count

_NUMBER = r"(?:\+|\(\+?)?\d(?:[ ()./·-]{0,3}\d){6,14}"

# Words before a number that make it an identifier or an amount, and what can be between them.
_NAMED_OTHERWISE = compiled(
    r"(?i)\b(?:ids?|[a-z]+[ _-]?id|orders?|invoices?|tickets?|cases?|records?|jobs?|runs?|batch(?:es)?|ref|references?|transactions?"
    r"|payments?|customers?|serials?|sku|ean|upc|isbn|gtin|items?|products?|shipments?|tracking|parcels?|po|builds?|rows?|users?|range"
    r"|keys?|codes?|offsets?|bytes|size|counts?|total|sum|values?|hash|checksum|ports?|pid|process|threads?|sessions?|messages?|events?"
    r"|tasks?|issues?|commits?|revisions?|documents?|files?|pages?|lines?|entry|entries|assets?|devices?|sensors?|articles?|contracts?"
    r"|polic(?:y|ies)|claims?|bookings?|reservations?|flights?|epoch|timestamps?|seed|version|index|block|nonce|amount|balance|budget"
    r"|part|model|lot|barcode|vat|tax|account|card|snapshot|submissions?|views|visits|clicks|downloads|deployment|execution|workflow|request|trace|span|logs?|volume|stack|rate|list|sync|score|queue|#)"
    r"(?:[\s:#=._(\[\"'`-]|\b(?:numbers?|nos?|nr|num|ids?|is|was|are|were|of|to|from|between)\b\.?)*(?:\d+\s?(?:,|;|&|and|or|to|through|until|-)\s?)*$"
)
_NO_NUMBER = compiled(r"^\d{1,3}[.]\d{4,}$|^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})\b")


def _is_told(text: str, start: int, end: int) -> bool:
    """Accept a number of any length after a word for it, but not a date or decimal."""
    return stands_apart(text, start, end) and not _NO_NUMBER.search(text[start:end])


def _is_reached(text: str, start: int, end: int) -> bool:
    """Accept grouped digits, eight or more digits, or any after `at` and `on`, unless they name or count something else."""
    number = text[start:end]
    if _TIMESTAMP.match(number) or _THOUSANDS.match(number) or _of_a_program(text, start):
        return False
    enough = not number.isdigit() or len(number) >= 8 or text.endswith((" at ", " on "), 0, start)
    named = _NAMED_OTHERWISE.search(text[max(0, start - 48) : start])
    return enough and not named and not is_count(text, end) and _is_told(text, start, end)


_TIMESTAMP = compiled(
    r"^(?:1[4-9]\d{8}(?:\d{3}|\d{6})?|(?:19|20)\d{2}[- ]?(?:0[1-9]|1[0-2])[- ]?(?:0[1-9]|[12]\d|3[01])(?:-\d{1,6}|\d{4}|\d{6})?)$"
)
_THOUSANDS = compiled(r"^\d{1,2}(?: \d{3})+$")
_PROGRAM = compiled(
    r"(?i)\b(?:agents?|bots?|workers?|jobs?|tasks?|models?|nodes?|runs?|instances?|assistants?|copilots?|services?|crews?|planners?|steps?|clusters?|hosts?|shards?|servers?|pods?|channels?|topics?|groups?|rooms?|buckets?"
    r"|segments?|regions?|zones?|stores?|sites?|departments?|teams?|projects?|tenants?|accounts?|subagents?|cron|by|between|until|since|before|after)[\s:=#\"'`(]{1,3}$"
)


def _of_a_program(text: str, start: int) -> bool:
    """Return whether a number is part of a name, or follows the word for a program: `agent-20261129`, `bot 4821993012`."""
    before = text[max(0, start - 24) : start]
    return (before[-1:] in "-_" and joins(before[-2:-1])) or _PROGRAM.search(before) is not None


def _is_valid(number: str, region: str) -> bool:
    try:
        return bool(is_valid_number(parse(number, region)))
    except NumberParseException:
        return False


def _is_bare(text: str, start: int, end: int) -> bool:
    """Accept ten or more digits that are valid in a numbering plan, unless they name or count something else."""
    before, number = text[max(0, start - 48) : start], text[start:end]
    if (before[-1:] and before[-1] not in " \n\t([{<\"'`*>|,;") or not stands_apart(text, start, end):
        return False
    if _NAMED_OTHERWISE.search(before) or is_count(text, end) or _TIMESTAMP.match(number) or _of_a_program(text, start):
        return False
    # A trunk prefix 0 is enough; otherwise the number must be valid in a numbering plan.
    return number[0] == "0" or _is_valid(number, "RU" if number[0] == "8" and len(number) == 11 else "US")


RULES = (
    Rule(
        "PHONE_NUMBER",
        r"(?i)\b(?:(?:ri)?chiam\w*|rispond\w*|telefon\w*|cell(?:ulare)?|numero|tel|contatt\w*|scriv\w*|whatsapp)\b[^\n.;\d]{0,30}?\b(3[2-9]\d(?:[ .-]?\d){6,7})\b",
        "Italian mobile numbers, in groups of any length, after a word of getting in touch",
        anchor=r"\b3[2-9]\d(?:[ .-]?\d){6}",
        score=0.7,
        name="italian-mobile",
    ),
    Rule(
        "PHONE_NUMBER",
        r"(?i)\b(?:(?:tele)?phone|tel|mob|mobile|cell(?:phone| phone)?|fax|whats ?app|hot ?line|landline|call ?back|sms|handy|contact number|telefon|tél(?:éphone)?|teléfono|telefono|portable|móvil|celular|caller ?id|tlf|tlfn|gsm|natel|telefoon|mobiel|mobil|puhelin|puh|telemóvel|cellulare|telefone|telefonnummer|rufnummer|handynummer|mobilnummer|komórka|callto|wa\.me|whatsapp\.com/send\?phone|phone_?number|mobile_?number|phonenumber|msisdn)\b"
        rf"(?:[\s_-]?(?:number|no|num|line|nummer))?\.?[^\w\n+(]{{0,3}}(?:(?:is|was|at|on|to|number|via|:)[:\s]{{1,2}}){{0,2}}({_NUMBER}\b{EXTENSION})",
        source="the word before it",
        anchor=r"(?i)\b(?:telephone|phone|tel|mob|mobile|cell|cellphone|fax|whats ?app|hot ?line|landline|call ?back|sms|handy|contact number|telefon|tél(?:éphone)?|teléfono|telefono|portable|móvil|celular|caller ?id|tlf|tlfn|gsm|natel|telefoon|mobiel|mobil|puhelin|puh|telemóvel|cellulare|telefone|telefonnummer|rufnummer|handynummer|mobilnummer|komórka|callto|wa\.me|whatsapp\.com/send\?phone|phone_?number|mobile_?number|phonenumber|msisdn)\b",
        score=0.75,
        refine=single(_is_told),
        name="after-word",
    ),
    Rule(
        "PHONE_NUMBER",
        rf"(?i)\b(?:contact|caller)(?:\s(?:person|details?|info|data|on file))?(?:\s(?:for|of|in|at)(?:\s[\w-]+){{1,3}})?\s?:\s({_NUMBER}\b{EXTENSION})",
        source="a heading before it",
        anchor=r"(?i)\b(?:contact|caller)(?:\s[\w-]+){0,5}\s?:\s",
        score=0.7,
        refine=single(lambda text, start, end: _is_told(text, start, end) and not is_count(text, end)),
        name="after-heading",
    ),
    Rule(
        "PHONE_NUMBER",
        r"(?i)\b(?:call(?:ed|er|ing)?|dial(?:led|ed)?|ring|rang|text(?:ed)?|reach(?:ed|able)?|contact(?:ed|s)?|messaged?|phone[ds]?|sms|voice ?mail|wrote|write"
        r"|sent|reminder|request|feedback|lead|guest|courier|on-call|(?:[a-z]+['’]s|her|his|their|my|whose)(?:\s[a-z]+)?\s(?:numbers?|line|contact))\b"
        rf"(?:[^\n.;!?<>0-9]|\b\d{{1,2}}x?\b[^\d./-]){{0,32}}?[ (:]\s?({_NUMBER}\b{EXTENSION})",
        source="a word of getting in touch or of whose it is before it, and no other name for the number",
        anchor=r"(?i)(?:\b(?:call|dial|ring\b|rang\b|text|reach|contact|message|phone|sms\b|voice ?mail|wr[io]te\b|sent\b|reminder|request|feedback|lead\b|guest|courier|on-call)|\snumbers?\b|\sline\b)[^\n]*\s?[(+]{0,2}\d(?:[ ()./·-]{0,3}\d){6}",
        score=0.7,
        refine=single(_is_reached),
        name="after-contact",
    ),
    Rule(
        "PHONE_NUMBER",
        rf"(?i)\b(?:rückruf\w*|durchwahl|numer(?:u|em)? telefonu|nr\.? tel\w*|telefonu|telefoon\w*|ll[aá]m(?:é|ó|ar|ad|a|en|ame|aron)|appel(?:é|er|ez|le|ons)|rappel(?:é|er|ez|le)|joign\w*|(?:ri)?chiam\w*|lig(?:uei|ou|ar|ue|ando)|dzwoń|zadzwoń|zadzwoni[łć]\pL*|dzwonił\pL*|numer(?:em|u)?|bel(?:len|de|t)|ringde|ringte|anruf\w*|angerufen|erreichbar|(?:office|direct|front desk|reception|main|home|work|land|shop|support|booking|emergency)\s(?:line|number|phone))(?:[^\pL\n\d;!?<>]{{1,3}}|\s[^\n\d;!?<>]{{0,34}}?[ :(])({_NUMBER}\b{EXTENSION})",
        source="words of getting in touch in other languages, and of a line",
        anchor=r"(?i)(?:rückruf|durchwahl|telefon|nr\.? tel|telefoon|ll[aá]m|appel|joign|chiam|lig(?:u|o|a)|dzwoń|dzwoni|bel(?:len|de|t)|ring(?:de|te)|anruf|angeruf|erreichbar|\s(?:line|number|phone))[^\d\n]{0,60}\d(?:[ ()./·-]{0,3}\d){6}",
        score=0.7,
        refine=single(_is_reached),
        name="after-word-of-calling",
    ),
    Rule(
        "PHONE_NUMBER",
        rf"({_NUMBER})\s(?:has\s|was\s|just\s)?(?:wants|wanted|asked|asks|called|calls|rang|texted|replied|answered|wrote|writes|said|says|hung up|picked up|did(?:n't| not) (?:answer|pick up))\b",
        source="a verb after it that people do",
        anchor=r"\d(?:[ ()./·-]{0,3}\d){6}\s(?:has|was|just|want|ask|call|rang|text|repl|answer|wr[io]te|sa[iy]|hung|picked|did)",
        score=0.7,
        refine=single(_is_reached),
        name="before-verb",
    ),
    Rule(
        "PHONE_NUMBER",
        r"\b(?:1?[2-9]\d{2}[2-9]\d{6}|89\d{9}|0[1-9]\d{8,10})\b",
        source="NANPA, Russia's and most other plans: national numbers without any sign, checked by libphonenumber",
        anchor=r"\b\d{10,12}\b",
        score=0.5,
        refine=single(_is_bare),
        name="bare",
    ),
    Rule(
        "PHONE_NUMBER",
        rf"(?i)(?:電話|电话|手机|手機|携帯|연락처|전화|휴대폰|тел\.?|телефон[а-я]*|моб\.?|номер телефона|τηλ\.?|τηλέφωνο|هاتف|جوال|موبايل|טלפון|נייד|फ़ोन|फोन|मोबाइल|โทร|เบอร์|điện thoại|sđt)(?:番号|号码|號碼|번호)?[^\w\n+(]{{0,3}}(?:は|是|：|이|은|는)?[^\w\n+(]{{0,3}}({_NUMBER})",
        source="the word before it, in other scripts",
        anchor=r"(?i)電話|电话|手机|手機|携帯|연락처|전화|휴대폰|тел|моб|номер|τηλ|هاتف|جوال|موبايل|טלפון|נייד|फ़ोन|फोन|मोबाइल|โทร|เบอร์|điện thoại|sđt",
        score=0.75,
        refine=single(_is_told),
        name="word-in-other-script",
    ),
)
