"""Number plates of vehicles: after a word for them, after a word for a vehicle, or by an unmistakable form.

Sources: the forms in use by country, as in UNECE's and the countries' registration regulations.
"""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

from collections.abc import Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, Span
from autopost.redaction.rules.document import EDGE, END, anchor_of, is_counted, leading

ENTITY = "VEHICLE_ID"

_SOURCE = "forms of registration plates by country"

# Forms that are not ordinary words and numbers.
_FORMS = (
    r"[A-Z]{2}\d{2} ?[A-Z]{3}"  # Great Britain since 2001
    r"|[A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,3}[A-Z]"  # Great Britain before
    r"|[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{1,4} ?[EH]?|[A-ZÄÖÜ]{1,3} [A-Z]{1,2} ?\d{1,4}[EH]?"  # Germany, Austria
    r"|[A-Z]{1,2}-\d{1,5} ?[A-Z]{1,3}|[A-Z]{2}[- ]?\d{3}[- ]?[A-Z]{2}"  # France, Italy
    r"|\d{4}[- ]?[B-DF-HJ-NP-TV-Z]{3}|[A-Z]{1,2}[- ]?\d{4}[- ]?[A-Z]{2}"  # Spain
    r"|[A-Z]{2}[- ]?\d{1,2}[- ]?[A-Z]{1,3}[- ]?\d{3,4}"  # India, China in letters
    r"|\d{1,3}[- ][A-Z]{2,3}[- ]\d{1,4}|[A-Z]{1,3}[- ]\d{2,3}[- ][A-Z]{1,3}|[A-Z]{1,3}[- ]\d{2}[- ]\d{2}|\d{2}[- ][A-Z]{2}[- ]\d{2}|\d{2}[- ]\d{2}[- ][A-Z]{2}"  # Netherlands, Portugal, Belgium, Ireland
    r"|\d[A-Z]{3}\d{3}|[A-Z]{3}[- ]?\d[A-Z]\d{2}"  # California; Brazil
)
# What else a plate can be after its word: capitals and digits of any script, in up to four groups.
_ANY = r"[\p{Hiragana}\p{Han}]{1,4} ?\d{3} ?\p{Hiragana} ?\d{2}-?\d{2}|\d{2,3}[가-힣] ?\d{4}|[ก-ฮ]{1,2} ?\d{1,4}|[\p{Han}]?[A-ZÄÖÜА-ЯΑ-Ω]?[A-ZА-ЯΑ-Ω0-9]{1,8}(?:[-·• ][A-ZА-ЯΑ-Ω0-9]{1,6}){0,3}"
_WORDS = (
    r"licen[cs]e[ _-]?plates?|number[ _-]?plates?|registration[ _-]?plates?|plates?(?:[ _](?:number|no\.?))?|vehicle[ _]?(?:reg(?:istration)?|plate)\.?(?:[ _](?:number|no\.?|mark))?|car[ _]reg(?:istration)?\.?|reg(?:istration)?\.? (?:no\.?|number|mark|plate)|regn?\.?(?: no\.?)?|vrm|vrn|rego"
    r"|(?:kfz-?|amtliches |auto)?kennzeichen|nummernschild|kontrollschild|plaque(?: d'immatriculation| min[ée]ralogique)?|(?:num[ée]ro d')?immatriculation|immatricul[ée]+|matr[íi]cula(?: do ve[íi]culo)?|targa(?:ta)?|placas?(?: do carro| del (?:coche|auto|veh[íi]culo)| do ve[íi]culo)?|dominio"
    r"|kenteken(?:nummer)?|nummerplaat|registreringsnummer|regnr\.?|reg\.nr\.?|registreringsskylt|nummerplade|nummerskilt|kilpi|rekisteri(?:numero|tunnus|kilpi)|numer rejestracyjny|nr rej(?:\.|estracyjny)?|rejestracj[aię]|tablic[aey](?: rejestracyjn[aey])?|rej\.|SPZ|RZ|ŠPZ|EČV|státní poznávací značka|rendszám|num[ăa]r de [îi]nmatriculare"
    r"|registarska oznaka|registracija|регистрационный (?:номер|знак)|гос\.?\s?номер\p{L}*|номерной знак|номер (?:машины|авто(?:мобиля)?)|автономер|номерний знак|рег\.? ?номер|αριθμός κυκλοφορίας|πινακίδ\p{L}+|plaka(?:s[ıi])?|biển số(?: xe)?|pelat nomor|nomor polisi|nopol|plat nomor|no\.? pendaftaran|ทะเบียนรถ"
    r"|ナンバー(?:プレート)?|車両番号|登録番号標|车牌(?:号码?)?|車牌(?:號碼?)?|차량\s?번호|번호판|لوحة (?:السيارة|الأرقام)|رقم (?:اللوحة|لوحة)|שלט רישוי|מספר רכב|गाड़ी नंबर|वाहन (?:संख्या|नंबर)"
)
_VEHICLES = (
    r"drives?|driving|jeep|clamped|toll bill|registered|anpr|estate|saloon|hatchback|cars?|vans?|trucks?|lorr(?:y|ies)|vehicles?|driver|fleet|park(?:ed|ing)?|taxi|cab|motorbike|motorcycle|scooter|trailer|bus|suv|pickup|hire car|rental|tow(?:ed|ing)?|toll|mot|dvla|"
    r"auto|(?:\pL+)?wagen|(?:\pL+)?auto|ford|bmw|audi|vw|volkswagen|toyota|tesla|mercedes|volvo|renault|peugeot|citroën|opel|vauxhall|honda|nissan|skoda|fiat|hyundai|kia|mazda|dacia|fahrzeug|pkw|lkw|transporter|leihwagen|voiture|v[ée]hicule|camion(?:nette)?|coche|veh[íi]culo|furgoneta|macchina|veicolo|furgone|ve[íi]culo|carro|bestelwagen|bil(?:en)?|samoch[óo]d|pojazd|auta|машин\p{L}+|автомобил\p{L}+|araç|araba"
)
# Words for a vehicle directly before a plate; makes are not among them: `BMW X5`.
_DIRECTLY = r"jeep|van|car|truck|lorry|vehicle|taxi|cab|motorbike|motorcycle|trailer|pickup|minibus|scooter|hire car|rental(?: car)?|kombi|roller|wohnmobil|camper|remorque|rimorchio|remolque|przyczepa|skuter|auto|pkw|lkw|transporter|fahrzeug|(?:\pL+)?wagen|anhänger|voiture|v[ée]hicule|camion(?:nette)?|utilitaire|coche|veh[íi]culo|furgoneta|camión|moto|macchina|veicolo|furgone|ve[íi]culo|carro|bestelwagen|bestelbus|bil|bilen|varebil|samoch[óo]d|pojazd|ci[ęe]żar[óo]wka|furgonetka|автомобил\pL+|машин\pL+|фургон|araç|araba|kamyon(?:et)?"
_OF_FIVE = r"[A-ZÄÖÜ]{1,3}[ -]?\d{2,5}[ -]?[A-Z]{0,3}|[A-Z]{1,3}[ -][A-Z]{1,2}[ -]?\d{2,4}|\d{1,4}[ -]?[A-Z]{1,3}[ -]?\d{1,4}|[АВЕКМНОРСТУХ]\d{3}[АВЕКМНОРСТУХ]{2} ?\d{0,3}"
_YEARED = compiled(r"^[A-Z]+[ -]?(?:19|20)\d\d$")
_CUE = compiled(rf"(?i)(?:^|[^\pL\pN])(?:{_VEHICLES})(?:[^\pL\pN]|$)")
_REACH_CHARACTERS = 60
_OF_DIGITS = compiled(r"^\d{2,3}-\d{2,3}-\d{2,3}$")
_SPACED = compiled(r"^[A-ZÄÖÜ]{1,3} [A-Z]{1,2} ?\d")  # `GPU A100`, `BMW X5`
_NOT_PLATES = compiled(
    r"^(?:[A-Z]+|(?:Q[1-4]|FY|CY|H[12]|V|VER|PR|ISO|UTC|GMT|EU|US|UK|RFC|SKU|ID)[- ]?\d+(?:[- ]\d+)?)$"
)


