"""National identifiers by country: words, form, check digit. Forms and checks follow the issuing authorities' rules.

Sources: OECD, "Tax Identification Numbers" by country; the European Commission's TIN structures; ICAO Doc 9303; the
national laws named in check_digits.py. An identifier whose form plain numbers hardly ever have is found without a word.
"""

# ruff: noqa: E501  # a row is easier to read on one line

from __future__ import annotations

from dataclasses import dataclass

from autopost.redaction.rules import check_digits as check
from autopost.redaction.rules.check_digits import Check


@dataclass(frozen=True, slots=True)
class Identifier:
    """One kind of identifier.

    `words` come before it, as a pattern, in any case; `acronyms` only in capitals and directly before it, because they
    are words of some language. `form`: its pattern after a word. `bare`: its pattern without a word, None if there is
    none. `check`: for letters and digits in capitals; a value that fails is refused, after a word only if `strict`.
    """

    country: str
    name: str
    words: str
    form: str
    bare: str | None = None
    check: Check | None = None
    acronyms: str = ""


IDENTIFIERS = (
    # Europe
    Identifier(
        "CH",
        "ahv",
        r"ahv(?:[ -]?n(?:umme)?r\.?)?|avs(?:[ -]?n[ro]\.?)?|oasi",
        r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}",
        r"756\.?\d{4}\.?\d{4}\.?\d{2}",
        check.swiss,
        acronyms="AHV|AVS",
    ),
    Identifier(
        "AT",
        "svnr",
        r"sozialvers(?:icherungs)?(?:nummer|\.?-?nr\.?)|svnr|svn|sv-nr|sv-nummer",
        r"\d{4}[ -]?\d{6}",
        None,
        check.austrian,
    ),
    Identifier(
        "DE",
        "tax",
        r"steuer(?:liche)?[ -]?(?:id(?:entifikationsnummer|-?nr\.?)?|identifikationsnummer|nummer|nr\.?)|steuernummer|idnr\.?",
        r"\d{2,3}[ /]?\d{3}[ /]?\d{3,5}(?:[ /]?\d{3,4})?",
        None,
        None,
    ),
    Identifier(
        "DE",
        "pension",
        r"rentenversicherungsnummer|versicherungsnummer|sozialvers(?:icherungs)?(?:nummer|\.?-?nr\.?)|sv-?nummer|rvnr",
        r"\d{2} ?\d{6} ?[A-Za-z] ?\d{3}",
        r"\d{2} ?\d{6} ?[A-Z] ?\d{3}",
        check.german_pension,
    ),
    Identifier(
        "DE",
        "identity-card",
        r"(?:personal)?ausweis(?:nummer|-?nr\.?)?|perso(?:-?nr\.?)?",
        r"[CFGHJKLMNPRTVWXYZcfghjklmnprtvwxyzLl0-9]{8,9}\d(?:D)?|[A-Z]\d{8}|[CFGHJKLMNPRTVWXYZ]\d{2}[CFGHJKLMNPRTVWXYZ0-9]{6}",
    ),
    Identifier("DE", "health", r"krankenversicherten(?:nummer|-?nr\.?)|kvnr|krankenkassennummer", r"[A-Za-z]\d{9}"),
    Identifier(
        "FR",
        "nir",
        r"nir|num[ée]ro de s[ée]curit[ée] sociale|s[ée]curit[ée] sociale|(?:n[°º] ?(?:de )?)?s[ée]cu|insee",
        r"[1-478] ?\d\d ?\d\d ?(?:\d\d|2[ABab]) ?\d{3} ?\d{3}(?: ?\d\d)?",
        r"[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d",
        check.french,
    ),
    Identifier("FR", "tax", r"num[ée]ro fiscal|spi", r"[0-3]\d(?: ?\d){11}"),
    Identifier("FR", "identity-card", r"carte (?:nationale )?d'identit[ée](?: n[°o.]*)?|cni", r"[A-Z0-9]{9,12}"),
    Identifier(
        "ES",
        "dni",
        r"dni|n\.?i\.?f\.?|documento nacional de identidad",
        r"\d{1,2}\.?\d{3}\.?\d{3}[ -]?[A-Za-z]",
        r"\d{8}-?[A-HJ-NP-TV-Z]|\d{2}\.\d{3}\.\d{3}-?[A-HJ-NP-TV-Z]",
        check.spanish,
        acronyms="DNI|NIF",
    ),
    Identifier(
        "ES",
        "nie",
        r"n[úu]mero de (?:identidad de )?extranjero",
        r"[XYZxyz][ -]?\d{7}[ -]?[A-Za-z]",
        r"[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z]",
        check.spanish,
        acronyms="NIE",
    ),
    Identifier("ES", "social-security", r"seguridad social|n\.?u?\.?s\.?s|naf", r"\d{2}[ /-]?\d{8}[ /-]?\d{2}"),
    Identifier(
        "IT",
        "codice-fiscale",
        r"codice fiscale|cod\.? ?fisc\.?|c\.f\.",
        r"[A-Za-z]{6} ?\d{2} ?[A-Za-z]\d{2} ?[A-Za-z]\d{3}[A-Za-z]",
        r"[A-Z]{6}\d{2}[ABCDEHLMPRST]\d{2}[A-Z]\d{3}[A-Z]",
        check.codice_fiscale,
    ),
    Identifier(
        "IT", "identity-card", r"carta d'identit[àa](?: n\.?)?|c\.?i\.?e\.?", r"[A-Za-z]{2} ?\d{5,7}(?:[A-Za-z]{2})?"
    ),
    Identifier("NL", "bsn", r"bsn|burgerservicenummer|sofi-?nummer", r"\d{3}\.?\d{2,3}\.?\d{3}|\d{8,9}"),
    Identifier(
        "BE",
        "national",
        r"rijksregisternummer|rijksregister|insz|niss|num[ée]ro (?:de )?(?:registre )?national|registre national",
        r"\d{2}[. ]?\d{2}[. ]?\d{2}[- ]?\d{3}[-. ]?\d{2}",
        r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}",
        check.belgian,
    ),
    Identifier(
        "LU",
        "national",
        r"matricule(?: national)?|num[ée]ro d'identification national",
        r"(?:19|20)\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{5}",
    ),
    Identifier(
        "GB", "nino", r"national insurance(?: number| no\.?)?|nino", r"[A-Za-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-Da-d]"
    ),
    Identifier("GB", "nhs", r"nhs(?: number| no\.?)?", r"\d{3}[ -]?\d{3}[ -]?\d{4}"),
    Identifier(
        "GB", "utr", r"utr|unique taxpayer reference|self[ -]assessment (?:number|reference)", r"\d{5} ?\d{5}K?"
    ),
    Identifier(
        "IE",
        "pps",
        r"pps(?:n| number| no\.?)?|personal public service(?: number)?",
        r"\d{7}[A-Wa-w][A-IWa-iw]?",
        None,
        check.irish,
    ),
    Identifier(
        "DK",
        "cpr",
        r"cpr(?:[ -]?(?:nummer|nr\.?))?|personnummer",
        r"\d{6}[- ]?\d{4}",
        r"\d{6}-\d{4}",
        check.danish_before_2007,
    ),
    Identifier(
        "SE",
        "personnummer",
        r"person(?:nummer|nr\.?)|samordningsnummer|pnr",
        r"(?:19|20)?\d{6}[-+ ]?\d{4}",
        r"(?:19\d\d|20[01]\d|\d\d)\d{4}[-+]\d{4}",
        check.swedish,
    ),
    Identifier(
        "NO",
        "fodselsnummer",
        r"f[øo]dsels(?:nummer|nr\.?)|personnummer|fnr|d-nummer",
        r"\d{6} ?\d{5}",
        r"\d{6} ?\d{5}",
        check.norwegian,
    ),
    Identifier(
        "FI",
        "hetu",
        r"hetu|henkil[öo]tunnus|sotu|personbeteckning",
        r"\d{6}[-+A-FYXWVUa-fyxwvu]\d{3}[0-9A-Ya-y]",
        r"\d{6}[-+ABCDEFYXWVU]\d{3}[0-9A-FHJ-NPR-Y]",
        check.finnish,
    ),
    Identifier("IS", "kennitala", r"kennitala|kt\.", r"\d{6}-?\d{4}", r"\d{6}-\d{4}", check.icelandic),
    Identifier("PL", "pesel", r"pesel(?:u)?|numer pesel", r"\d{11}", r"\d{11}", check.polish_adult),
    Identifier(
        "PL",
        "nip",
        r"nip|numer identyfikacji podatkowej",
        r"(?:PL)?\d{3}[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}|\d{3}-\d{2}-\d{2}-\d{3}",
        acronyms="NIP",
    ),
    Identifier("PL", "identity-card", r"dow[óo]d osobisty|nr dowodu|numer dowodu", r"[A-Za-z]{3} ?\d{6}"),
    Identifier(
        "CZ", "rodne-cislo", r"rodn[ée] [čc][íi]slo|r\.[čc]\.|rč", r"\d{6}/?\d{3,4}", r"\d{6}/\d{4}", check.czech
    ),
    Identifier(
        "HU",
        "taj",
        r"taj(?:[ -]?sz[áa]m)?|ad[óo]azonos[íi]t[óo](?: jel)?|szem[ée]lyi (?:sz[áa]m|azonos[íi]t[óo])",
        r"\d{3}[ -]?\d{3}[ -]?\d{3,4}|\d-?\d{6}-?\d{4}",
        acronyms="TAJ",
    ),
    Identifier("RO", "cnp", r"cnp|cod(?:ul)? numeric personal", r"[1-9]\d{12}", None, check.romanian),
    Identifier("BG", "egn", r"egn|егн|единен граждански номер", r"\d{10}"),
    Identifier("GR", "afm", r"afm|αφμ|α\.φ\.μ\.?", r"\d{9}"),
    Identifier("GR", "amka", r"amka|αμκα|α\.μ\.κ\.α\.?", r"\d{11}", None, None),
    Identifier("HR", "oib", r"oib", r"\d{11}", None, None),
    Identifier("RS", "jmbg", r"jmbg|јмбг|emšo|emso|matični broj|embg", r"\d{13}", None, None),
    Identifier(
        "PT",
        "nif",
        r"n[úu]mero de contribuinte|contribuinte|nif|nipc|cart[ãa]o de cidad[ãa]o",
        r"\d{3} ?\d{3} ?\d{3}|\d{8} ?\d ?[A-Z]{2}\d",
        acronyms="NIF|NISS",
    ),
    Identifier(
        "EE",
        "isikukood",
        r"isikukood|asmens kodas|personas kods|personal(?: identification)? code",
        r"[1-6]\d{10}|\d{6}-?\d{5}",
    ),
    Identifier(
        "RU",
        "snils",
        r"снилс|snils",
        r"\d{3}[- ]?\d{3}[- ]?\d{3}[- ]?\d{2}",
        r"\d{3}-\d{3}-\d{3}[ -]\d{2}",
        check.snils,
    ),
    Identifier("RU", "inn", r"инн|inn", r"\d{12}|\d{10}", acronyms="INN|ИНН"),
    Identifier(
        "RU",
        "passport",
        r"паспорт(?:а|ные данные)?(?: рф)?(?: серии?)?|серия паспорта",
        r"\d{2} ?\d{2} ?(?:№ ?|номер )?\d{6}",
    ),
    Identifier("UA", "rnokpp", r"рнокпп|іпн|ідентифікаційний (?:код|номер)|паспорт", r"\d{8,10}"),
    Identifier(
        "TR",
        "tckn",
        r"tckn|t\.?c\.? ?kimlik(?: no| numaras[ıi])?|tc no|kimlik no",
        r"[1-9]\d{10}",
        r"[1-9]\d{10}",
        check.turkish,
    ),
    Identifier("KZ", "iin", r"жсн|иин|iin(?: no\.?)?|дсн", r"\d{12}"),
    # Asia
    Identifier(
        "CN",
        "resident",
        r"身份证(?:号码?|號碼?)?|身分證|公民身份号码|居民身份证|(?:chinese |resident )?id(?:entity)? card",
        r"\d{17}[\dXx]|\d{15}",
        r"[1-9]\d{5}(?:19|20)\d{9}[\dXx]",
        check.chinese,
    ),
    Identifier(
        "TW",
        "national",
        r"身分證(?:字號)?|統一編號|taiwan(?:ese)? id",
        r"[A-Za-z][1289ABCDabcd]\d{8}",
        r"[A-Z][12]\d{8}",
        check.taiwanese,
    ),
    Identifier(
        "HK",
        "hkid",
        r"hkid|hong kong id(?:entity card)?|香港身份證|身份證號碼",
        r"[A-Za-z]{1,2}\d{6} ?\(?[0-9Aa]\)?",
        r"[A-Z]{1,2}\d{6}\([0-9A]\)",
        check.hong_kong,
    ),
    Identifier(
        "SG",
        "nric",
        r"nric(?:/fin)?|nric no\.?",
        r"[STFGMstfgm]\d{7}[A-Za-z]",
        r"[STFGM]\d{7}[A-Z]",
        check.nric,
        acronyms="FIN",
    ),
    Identifier(
        "MY",
        "mykad",
        r"mykad|kad pengenalan|no\.? kp|nric|ic (?:no\.?|number)",
        r"\d{6}-?\d{2}-?\d{4}",
        r"\d{6}-\d{2}-\d{4}",
        check.malaysian,
    ),
    Identifier(
        "ID",
        "nik",
        r"nomor induk kependudukan|ktp|npwp",
        r"\d{16}|\d{2}\.\d{3}\.\d{3}\.\d-\d{3}\.\d{3}",
        acronyms="NIK",
    ),
    Identifier(
        "TH",
        "national",
        r"thai (?:national )?id|เลขประจำตัวประชาชน|บัตรประชาชน|เลขบัตรประชาชน",
        r"\d-?\d{4}-?\d{5}-?\d{2}-?\d",
        r"\d-\d{4}-\d{5}-\d{2}-\d",
        check.thai,
    ),
    Identifier("VN", "cccd", r"cccd|cmnd|c[ăa]n c[ướu]+c(?: c[ôo]ng d[âa]n)?|m[ãa] s[ốo] thu[ếe]", r"\d{12}|\d{9,10}"),
    Identifier(
        "PH",
        "sss",
        r"philhealth|pag-ibig|philsys|umid|sss (?:no\.?|number)|tin (?:no\.?|number)",
        r"\d{4}-?\d{4}-?\d{4}(?:-?\d{4})?|\d{2}-?\d{7}-?\d|\d{3}-?\d{3}-?\d{3}(?:-?\d{3})?",
        acronyms="TIN|SSS",
    ),
    Identifier(
        "KR",
        "rrn",
        r"주민(?:등록)?번호|rrn|resident registration(?: number)?|외국인등록번호",
        r"\d{6}-?[0-9]\d{6}",
        r"\d{6}-[1-8]\d{6}",
        check.korean,
    ),
    Identifier(
        "JP",
        "my-number",
        r"マイナンバー|個人番号|my ?number|免許証番号|基礎年金番号",
        r"\d{4}[ -]?\d{4}[ -]?\d{4}|\d{4}-\d{6}",
    ),
    Identifier(
        "IN",
        "aadhaar",
        r"aadhaa?r(?: card)?(?: number| no\.?)?|आधार(?: संख्या| नंबर)?|uidai?",
        r"\d{4}[ -]?\d{4}[ -]?\d{4}",
    ),
    Identifier(
        "IN",
        "pan",
        r"pan (?:card|number|no\.?)|permanent account number|पैन",
        r"[A-Za-z]{5}\d{4}[A-Za-z]",
        r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]",
        None,
        acronyms="PAN",
    ),
    Identifier(
        "IN",
        "gstin",
        r"gstin?|gst (?:number|no\.?)",
        r"\d{2}[A-Za-z]{5}\d{4}[A-Za-z][0-9A-Za-z]{3}",
        r"\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[0-9A-Z]",
        check.gstin,
    ),
    Identifier("IN", "voter", r"epic(?: no\.?| number)|voter(?:'s)? id(?: card)?", r"[A-Za-z]{3}\d{7}"),
    Identifier("PK", "cnic", r"cnic|nicop|شناختی کارڈ", r"\d{5}-?\d{7}-?\d", r"\d{5}-\d{7}-\d", None),
    Identifier("BD", "nid", r"nid (?:no\.?|number)|জাতীয় পরিচয়পত্র", r"\d{17}|\d{13}|\d{10}", acronyms="NID"),
    Identifier("LK", "nic", r"nic (?:no\.?|number)", r"\d{9}[VXvx]|\d{12}", r"\d{9}[VX]", None, acronyms="NIC"),
    Identifier("IR", "code-melli", r"کد ملی|code ?melli|national code", r"\d{10}"),
    Identifier("IL", "teudat-zehut", r"teudat zehut|ת\.?ז\.?|תעודת זהות|מספר זהות|israeli id", r"\d{8,9}"),
    Identifier(
        "AE",
        "emirates",
        r"emirates id|الهوية الإماراتية|رقم الهوية",
        r"784-?\d{4}-?\d{7}-?\d",
        r"784-\d{4}-\d{7}-\d",
        None,
    ),
    Identifier("SA", "iqama", r"iqama|رقم الهوية|الإقامة|saudi id|هوية", r"[12]\d{9}"),
    Identifier("EG", "national", r"الرقم القومي|egyptian (?:national )?id", r"[23]\d{13}"),
    # The Americas
    Identifier(
        "US",
        "ein",
        r"employer identification(?: number| no\.?)?|federal tax id",
        r"\d{2}-?\d{7}",
        acronyms="EIN|FEIN|TIN",
    ),
    Identifier(
        "US",
        "mbi",
        r"medicare(?: beneficiary)?(?: number| id| no\.?)?|medicaid(?: number| id| no\.?)?|mbi",
        r"[1-9][A-Za-z][A-Za-z0-9]\d-?[A-Za-z][A-Za-z0-9]\d-?[A-Za-z]{2}\d{2}|[A-Z]?\d{8,12}[A-Z]?",
        r"[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-[AC-HJKMNP-RT-Y]{2}\d{2}",
        None,
    ),
    Identifier("US", "npi", r"npi(?: number| no\.?)?|dea (?:number|no\.?)", r"\d{10}|[A-Za-z]{2}\d{7}"),
    Identifier(
        "CA",
        "sin",
        r"social insurance(?: number| no\.?)?|sin (?:number|no\.?|card)|num[ée]ro d'assurance sociale",
        r"\d{3}[ -]?\d{3}[ -]?\d{3}",
        acronyms="SIN|NAS",
    ),
    Identifier(
        "CA",
        "health",
        r"ohip|ramq|health card(?: number| no\.?)?",
        r"\d{4}[ -]?\d{3}[ -]?\d{3}(?:[ -]?[A-Za-z]{2})?|[A-Za-z]{4} ?\d{4} ?\d{4}",
    ),
    Identifier(
        "MX",
        "curp",
        r"curp",
        r"[A-Za-z]{4}\d{6}[HMXhmx][A-Za-z]{5}[A-Za-z0-9]\d",
        r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d",
        check.curp,
    ),
    Identifier(
        "MX",
        "rfc",
        r"registro federal(?: de contribuyentes)?",
        r"[A-Za-zÑñ&]{3,4}[ -]?\d{6}[ -]?[A-Za-z0-9]{3}",
        r"[A-ZÑ]{4}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[A-Z0-9]{2}[0-9A]",
        None,
        acronyms="RFC",
    ),
    Identifier(
        "MX",
        "nss",
        r"nss|imss|n[úu]mero de seguro social",
        r"\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{4}[ -]?\d",
        acronyms="NSS|INE",
    ),
    Identifier(
        "BR",
        "cpf",
        r"cpf|cadastro de pessoas? f[íi]sicas?",
        r"\d{3}[. ]?\d{3}[. ]?\d{3}[-/ ]?\d{2}",
        r"\d{3}\.\d{3}\.\d{3}-\d{2}",
        check.cpf,
    ),
    Identifier(
        "BR", "cnpj", r"cnpj", r"\d{2}\.?\d{3}\.?\d{3}/?\d{4}-?\d{2}", r"\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}", check.cnpj
    ),
    Identifier(
        "BR",
        "rg",
        r"registro geral|carteira de identidade|c[ée]dula de identidade|cnh|pis|t[íi]tulo de eleitor",
        r"\d{1,2}\.?\d{3}\.?\d{3}-?[\dXx]|\d{11,12}|\d{3}\.\d{5}\.\d{2}-\d",
        acronyms="RG|CNH|PIS",
    ),
    Identifier(
        "AR", "cuit", r"cui[tl]", r"\d{2}[- ]?\d{8}[- ]?\d", r"(?:20|23|24|25|26|27|30|33|34)-\d{8}-\d", check.argentine
    ),
    Identifier("AR", "dni", r"documento nacional|documento", r"\d{1,2}\.?\d{3}\.?\d{3}", acronyms="DNI"),
    Identifier(
        "CL",
        "rut",
        r"rut|r\.u\.[tn]\.",
        r"\d{1,2}\.?\d{3}\.?\d{3}-?[\dKk]",
        r"\d{1,2}\.\d{3}\.\d{3}-[\dKk]",
        check.chilean,
        acronyms="RUN",
    ),
    Identifier(
        "CO",
        "cedula",
        r"c[ée]dula(?: de (?:ciudadan[íi]a|identidad|extranjer[íi]a))?(?: n[oº°.]*)?|c\.c\.",
        r"[VEve]?-?\d{1,3}(?:\.?\d{3}){2,3}(?:-\d)?",
        acronyms="NIT|CC",
    ),
    Identifier("PE", "dni", r"dni (?:peruano|de per[úu])", r"\d{8}(?:-\d)?"),
    Identifier("PE", "ruc", r"ruc", r"\d{11}|\d{13}", acronyms="RUC"),
    Identifier(
        "UY", "cedula", r"c[ée]dula uruguaya", r"\d\.?\d{3}\.?\d{3}-?\d", r"\d\.\d{3}\.\d{3}-\d", check.uruguayan
    ),
    Identifier(
        "VE",
        "cedula",
        r"c\.i\.|cedula venezolana",
        r"[VE]-?\d{1,2}\.?\d{3}\.?\d{3}",
        r"V-\d{1,2}\.?\d{3}\.?\d{3}",
        None,
    ),
    # Africa and Oceania
    Identifier(
        "ZA",
        "id",
        r"(?:south african|sa|rsa) id(?: number| no\.?)?|id(?:entity)? number",
        r"\d{6} ?\d{4} ?[01]\d ?\d",
        r"\d{6}\d{4}[01]8\d",
        check.south_african,
    ),
    Identifier(
        "NG", "bvn", r"bank verification(?: number)?|national identification(?: number)?", r"\d{11}", acronyms="BVN|NIN"
    ),
    Identifier(
        "KE",
        "kra-pin",
        r"kra(?: pin)?(?: number| no\.?)?|huduma(?: number| namba)?",
        r"[APap]\d{9}[A-Za-z]",
        r"[AP]\d{9}[A-Z]",
        None,
    ),
    Identifier("KE", "id", r"kenyan? (?:national )?id(?: card)?(?: number| no\.?)?", r"\d{7,8}"),
    Identifier("GH", "card", r"ghana card", r"GHA-?\d{9}-?\d", r"GHA-\d{9}-\d", None),
    Identifier("AU", "tfn", r"tfn|tax file(?: number| no\.?)?", r"\d{3}[ -]?\d{3}[ -]?\d{2,3}"),
    Identifier("AU", "medicare", r"medicare(?: card)?(?: number| no\.?)?", r"\d{4}[ -]?\d{5}[ -]?\d(?:[ /-]?\d)?"),
    Identifier(
        "NZ",
        "ird",
        r"ird(?: number| no\.?)?|nhi(?: number| no\.?)?",
        r"\d{2,3}[ -]?\d{3}[ -]?\d{3}|[A-Za-z]{3}\d{4}",
        acronyms="IRD|NHI",
    ),
)
