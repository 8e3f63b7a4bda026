"""Numbers of insured persons, patients and policies, after a word for them in the languages in which agents write."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

from autopost.redaction.rule import Rule
from autopost.redaction.rules.document import after_words, further_after_words

_SOURCE = "the words before it: insurers' and hospitals' numbers have no common form"

# Letters before and after digits, in groups: `A123456780`, `BCBS-8821-3390`, `773 5694 9930 5056`.
_NUMBER = r"(?:[A-Z]{1,4}[-/ ]?){0,2}\d[\dA-Za-z]*(?:[-/. ]{1,3}\d[\dA-Z]*|-[A-Z]{1,3}\d*){0,7}|[A-Z]{4}[A-Z0-9]{4,14}"

_WORDS = (
    r"(?:health|medical|dental|travel|life|car|auto|home|liability|social|private)?[ _-]?insurance(?:[ _-](?:card|policy|member(?:ship)?|plan|certificate))?[ _-]?(?:number|no\.?|num|id|#)",
    r"(?:health[ _-]?(?:plan|care|card|service)|healthcare|hmo|ppo|blue cross|aetna|cigna|kaiser|humana|bupa|axa|allianz)[ _-]?(?:member|subscriber|policy|card|id|number)?[ _-]?(?:number|no\.?|num|id|#)?",
    r"(?:insured|insuree|policy[ _-]?holder|subscriber|beneficiary|enrollee|member|claim|policy)[ _-]?(?:number|no\.?|num|id|#)|group (?:number|no\.?)|(?:health |medical |dental |travel )?insurance card|medical aid(?: number| no\.?)?|medicaid(?: id)?|(?:under|against|insurance) policy",
    r"patient(?:'s)?[ _-]?(?:record|file|chart|hospital)?[ _-]?(?:number|no\.?|num|id|#)|(?:hospital|chart|medical[ _-]?record|admission)[ _-]?(?:number|no\.?|num|id|#)|patient record(?: mrn)?|medical record|chi number|ehic|ghic|emr id",
    r"versicher(?:ten|ungs|ung)-?(?:nummer|nr\.?|id|schein(?:nummer)?)|krankenvers(?:icherten|icherungs)?-?(?:nummer|nr\.?)|krankenkassen?-?(?:nummer|nr\.?)|kv-?(?:nummer|nr\.?)|krankenkasse|kvnr|kassen-?(?:nummer|nr\.?)|police(?:n(?:nummer|-?nr\.?))?|patienten-?(?:nummer|nr\.?|id|akte)|fallnummer|gesundheitskarte|versichertenkarte|kennnummer(?: der karte)?|egk|e-card",
    r"num[ée]ro (?:d[e'](?: )?)?(?:assur[ée]|assurance|police|contrat|patient|dossier|adh[ée]rent|mutuelle|s[ée]cu(?:rit[ée] sociale)?)|n° (?:d[e'] ?)?(?:assur[ée]|assurance|police|contrat|patient|dossier|adh[ée]rent|s[ée]cu)|carte vitale|carte d'assurance maladie|mutuelle n[°o]|n[°o] de mutuelle|num[ée]ro de mutuelle|ipp",
    r"tarjeta sanitaria|(?:n[úu]mero de )?(?:p[óo]liza|asegurado|afiliad[oa]|historia cl[íi]nica|paciente|seguro(?: m[ée]dico| social| de salud)?)(?: (?:n[°ºo.]*|n[úu]m\.?))?|cip|obra social|eps|isapre|fonasa",
    r"tessera sanitaria|(?:numero (?:di )?)?(?:polizza|assistito|assicurazione|cartella clinica)(?: n[°ºo.]*)?|numero (?:del )?paziente|cart[ãa]o (?:sus|nacional de sa[úu]de|do sns|de sa[úu]de)|cns|n[úu]mero (?:do )?(?:utente|benefici[áa]rio|paciente|segurado|conv[êe]nio|ap[óo]lice)|ap[óo]lice|n[oº°]\.? d[eo] (?:benefici[áa]rio|utente|segurado|paciente|cart[ãa]o|asegurado|afiliado|p[óo]liza)|carteirinha|carteira do conv[êe]nio|n[º°] de utente",
    r"pati[ëe]nt(?:en)?(?:nummer|-?nr\.?)|polis(?:nummer|-?nr\.?)|verzekering(?:s)?(?:nummer|-?nr\.?)|verzekerden?nummer|uzovi|zorgpas(?:nummer)?|f[öo]rs[äa]kringsnummer|forsikringsnummer|polisenummer|policenummer|patientnummer|pasientnummer|sundhedskort|sygesikring(?:sbevis)?|vakuutusnumero|potilasnumero|kela-?kortti",
    r"num(?:er|eru|er karty) (?:pacjenta|polisy|ubezpieczen\p{L}+|ubezpieczonego|karty ekuz)|polisa(?: nr)?|ekuz|[čc][íi]slo (?:poji[šs]t[ěe]nce|pacienta|pojistky|pois?tenca|poistky)|biztos[íi]t[áa]si sz[áa]m|k[öo]tv[ée]nysz[áa]m|num[ăa]r (?:de )?(?:asigurat|poli[țt][ăa]|pacient)|card de s[ăa]n[ăa]tate|broj (?:osiguran\p{L}+|police|pacijenta)|mbo|[šs]tevilka zavarovan\p{L}+|kzz",
    r"(?:номер )?(?:полис(?:а)?(?: омс| дмс)?|страхов(?:ого|ой) (?:полиса|номер)|пациента|медкарты|медицинской карты)|омс|дмс|енп|поліс(?:у)?|αριθμός (?:ασφάλισης|μητρώου|ασθενούς|συμβολαίου)|sigorta (?:no|numaras[ıi])|sgk (?:no|numaras[ıi])|poli[çc]e (?:no|numaras[ıi])|hasta (?:no|numaras[ıi])|s[ốo] (?:th[ẻe] )?(?:bhyt|b[ảa]o hi[ểe]m(?: y t[ếe])?)|m[ãa] (?:th[ẻe] )?bhyt|bpjs(?: kesehatan)?|nomor (?:polis|pasien|peserta|rekam medis)",
    r"(?:健康)?保険(?:証|者)?(?:の)?(?:記号)?番号|被保険者(?:証)?番号|記号番号|証券番号|診察券番号|患者(?:番号|ID)|医保(?:卡)?号?|社保(?:卡)?号?|保单号|病历号|住院号|病歷號|健保卡號|건강보험증?\s?번호|보험증?\s?번호|증권\s?번호|환자\s?번호|차트\s?번호|רקמ קופה|מספר (?:מבוטח|מטופל|פוליסה)|رقم (?:التأمين|البوليصة|الوثيقة|المريض|الملف الطبي|بطاقة التأمين)|बीमा (?:संख्या|नंबर)|पॉलिसी (?:संख्या|नंबर)|मरीज (?:संख्या|नंबर)|เลขที่กรมธรรม์|เลขประจำตัวผู้ป่วย",
)

RULES = (
    Rule(
        "MEMBER_ID",
        r"\b80\d{3} ?\d{5} ?\d{4} ?\d{4} ?\d{2}\b",
        "CWA 15974, ISO 7812: the number of the European Health Insurance Card",
        anchor=r"\b80\d{3} ?\d{5} ?\d{4} ?\d",
        score=0.7,
        name="european-card",
    ),
    after_words(_WORDS, _NUMBER, _SOURCE, "MEMBER_ID", "after-word", least=5),
    further_after_words(_WORDS, _NUMBER, _SOURCE, "MEMBER_ID", "further-after-word"),
)
