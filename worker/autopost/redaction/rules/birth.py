"""Dates of birth, after a word for being born in the languages in which agents write."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.document import EDGE

ENTITY = "DATE_OF_BIRTH"

_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|jän|mär|mai|okt|dez|janv|févr|fevr|mars|avr|juin|juil|août|aout|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|fev|maio|out|dez"
    r"|mrt|mei|maj|juni|juli|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|січ|лют|бер|квіт|трав|черв|лип|серп|вер|жовт|лист|груд"
    r"|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru|oca|şub|haz|tem|ağu|eyl|eki|kas|ara|ιαν|φεβ|μαρ|απρ|μαΐ|ιουν|ιουλ|αυγ|σεπ|οκτ|νοε|δεκ|tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu)[\p{L}]{0,9}\.?"
)
_DAY = r"(?:\d{1,2}(?:st|nd|rd|th|er|º|\.)?|(?:twenty-|thirty-)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth)"
_OF = r"(?:(?:of|de|del|di|da) )?"
_DATE = (
    rf"(?:\d{{4}}[-/._]\d{{1,2}}[-/._]\d{{1,2}}|\d{{1,2}}[-/._ ]\d{{1,2}}[-/._ ]\d{{2,4}}|\d{{1,2}}\. \d{{1,2}}\. \d{{4}}|\d{{1,2}}[-./ ](?:I{{1,3}}|IV|VI{{0,3}}|IX|XI{{0,2}})[-./ ]\d{{4}}"
    rf"|{_DAY}[ -]{{0,2}}{_OF}{_MONTH}[ ,-]{{0,2}}{_OF}\d{{2,4}}|{_MONTH} {_DAY},? \d{{4}}|\d{{4}}[ -]{_MONTH}[ -]{_DAY}|(?:19|20)\d{{6}}|[0-3]\d[01]\d(?:19|20)\d\d"
    r"|(?:明治|大正|昭和|平成|令和|[MTSHR])\s?(?:\d{1,2}|元)\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日?|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]?)"
)
_BORN = (
    r"age (?:gate|check|verification|proof)|(?:she|he|they|daughter|son|child|girl|boy|pupil|student) turns? (?:\d\d|\pL+teen|twenty-one) on|date[ _-]?of[ _-]?birth|birth[ _-]?(?:date|day)|birth[ _-]?dt|d\.?o\.?b\.?|d_o_b|born|b-?day|birthdays?"
    r"|geburts[ _-]?(?:datum|tag)|geboren|geb\.?(?:-?dat(?:um|\.)?)?|date de naissance|née? le|fecha[ _]de[ _]nacimiento|fecha[ _]?(?:de )?nac(?:imiento\b|\.|\b)|nacid[oa](?: el)?|nació|data[ _]di[ _]nascita|nat[oa] il|nascit[oa]"
    r"|data[ _]de[ _]nascimento|nascid[oa](?: em)?|nasceu|geboorte[ _]?datum|geboren op|fødsels[ _]?dato|födelse[ _]?(?:datum|dag)|født|född|syntymä[ _]?(?:aika|päivä)|syntynyt|fæðingardagur"
    r"|data urodzenia|urodzon[ya]|ur\.|datum narození|narozen[ýa]?|születési (?:idő|dátum)|született|data nașterii|născută?|datum rođenja|rođena?|doğum tarihi|doğumlu|ngày sinh|sinh ngày"
    r"|tanggal lahir|lahir"
)
_BORN_EAST = r"дата рождения|родил(?:ся|ась)|рождения|г\.?\s?р\.?|дата народження|народи(?:вся|лася)|дата на раждане|родена?|ημερομηνία γέννησης|γεννήθηκε"
# Scripts without capitals and, some, without spaces.
_BORN_ELSEWHERE = r"生年月日|誕生日|生日|出生(?:日期|年月日?)?|생년월일|생일|출생|تاريخ الميلاد|ولد(?:ت)?|जन्म(?:[ -]?तिथि|[ -]?दिन)?|תאריך לידה|נולדה?|วันเกิด|เกิดวันที่"
_GAP = r"\.?[^\n.;!?<>]{0,60}?"
_THING = compiled(
    r"(?i)\b(?:project|company|idea|repo(?:sitory)?|product|team|startup|app|service|feature|initiative|tool|site|platform|library|plan|campaign|firm|brand|account|language|model|agent|bot|it)"
    r"(?: (?:was|is|got|were))?(?: \w+ly)?$"
)


# After a word for a check of ages, a date of these years is that of the check.
_OF_CHECK = compiled(r"(?i)\bage (?:gate|check|verification|proof)\b[^.;!?\n]*$")
_LATE = compiled(r"\b20[2-9]\d")


def _is_of_person(text: str, start: int, end: int) -> bool:
    """Refuse what was not born: `The project was born on 12 March 2019`, `Born-again builds`."""
    if _OF_THING.search(text[max(0, start - 44) : start]):
        return False
    if _OF_CHECK.search(text[max(0, start - 80) : start]) and _LATE.search(text[start:end]):
        return False
    born = _LAST_BORN.search(text[max(0, start - 44) : start])
    if born is None:
        return True
    before = text[max(0, start - 44) : start][: born.start()]
    return not born.group().endswith("-") and _THING.search(before.rstrip()) is None


# `The birthday of the museum`, `Geboren wurde die Idee am`.
_OF_THING = compiled(
    r"(?i)\b(?:birth ?day of|birth of|geburt(?:stag)?|geboren wurde|anniversaire|cumpleaños|compleanno|aniversário) (?:the |our |its |an? |der |des |die |das |den |du |de la |del |della |da |do )?(?:museum|company|idea|idee|project|projekt|firma|verein|club|band|festival|brand|marke|app|product|produkt|stadt|city|musée|empresa|azienda|museo|ville|école|school|theat\w+|zoo|park|library|republic|web|internet)\w*\b"
)
# An age and a year of birth, in either order: `71, born 1954`, `né en 2006 (19 ans)`. Together they are of a person.
_YEAR = r"(?:(?:19|20)\d\d|'\d\d)"
_AGE = r"(?:\d{1,3}(?:[- ](?:years?|yrs?|y/?o|jahre?|j\.?|ans|años|anni|anos|jaar|år|let|lat|éves|ani|yaşında|vuotta|vuotias)\b(?:[- ](?:old|alt|oud|gammal|gammel))?|yo?\b| (?:лет|года?))?|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(?:one|two|three|four|five|six|seven|eight|nine))?)"
_AGE_OLD = r"\d{1,3}[- ](?:(?:years?|yrs?)[- ]old|jahre|ans|años|anni|anos|jaar|år|lat|éves|ani|yaşında|vuotta|vuotias|лет|года?)"
_OF_AGE = (
    r"(?:aged?|alter|âge|âgée?(?: de)?|edad|età|idade|leeftijd|ålder|alder|wiek|věk|lat|kor|vârsta|yaş|возраст|ikä)"
)
_IN_YEAR = r"(?:born(?: in)?|b\.|yob|class of|(?:year|yr) of birth|birth ?year|geboren(?: in)?|geb\.|jg\.?|jahrgang|geburtsjahr|née? en|année de naissance|nacid[oa] en|año de nacimiento|nat[oa] nel|classe|anno di nascita|nascid[oa] em|ano de nascimento|geboortejaar|född|født|fødselsår|födelseår|rocznik|ur\.|rok urodzenia|nar\.|ročník|narozen[aý]?(?: v roce)?|syntynyt|syntymävuosi|született|születési év|născut(?:ă)?(?: în)?|doğumlu|doğum yılı|рожд[а-я]+|род\.|год рождения|г\.\s?р\.)"
_BETWEEN = r"[\s,;:(/–-]{1,3}(?:(?:and|so|also|now|i\.e\.|und|et|y|e|en|och|og|i|was|is|year|ans)\s|=\s?){0,2}"
_AGE_AND_YEAR = (
    rf"(?:an?\s)?(?:{_OF_AGE}[\s:=]{{1,2}}{_AGE}|{_AGE}){_BETWEEN}{_IN_YEAR}[\s:=]{{0,2}}{_YEAR}"
    rf"|{_OF_AGE}[\s:=]{{1,2}}{_AGE}\s\({_YEAR}|{_IN_YEAR}[\s:=]{{0,2}}{_YEAR}\)?{_BETWEEN}(?:{_OF_AGE}[\s:=]{{1,2}})?{_AGE}(?: now)?|{_YEAR}[- ]born{_BETWEEN}{_AGE}|(?:{_AGE_OLD}|\d{{1,3}}\s?y/?o)\s\({_YEAR}|\({_YEAR}, (?:now|jetzt|heute|aujourd'hui|maintenant|ahora|hoy|ora|oggi|agora|hoje|nu|teraz) \d{{1,3}}\)"
)

_LAST_BORN = compiled(r"(?i)\bborn\b-?")

RULES = (
    Rule(
        ENTITY,
        rf"{EDGE}(?:(?i:{_BORN}|{_BORN_EAST})(?:[^\pL]|[A-Z_]){_GAP}|(?:b\.|née?)\s)(?i:(?:\b|[^\d])({_DATE}))(?:[^\pN]|$)",
        source="the word before it",
        anchor=rf"(?:\b|_)(?i:{_BORN})(?:[^\pL]|[A-Z_])|(?i:{_BORN_EAST})|\bb\.\s|\bnée?\s",
        refine=single(_is_of_person),
        name="after-word",
    ),
    Rule(
        ENTITY,
        rf"(?i)(?:^|[^\pL\pN])({_AGE_AND_YEAR})(?:[^\pL\pN]|$)",
        source="an age and a year of birth beside each other",
        anchor=rf"(?i)(?:{_IN_YEAR}|{_OF_AGE}[\s:=]{{1,2}}{_AGE}\s\()[\s:=]{{0,2}}{_YEAR}|\d[- ]born|(?:{_AGE_OLD}|yo|y/o)\s\({_YEAR}|\({_YEAR}, \pL+ \d",
        refine=single(_is_of_person),
        name="age-and-year",
    ),
    Rule(
        ENTITY,
        r"(?:\b(?i:apis|docs|traveller|traveler|passenger|pax|guest)\b[^\n.]{0,40}?|/)(\d{2}(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\d{2})(?:[/,;. ]|$)",
        source="IATA: dates of birth in data of passengers",
        anchor=r"\d{2}(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\d{2}",
        name="of-passenger",
    ),
    Rule(
        ENTITY,
        rf"(?i)\(({_DATE})[,;/ ]{{1,2}}(?:m|f|w|male|female|männlich|weiblich|homme|femme|hombre|mujer|maschio|femmina)\)",
        source="a sex beside it, in brackets",
        anchor=r"(?i)[,;/ ](?:m|f|w|male|female|männlich|weiblich|homme|femme|hombre|mujer|maschio|femmina)\)",
        name="beside-sex",
    ),
    Rule(
        ENTITY,
        rf"(?:{_BORN_ELSEWHERE})[^\n;!?<>]{{0,16}}?((?i:{_DATE}))",
        source="the word before it, in scripts without capitals",
        anchor=_BORN_ELSEWHERE,
        name="after-word-in-other-scripts",
    ),
    Rule(
        ENTITY,
        rf"(?i)(?:^|[^\pL\pN])({_DATE})\s?\(?(?:(?:as|is|was) (?:the |her |his |their |my )?)?(?:dob|d\.o\.b\.?|date of birth|birth ?date|birthday|生まれ|出生|년생|года рождения|г\.\s?р\.|(?:in \pL+ )?(?:geboren|née?(?:[^\pL]|$)|nacid[oa]|nat[oa]\b|født|född|urodzon[ya]|doğumlu|narozen|syntynyt|született))",
        source="the word after it",
        anchor=r"(?i)(?:[\dº.日일月월]|st|nd|rd|th|er)\s{0,2}\(?(?:(?:as|is|was) (?:the |her |his |their |my )?)?(?:dob|d\.o\.b|date of birth|birth|生まれ|出生|년생|года рожд|г\.\s?р\.|(?:in \pL+ )?(?:geboren|née?(?:[^\pL]|$)|nacid|nat[oa]\b|født|född|urodzon|doğumlu|narozen|syntynyt|született))",
        name="before-word",
    ),
)
