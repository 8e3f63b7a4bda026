"""Numbers of companies and taxpayers: VAT, register and tax numbers, by their words or by form and check digit.

Sources: OECD, "Tax Identification Numbers"; the European Commission, "VIES"; the registers of the countries. Numbers of one
country's citizens are in countries.py.
"""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

from collections.abc import Callable, Iterator

from autopost.redaction.rule import Rule, Span
from autopost.redaction.rules import company_checks as check
from autopost.redaction.rules.document import (
    BEFORE_NUMBER,
    EDGE,
    END,
    after_words,
    further_after_words,
    has_digits,
    stands_alone,
)

ENTITY = "NATIONAL_ID"

_SOURCE = "OECD: Tax Identification Numbers; registers of companies"

# Groups of digits and capitals: `DE 136 695 976`, `12892312-2-41`, `91110000600037341L`.
_NUMBER = r"(?:[A-Z]{1,5}[-. ]?)?\d[\dA-Z]*[a-z]?(?:[-./ ]{1,3}\d[\dA-Z]*|-[A-Z]\d?|[./-][A-Z]{1,3}\b){0,7}"

# Words that say number, code or register.
_WORDS = (
    # English, and what other countries write in English
    r"(?:eu[ _-])?vat[ _-]?(?:reg(?:istration)?\.?[ _-]?|id(?:entification)?[ _-]?)?(?:number|nummer|no\.?|num|id|code|nr\.?|#)",
    r"tax(?:payer)?(?:'s)?[ _-]?(?:identification|id|file|reference|registration|payer)?[ _-]?(?:number|no\.?|num|code|id|ref(?:erence)?|#)",
    r"(?:gst|hst|sales tax|eori|tin|ein|fein|duns|d-u-n-s|lei|crn|uen|abn|acn|nzbn)(?:/hst)?(?:[ _-](?:registration|reg\.?))?[ _-]?(?:number|no\.?|num|id|code|#)",
    r"(?:company|business|corporate|corporation|entity|organi[sz]ation|enterprise|trade|commercial|charity)[ _-](?:registration[ _-]?|register[ _-]?|reg\.?[ _-]?|registry[ _-]?)?(?:number|no\.?|num|code|nr\.?|#)",
    r"companies house|company reg\.?|commercial register|trade register",
    # German
    r"ust[.-]? ?-?id(?:[ .-]*nr\.?)?|umsatzsteuer-?(?:id(?:entifikationsnummer)?|nummer|identnummer)(?:-?nr\.?)?|uid(?:-?nummer|-?nr\.?)|mwst-?(?:nummer|nr\.?)|unternehmens(?:nummer|-?id)|betriebsnummer",
    r"handelsregister(?:nummer|-?nr\.?)?|firmenbuch(?:nummer|-?nr\.?)?|hr[ab](?:-?nr\.?|-?nummer)?|wirtschafts-?id(?:entifikationsnummer)?|steuer-?(?:id|nummer|nr\.?)|st\.?-?nr\.?",
    # Romance languages
    r"tva(?: intra(?:communautaire)?| n[o.]*)|siren|siret|rcs|n[o.]* ?tva|partita iva|p\.? ?iva|n\.i\.f\.|c\.n\.p\.j\.|numero rea|c\.?i\.?f\.?",
    r"numéro (?:de |d')?(?:tva|siren|siret|entreprise|identification fiscale)|n° ?(?:de )?(?:tva|siren|siret|entreprise)|n[úu]mero de identificaci[óo]n (?:fiscal|tributaria)|identificaci[óo]n fiscal|registro mercantil",
    r"cod (?:fiscal|unic de [îi]nregistrare)|num[ăa]r de ordine în registrul|cod de [îi]nregistrare|inscri[çc][ãa]o (?:estadual|municipal|fiscal)|n[úu]mero (?:fiscal|de identifica[çc][ãa]o fiscal|de pessoa coletiva)",
    # Dutch, Scandinavian, Finnish, Baltic
    r"btw-?(?:nummer|nr\.?|id)|kvk-?(?:nummer|nr\.?)?|rsin|ondernemingsnummer|fiscaal nummer|fiscaalnummer|org(?:anisations?|anisasjons)?\.?[ -]?(?:nummer|nr\.?)|moms(?:reg(?:istrerings)?)?\.?[ -]?(?:nummer|nr\.?)",
    r"cvr(?:-?nummer|-?nr\.?)?|se-nummer|mva-?(?:nummer|nr\.?)|y-?tunnus|alv-?(?:numero|nro|tunniste)|registrikood|kmkr(?: nr\.?)?|pvn(?: reg\.?)? ?nr\.?|reģistrācijas (?:numurs|nr\.?)|įmonės kodas|pvm (?:mokėtojo )?kodas|vsk[- ]n[úu]mer",
    # Slavic languages, Hungarian, Greek
    r"regon|krs|numer (?:krs|vat|regon|nip|identyfikacji podatkowej)|i[čc]o|di[čc]|i[čc] dph|daňové (?:identifikační )?číslo|ad[óo]sz[áa]m|c[ée]gjegyz[ée]ksz[áa]m|dav[čc]na (?:[šs]tevilka|[šs]t\.?)|id za ddv|mati[čc]ni broj|mati[čc]na [šs]tevilka|porezni broj",
    r"пиб|pib|еик|булстат|ддс номер|ін?н|инн|кпп|огрн(?:ип)?|окпо|бин|єдрпоу|едрпоу|іпн|рнокпп|регистрационный номер|(?:α\.?φ\.?μ|αφμ|γεμη|γ\.ε\.μη)\.?",
    r"унп|бін|ідн|рнн",
    # Turkish, Hebrew, Arabic, Persian
    r"vergi (?:kimlik )?(?:no|numaras[ıi]|nosu)|vkn|mersis(?: no)?|ticaret sicil(?: no)?|ח\.?פ\.?|עוסק מורשה|מספר (?:עוסק|חברה)|الرقم الضريبي|السجل التجاري|رقم (?:التسجيل|السجل|المنشأة)|شناسه ملی|کد اقتصادی|شماره ثبت",
    # Asia
    r"जीएसटी(?:आईएन)?|gstin|เลขประจำตัวผู้เสียภาษี|ทะเบียนนิติบุคคล|เลขทะเบียน|mã số (?:thuế|doanh nghiệp)|mst|npwp|nib|nombor cukai|ssm(?: no\.?)?|统一社会信用代码|統一社會信用代碼|社会信用代码|纳税人识别号|税号|稅號|稅籍編號|統一編號|营业执照(?:号码?|编号)?|工商注册号",
    r"法人番号|登録番号|インボイス(?:登録)?番号|適格請求書(?:発行事業者)?登録番号|会社法人等番号|사업자\s?(?:등록)?\s?번호|법인\s?(?:등록)?\s?번호|사업자",
)
# Without a word for a number, in capitals and directly before it. `BIN`, `TIN` and `CIF` are words, too.
_ACRONYMS = (
    "VAT|TVA|IVA|BTW|MwSt|MWST|MOMS|Moms|USt|UID|IDE|CIF|NIF|NIPC|NIP|NIT|RUC|RIF|RTN|RNC|RUT|CUI|PIB|OIB|BIN|IIN|ABN|ACN|NZBN|UEN|EORI|EIN|FEIN|TIN|GST|HST|BN|LEI|"
    "DUNS|D-U-N-S|CRN|HRB|HRA|KRS|REA|RCS|AFM|BRN|SST|PAN|GSTIN|KvK|KVK|IČO|ICO|DIČ|DIC|ORG|VKN|CNPJ|CUIT|RFC|FN|GEMI|INN|OGRN"
)
_VAT = (
    ("at", r"ATU ?\d{8}", check.austrian_vat),
    ("be", r"BE ?[01]?\d{3}[. ]?\d{3}[. ]?\d{3}", check.belgian_vat),
    ("che", r"CHE[- ]?\d{3}\.?\d{3}\.?\d{3}", check.swiss_uid),
    ("de", r"DE ?\d{3} ?\d{3} ?\d{3}", check.german_vat),
    ("dk", r"DK ?\d{2} ?\d{2} ?\d{2} ?\d{2}", check.danish_vat),
    ("es", r"ES ?[A-Z0-9]\d{7}[A-Z0-9]", check.spanish_vat),
    ("fi", r"FI ?\d{8}", check.finnish_vat),
    ("fr", r"FR ?[0-9A-HJ-NP-Z]{2} ?\d{3} ?\d{3} ?\d{3}", check.french_vat),
    ("gb", r"(?:GB|XI) ?\d{3} ?\d{4} ?\d{2}", check.british_vat),
    ("it", r"IT ?\d{11}", check.italian_vat),
    ("nl", r"NL ?\d{9}B\d{2}", check.dutch_vat),
    ("pt", r"PT ?\d{3} ?\d{3} ?\d{3}", check.portuguese),
    ("se", r"SE ?\d{10}01", check.swedish_vat),
)