def _plate(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept what has digits and is short enough, without the words after it."""
    value = text[start:end]
    if not any(map(str.isdigit, value)) or not (any(map(str.isalpha, value)) or _OF_DIGITS.search(value)):
        return
    if not 3 <= sum(map(str.isalnum, value)) <= 10:
        return
    if (value[-1].isdigit() and is_counted(text, start, end)) or _NOT_PLATES.search(value):
        return
    yield start, end


def _of_vehicle(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept a form of plates near a word for a vehicle."""
    near = text[max(0, start - _REACH_CHARACTERS) : start] + " " + text[end : end + _REACH_CHARACTERS]
    if (
        _CUE.search(near) is not None
        and _SPACED.search(text[start:end]) is None
        and text[start - 1 : start] not in {"-", "_", "/", "#"}
    ):
        yield from _plate(text, start, end)


def _directly(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept five and more capitals and digits, three of them digits, directly after a word for a vehicle."""
    value = text[start:end]
    digits = sum(map(str.isdigit, value))
    if (
        sum(map(str.isalnum, value)) >= 5
        and not _YEARED.search(value)
        and digits >= 2
        and (digits >= 3 or value[-1].isalpha())
    ):
        yield from _plate(text, start, end)


RULES = (
    Rule(
        ENTITY,
        rf"{leading(_WORDS)}(?:\p{{Lu}}\p{{Ll}}+ )?({_FORMS}|{_ANY}){END}",
        f"the word before it; {_SOURCE}",
        anchor=anchor_of(_WORDS),
        refine=_plate,
        name="plate",
    ),
    Rule(
        ENTITY,
        rf"(?:^|[^\pL\pN])({_FORMS})\b",
        f"a word for a vehicle in the same sentence; {_SOURCE}",
        score=0.7,
        refine=_of_vehicle,
        name="of-vehicle",
        anchor=r"[ÄÖÜ][A-ZÄÖÜ]{0,2}[- ][A-Z]{1,2} ?\d|\b(?:[A-Z]{1,3}[- ]?\d{1,4}[- ]?[A-Z]|[A-Z][A-ZÄÖÜ]{0,2}[- ][A-Z]{1,2} ?\d|\d{4}[- ]?[B-DF-HJ-NP-TV-Z]{3}\b|\d{1,3}[- ][A-Z]{2,3}[- ]\d|\d[A-Z]{3}\d{3}|\d{2}[- ]\d{2}[- ][A-Z]|[A-Z]{1,2}[- ]\d{2,4}[- ]|[A-Z]{3}[- ]?\d[A-Z]\d)",
    ),
    Rule(
        ENTITY,
        rf"{EDGE}(?i:{_DIRECTLY}) \(?((?:{_FORMS}|{_OF_FIVE})){END}",
        f"directly after a word for a vehicle; {_SOURCE}",
        score=0.7,
        refine=_directly,
        name="after-vehicle",
        anchor=rf"(?i:{_DIRECTLY}) \(?(?:[A-ZÄÖÜА-Я]{{1,3}}[ -]?[A-Z]{{0,2}} ?\d|\d{{1,4}}[ -]?[A-Z])",
    ),
)
