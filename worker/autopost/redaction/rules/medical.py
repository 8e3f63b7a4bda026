"""Numbers of patients, their records, samples and prescriptions, and of insurance in a sentence about it."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, Span
from autopost.redaction.rules.document import END, after_words, has_digits, leading

_SOURCE = "the words before it: records of hospitals and policies of insurers have no common form"

# Groups of capitals and digits: `MR-2291-B`, `04 88 21`, `2024/8812`, `pt_88201947`.
_NUMBER = r"(?:(?:[A-Z]{1,8}[-/._ ]?){0,3}\d[\dA-Z]*(?:[-/._ ]{1,2}\d[\dA-Z]*|[-/][A-Z]{1,3}\d*){0,7}(?: [A-Z]\b)?|[a-z]{1,4}[-_]\d{4,})"

_RECORDS = (
    r"mrns?|uhid|wristband|[eh]hr|emr|(?:in|out)?patient(?:'s)?[ _-]?(?:ident(?:ifier|ity)|account|case|visit)?(?:[ _-]?(?:number|no\.?|num|id|#))?|pt[ _-]?(?:id|no\.?|number|#)|(?:hospital|clinic|clinical|medical|health|dental)[ _-]?(?:record |file |chart |history )?(?:id|number|no\.?|#)|(?:medical|clinical|hospital|dental) (?:record|file|chart|history)|patient (?:file|chart|record)",
    r"(?:case|file|record) (?:number|no\.?) of (?:the|this|a) patient|discharge (?:summary|letter)(?: of| for)?|accession (?:number|no\.?)|(?:lab|pathology|radiology|imaging) (?:accession|order|study|report)(?: number| no\.?| id)?|specimen (?:id|number|no\.?)|(?:blood|tissue|urine) sample(?: id| number)?|encounter (?:id|number|no\.?)|prescription (?:number|no\.?|id)|rx(?: ?(?:number|no\.?|#|id))",
    r"patient(?:en|innen)?-?(?:nummer|nr\.?|id|akte|kennung)|(?:kranken|patienten)(?:akte|blatt)(?: nr\.?)?|aktenzeichen der patient(?:in|en)|(?:fall|aufnahme|befund|proben|rezept)-?(?:nummer|nr\.?)",
    r"dossier (?:du )?patient|dossier m[ée]dical|num[ée]ro (?:de|du) (?:dossier|s[ée]jour|ordonnance)|\bipp|\biep|historia(?: cl[íi]nica)?|n\.?[ºo°] de historia|nhc|expediente(?: cl[íi]nico| m[ée]dico)?|(?:n[úu]mero|n[º°]) de (?:expediente|receta|historia)|cartella(?: clinica)?|(?:numero )?nosologico|codice paziente|prontu[áa]rio|processo cl[íi]nico|n[úu]mero d[eo] (?:prontu[áa]rio|processo)",
    r"pati[ëe]nt(?:en)?dossier|zorgdossier|dossiernummer|(?:karty|kartoteki) pacjenta|historii choroby|kart[ay] pacjenta|chorobopisu?|zdravotn[íi] karta|k[óo]rlap(?:sz[áa]m)?|foaie de observa[țt]ie|fi[șs]a pacientului|dosya (?:no|numaras[ıi])|protokol no|hasta (?:dosyas[ıi]|id)|journal-?(?:nummer|nr\.?)|patient-?id|potilas(?:tunnus|numero|kertomus)",
    r"истори[яи] болезни|медкарт[аыу]|(?:амбулаторн\p{L}+|медицинск\p{L}+) карт\p{L}+|карт[аы] пациента|αριθμός (?:μητρώου|ασθενούς)|カルテ(?:番号|No\.?|ID)?|(?:診察券|患者|受診)番号|患者ID|病历号|病歷號|住院号|门诊号|就诊卡号|病案号|의무기록\s?번호|차트\s?번호|환자\s?(?:등록)?번호|מספר תיק|mã bệnh nhân|số hồ sơ|(?:nomor|no\.?) (?:rekam medis|rm)",
)
_POLICIES = (
    r"(?:insurance|insurer's|health|life|car|home|travel|auto) policy(?: (?:number|no\.?|id|#))?|policy[ _-]?(?:holder )?(?:number|no\.?|id|#|reference|ref\.?)|coverage (?:id|number|no\.?)|plan (?:number|no\.?|id)|(?:dental|health|medical|life|car|travel) insurance|certificate (?:number|no\.?)|rx ?(?:bin|pcn|grp|group)|tricare|philhealth|sss (?:number|no\.?)|hic(?:n| number)|mbi|benefits number|insured(?:'s)?(?: (?:number|no\.?|id))|claims? ?(?:number|no\.?|#|id)",
    r"adhérent|contrat d'assurance|\bnss|mutuelle|zorgverzekering(?: ?nummer)?|sigorta poliçesi|numer ubezpieczenia|ubezpieczenie nr|versicherung(?:s)?-?(?:nr\.?|nummer|police)|seguro m[ée]dico|полис(?:а|ом)?|社会保険番号",
)
# Numbers of these need a word about medicine or insurance near them.
_VAGUE = r"chart|record|case|file|admission|visit|unit number|study|sample|specimen|accession|encounter|prescription|patient|claim|policy|group|member|plan|account|certificate|contract|reference|dossier|akte|expediente|numer|nr|no\.?"
_ABOUT = r"(?i)\b(?:patients?|hospital|clinic\w*|ward|surg\w+|diagnos\w+|biops\w+|cardiolog\w+|radiolog\w+|oncolog\w+|patholog\w+|pharmac\w+|physician|doctor|nurses?|discharg\w+|admitted|overnight|blood|epic|cerner|medical|appointment|insur\w+|premium|aetna|allianz|axa|cigna|bcbs|blue (?:cross|shield)|humana|kaiser|unitedhealth\w*|uhc|medicare|medicaid|anthem|bupa|generali|mutuelle|hmo|ppo|patient\w+|pacient\w+|pazient\w+|assur\w+|segur\w+|lapsed|renewed|deductible|beneficiary|versicher\w+)\b"
_REACH_CHARACTERS = 80
_OF_VAGUE_WORD = compiled(rf"{leading(_VAGUE)}({_NUMBER}){END}")
_TICKET = re.compile(r"[A-Z]{2,8}-[0-9]{1,5}")
_has_four_digits = has_digits(4)


def _near(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the numbers after a vague word that are near this word about medicine or insurance."""
    offset = max(0, start - 2 * _REACH_CHARACTERS)
    window = text[offset : end + 2 * _REACH_CHARACTERS]
    if not any(map(str.isdigit, window)):
        return
    for match in _OF_VAGUE_WORD.finditer(window):
        left, right = offset + match.start(1), offset + match.end(1)
        near = start - _REACH_CHARACTERS <= right <= start or end <= left <= end + _REACH_CHARACTERS
        if near and not _TICKET.fullmatch(text[left:right]) and _has_four_digits(text, left, right):
            yield left, right


RULES = (
    after_words(_RECORDS, _NUMBER, _SOURCE, "MEMBER_ID", "record-after-word"),
    after_words(_POLICIES, _NUMBER, _SOURCE, "MEMBER_ID", "policy-after-word", least=5),
    Rule(
        "MEMBER_ID",
        _ABOUT,
        _SOURCE,
        score=0.75,
        refine=_near,
        name="vague-word",
    ),
)