def _passes(accept: Callable[[str], bool], text: str, start: int, end: int) -> bool:
    try:
        return accept("".join(c for c in text[start:end] if c.isalnum()))
    except (ValueError, IndexError):
        return False


def _bare(country: str, form: str, accept: Callable[[str], bool]) -> Rule:
    def refine(text: str, start: int, end: int) -> Iterator[Span]:
        if stands_alone(text, start, end) and _passes(accept, text, start, end):
            yield start, end

    return Rule(
        ENTITY,
        rf"\b(?:{form})\b",
        "VIES: VAT numbers",
        score=0.8,
        refine=refine,
        name=f"{country}-vat",
        anchor=rf"\b(?:{form})",
    )


def _after_acronym(text: str, start: int, end: int) -> Iterator[Span]:
    if has_digits(7 if text[start].isdigit() else 5)(text, start, end):
        yield start, end


RULES = (
    after_words(_WORDS, _NUMBER, _SOURCE, ENTITY, "after-word", least=5),
    Rule(
        ENTITY,
        rf"{EDGE}(?:{_ACRONYMS})(?:{BEFORE_NUMBER}|[ _][^\n\d:=.,;()]{{2,32}}[:：=] ?)({_NUMBER}){END}",
        _SOURCE,
        anchor=rf"(?:\b|_)(?:{_ACRONYMS})(?:[^\pL]|$)",
        score=0.8,
        refine=_after_acronym,
        name="after-acronym",
    ),
    further_after_words(
        (*_WORDS, r"siret|siren|cnpj|npwp|abn|acn|nif|nip|nit|ruc|rut|cuit|oib|uen|ein|vat|tva|krs|regon|gstin"),
        _NUMBER,
        _SOURCE,
        ENTITY,
        "further-after-word",
    ),
    *(_bare(*row) for row in _VAT),
)
