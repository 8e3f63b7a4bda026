"""Numbers of devices, vehicles and SIM cards, and of persons in organisations."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

from autopost.redaction.rule import Rule, single
from autopost.redaction.rules import check_digits
from autopost.redaction.rules.document import END, anchor_of, has_digits, leading, stands_alone

_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_ID = r"[A-Za-z0-9](?:[A-Za-z0-9-]{3,22})[A-Za-z0-9]"


def _is_vin(text: str, start: int, end: int) -> bool:
    value = text[start:end]
    return any(map(str.isalpha, value)) and sum(map(str.isdigit, value)) >= 5 and check_digits.vin(value)


def _is_iccid(text: str, start: int, end: int) -> bool:
    return stands_alone(text, start, end) and check_digits.luhn(text[start:end])


def _after(words: str, value: str, source: str, entity: str, least: int = 4, name: str = "") -> Rule:
    return Rule(
        entity,
        rf"{leading(words)}({value}){END}",
        source,
        anchor=anchor_of(words),
        refine=single(has_digits(least)),
        name=name,
    )


RULES = (
    _after(
        r"imei(?:sv|[ _]?[12])?|meid",
        r"\d{2}[ -]?\d{6}[ -]?\d{6}[ -]?\d{1,2}|[0-9A-Fa-f]{14}",
        "3GPP TS 23.003",
        "DEVICE_ID",
        6,
        "imei",
    ),
    _after(r"imsi", r"\d{3}[ -]?\d{2,3}[ -]?\d{9,10}", "3GPP TS 23.003", "DEVICE_ID", 14, "imsi"),
    _after(r"eid", r"89\d{30}|\d{32}", "GSMA SGP.02: identifiers of eSIM", "DEVICE_ID", 32, "eid"),
    _after(
        r"iccid|sim(?: card)? (?:number|no\.?|id)",
        r"89\d{2}(?:[ -]?\d){13,16}[Ff]?|\d{18,20}",
        "ITU-T E.118",
        "DEVICE_ID",
        16,
        "iccid-after-word",
    ),
    Rule("DEVICE_ID", r"\b89\d{17,18}\b", "ITU-T E.118", anchor=r"\b89\d{17}", refine=single(_is_iccid), name="iccid"),
    _after(
        r"idfa|idfv|gaid|aaid|adid|ger[äa]te-?(?:id|kennung|nummer)|identifiant de l'appareil|id de l'appareil|id(?:entificador)? del dispositivo|id dispositivo|apparaat-?id|toestel-?id|id do (?:dispositivo|aparelho)|id urz[ąa]dzenia|enhets-?id|laite-?tunnus|cihaz kimli[ğg]i|id устройства|端末id|設備id|设备id|デバイスid|기기 id|advertising[ _]?id|device[ _]?(?:uu)?id|android[ _]?id|udid|installation[ _]?id|hardware[ _]?id|hwid|machine[ _]?id",
        rf"{_UUID}|[0-9A-Fa-f]{{8}}-[0-9A-Fa-f]{{16}}|[0-9A-Fa-f]{{16,40}}|{_ID}",
        "Apple, Google: identifiers of devices",
        "DEVICE_ID",
        3,
        "device",
    ),
    _after(
        r"serial\"?'?\s?[:=]",
        r"[A-Za-z]+[A-Za-z0-9-]*\d[A-Za-z0-9-]*|\d+[A-Za-z][A-Za-z0-9-]*\d[A-Za-z0-9-]*",
        "the word before a number with letters",
        "DEVICE_ID",
        3,
        "serial-with-letters",
    ),
    Rule(
        "DEVICE_ID",
        r"(?i)\bserial\s(?:of\s[^\n:.;\d]{2,40}(?::|\s(?:is|was))\s|is\s|was\s)?((?-i:[A-Z]{1,4}\d?-(?:\d{2,8}-)*\d{2,8}[A-Z0-9-]*|[A-Z]{1,4}-?\d{5,}[A-Z0-9]*|[A-Z0-9]{8,14}))\b",
        "the word before capitals and digits",
        anchor=r"(?i)\bserial\s",
        refine=single(lambda text, start, end: 2 <= sum(map(str.isdigit, text[start:end])) < end - start),
        name="serial-capitals",
    ),
    _after(
        r"z[äa]hler-?(?:nummer|nr\.?)|meter (?:number|no\.?|serial)|service[ _-]?tag|serial[ _]?(?:number|no\.?|num|#)|s/n|serien-?(?:nummer|nr\.?)|serienummer|num[ée]ro s[ée]rie|n[º°] de s[ée]rie|n\. di serie|matricola(?: n\.)?|numer seryjny|nr seryjny|sarjanumero|seri no|製造番号|機器番号|일련번호|num[ée]ro de s[ée]rie|n[úu]mero de serie|numero di serie|серийный номер|シリアル番号|序列号",
        _ID,
        "the word before it",
        "DEVICE_ID",
        3,
        "serial",
    ),
    Rule(
        "VEHICLE_ID",
        r"\b[A-HJ-NPR-Z0-9]{17}\b",
        "ISO 3779, 49 CFR 565.15",
        anchor=r"\b[A-HJ-NPR-Z0-9]{17}\b",
        refine=single(_is_vin),
        score=0.85,
        name="vin",
    ),
    _after(
        r"vin(?: number| no\.?)?|fin|fahrgestellnummer|fahrzeug-?ident\pL*(?:-?nr\.?)?|chassis(?: number| no\.?)?|num[ée]ro de ch[âa]ssis|vehicle identification(?: number)?|бастидор",
        r"[A-HJ-NPR-Za-hj-npr-z0-9]{17}",
        "ISO 3779",
        "VEHICLE_ID",
        4,
        "vin-after-word",
    ),
    _after(
        r"visa(?: sticker)?(?: number| no\.?| #)|passid|known travell?er number|ktn|visumnummer|num[ée]ro de visa|residence (?:permit|card)(?: number| no\.?)?|work permit(?: number| no\.?)?|green card(?: number| no\.?)?|alien (?:registration )?number|a-number|uscis(?: number| #)?|aufenthaltstitel(?:nummer)?|(?:titre|permis|carte) de s[ée]jour|permiso de residencia|permesso di soggiorno|brp(?: number| no\.?)?|在留カード",
        r"[A-Za-z]{0,3}[- ]?\d(?:[A-Za-z0-9-]{3,14})|[A-Z0-9]{6,12}",
        "the word before it; ICAO Doc 9303",
        "NATIONAL_ID",
        4,
        "permit",
    ),
    Rule(
        "PASSPORT",
        r"\b(?:(?:P[A-Z<]|[IAC][A-Z<]|V[A-Z<])[A-Z]{3}[A-Z0-9<]{12,39}(?:\s{1,2}[A-Z0-9<]{28,44}){0,2}|[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{2,16}|\d{7}[MFX<]\d{7}[A-Z<]{3}[A-Z0-9<]{8,12})",
        "ICAO Doc 9303: machine readable zone",
        anchor=r"\b[PIACV][A-Z<][A-Z]{3}[A-Z0-9<]{3}|\d{7}[MFX<]\d{7}",
        refine=single(lambda text, start, end: "<<" in text[start:end]),
        score=0.95,
        name="machine-readable-zone",
    ),
    _after(
        r"(?:student|member(?:ship)?|employee|staff|personnel|frequent flyer|loyalty(?: card)?|library card|matriculation|enrol?lment|badge)[ _-]?(?:id|number|no\.?|num|#)|matrikelnummer|personalnummer|mitgliedsnummer|num[ée]ro [ée]tudiant|num[ée]ro d'adh[ée]rent|n[úu]mero de socio|tabelnummer",
        r"[A-Za-z]{0,5}[-/ ]?\d(?:[A-Za-z0-9/-]{2,16})[A-Za-z0-9]",
        "the words before it",
        "MEMBER_ID",
        4,
        "member",
    ),
)
