"""Illnesses, injuries and pregnancies of people, in sentences and after labels: `diagnosed with shingles`.

A condition is found after words that only lead to one (`suffers from`), and a known one also near a word for a person or for
a sick note. What is said of conditions without a person stays: `the page on diabetes`.
"""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from autopost.redaction.people.lists import kind
from autopost.redaction.rule import Rule, Span
from autopost.redaction.rules.conditions import BODY, CONDITION, MEDICINE, OF_MACHINES
from autopost.redaction.rules.shape import SMALL_WORDS
from autopost.redaction.rules.talk import SAID_OF_SECRETS

_SOURCE = "the words around it: what health data are, by article 4 (15) of the GDPR"
_BEFORE_CHARACTERS, _AFTER_CHARACTERS, _NEAR_CHARACTERS = 110, 70, 34

# Records, notes and visits: near them a known condition is somebody's.
_RECORD = (
    r"(?:(?:medical|patient|health|camp|clinical|intake) (?:chart|file|record|form|history|notes?|sheet|certificate|report)|patients?\b|sick[ -]?(?:note|leave|day|call)s?|off sick|absen(?:ce|t)\b|on leave|referral|note on (?:the|her|his|their) file|is out (?:for|until|this|next|today|with)|medical leave|doctor'?s note|gp letter|admitted|discharge|prescri\w+|diagnos\w+|biops\w+|test results?|lab results?|blood (?:test|work)|in hospital|underwent|out sick|calls? in sick|called in sick"
    r"|krankmeld\w+|krankgemeldet|krankgeschrieben|krankschreib\w+|attest\b|arztbrief|befund|patient(?:in|en|innen)?\b|arrêt (?:maladie|de travail)|certificat médical|fiche médicale|dossier médical|ordonnance|patiente?s?\b|de baja|baja (?:médica|laboral)|parte médico|historia clínica|ficha médica|paciente\w*|informe médico|in malattia|certificato medico|cartella clinica|scheda medica|referto|pazient\w+"
    r"|ziekmelding\w*|ziekgemeld|ziekteverlof|medisch dossier|patiënt\w*|zwolnieni\w+ lekarski\w*|zwolnieni\w+|l4\b|kart\w+ pacjenta|pacjent\w*|pacient\w*|potila\w+|beteg\w*|rozpoznani\w+|atestado|licença médica|baixa médica|prontuário|sjukanmäl\w*|sjukskriv\w*|sykemeld\w*|sygemeld\w*|rapor(?:u|lu)\b|hasta(?:nın|sı|ya)?\b|больничн\w+|справк\w+|пациент\w*|диагноз\w*|медкарт\w+|診断書?|カルテ|患者|病假|病历|病歷|诊断|診斷|환자|진단)"
)
# A person, in one word.
_PERSON_WORD = (
    r"mrs?|ms|miss|herr|frau|insured|claimant|policyholder|pt|mama|tata|annem|babam|yolcu|passegger[oa]|pasajer[oa]|passageir[oa]|lavorator[ei]|lavoratrice|trabajador\w*|trabalhador\w*|travailleu\w+|s?he|hers?|his|him|who|my|guest|client|customer|caller|employee|colleague|cowork\w+|member|resident|tenant|passenger|child|kid|boy|girl|son|daughter|baby|student|pupil|mother|mom|mum|father|dad|wife|husband|partner|sister|brother|grand\w+|aunt|uncle|neighbou?r|driver|teacher|nurse|chef|cook|candidate|applicant|rider|camper|player|singer|actor|soprano|tenor|waiter|crew|deckhand|man|woman|lady|gentleman|participant|attendee|subscriber|user|patient|complainant|occupant|householder|donor|conductor|apprentice|trainee|intern|volunteer|lecturer|professor|artist|musician|drummer|guitarist|bassist|pianist|violinist|mechanic|technician|clerk|courier|shopper|buyer|seller|renter|travell?er|commuter|visitor|pensioner|widow(?:er)?|relative|parent|niece|nephew|cousin|fiancée?|girlfriend|boyfriend|roommate|flatmate|landlord|lodger|contractor|freelancer|accountant|lawyer|witness|defendant|plaintiff|victim|suspect|inmate|soldier|firefighter|paramedic|pharmacist|dentist|farmer|fisherman|sailor|skipper|steward(?:ess)?|bartender|barista|cleaner|janitor|receptionist|secretary|supervisor|foreman|welder|plumber|electrician|carpenter|gardener|cyclist|hiker|skier|climber|swimmer|goalkeeper|coach|referee|athlete|dancer|soloist|composer|author|journalist|photographer|walker|owner|policyholder|beneficiary|recipient|registrant|signatory"
    r"|er|sie|sein\w*|ihr\w*|mein\w*|kund(?:e|in)|mitarbeiter(?:in)?|kolleg(?:e|in)|kind|junge|mädchen|sohn|tochter|mutter|vater|mann|frau|schüler(?:in)?|gast|fahrer(?:in)?|bewohner(?:in)?|koch|köchin|azubi|sänger(?:in)?|frontfrau|frontmann|mieter(?:in)?|fahrgast|versicherte[rn]?|student(?:in)?|reisende[rn]?|bewerber(?:in)?|anrufer(?:in)?|nachbar(?:in)?|lehrer(?:in)?|antragsteller(?:in)?|musiker(?:in)?|il|elle|son|sa|mon|client(?:e)?|salarié\w*|collègue|enfant|fils|fille|mère|père|mari|femme|élève|locataire|hôte|passag[eè]re?|conduct(?:eur|rice)|étudiante?|résidente?|assurée?|voyageu(?:r|se)|adhérente?|chanteu(?:r|se)|voisine?|él|asegurad[oa]|estudiante|inquilin[oa]|vecin[oa]|conductora?|chófer|cantante|músico|viajer[oa]|clienta|socio|socia|ella|su|mi|empleado|empleada|compañer[oa]|niñ[oa]|hij[oa]|madre|padre|marido|mujer|alumn[oa]|huésped|costurera|señor\w?|lui|lei|suo|sua|mio|mia|dipendente|bambin[oa]|figli[oa]|marito|moglie|ospite|conducente|studente(?:ssa)?|inquilin[oa]|assicurat[oa]|chitarrista|musicista|vicin[oa]|soci[oa]|cuoc[oa]|alliev[oa]"
    r"|hij|zij|zijn|haar|klant|medewerk\w+|collega|zoon|dochter|moeder|vader|leerling|bestuurder|huurder|verzekerde|reiziger|zanger(?:es)?|kok|bewoner|chauffeur|ele|ela|seu|sua|meu|minha|funcionári[oa]|filh[oa]|mãe|pai|alun[oa]|hóspede|ona|jego|jej|mój|moja|klient\w*|pracowni\w+|syn|córk\w+|matk\w+|ojci?ec|uczeń|uczennic\w+|kelner\w*|kierowc\w*|han|hon|hun|hans|hennes|kund\w*|anställd\w*|eşi|oğlu|kızı|annesi|babası|müşteri\w*|çalışan\w*|öğrenci\w*"
    r"|он|она|его|е[её]|клиент\w*|сотрудни\w+|коллег\w+|сын\w*|доч\w+|мать|мам\w+|отец|жен\w|муж\w*|ученик\w*|ученица|водител\w+"
)
_PERSON_WORDS = r"i'm|i am|co-worker|у него|у не[её]"
_PERSON = re.compile(
    rf"(?i)\b(?:{_PERSON_WORD}|{_PERSON_WORDS})\b|様|さん|彼|彼女|顧客|社員|母|父|息子|娘|他|她|客户|員工|员工|孩子|妈妈|爸爸|고객|직원|어머니|아버지"
)
_IN_WORDS = re.compile(rf"(?i)\b(?:{_PERSON_WORDS})\b")
_WORDS = re.compile(r"\w+")
_CAPITALISED = re.compile(r"[^\W\d_a-z][^\W\d_]{2,}")
_RECORDS = re.compile(rf"(?i)(?:\b|(?<=[^\x00-\x7f])){_RECORD}")

# Directly before a known condition: any subject has it except a text about it.
_OWNS = re.compile(
    r"(?i)(?:^|[\s(,;:])(?:has|have had|has had|'s got|suffers from|suffering from|diagnosed with|tested positive for|relapsed into|recover(?:s|ed|ing) from|developed|lives with|died of|takes|is on|was on|been on|hat|leidet (?:an|unter)|erlitt|a fait une?|souffre (?:de |d')|tiene|padece(?: de)?|sufre(?: de)?|ha avuto|soffre di|ha|heeft|lijdt aan|tem|sofre de|ma|choruje na|cierpi na|har|lider av|má|trpí|страдает|болеет|у [а-яё]+)"
    r"(?:\s(?:an?|the|very|newly|also|still|acute|chronic|severe|mild|advanced|early|type \w+|ein\w*|akut\w*|schwer\w*|une?|la|le|el|una?|il|lo|een|uma?|en|ett|et))*\s$"
)
_OF_TEXT = re.compile(
    r"(?i)\b(?:pages?|articles?|sections?|datasets?|data set|corpus|models?|tables?|chapters?|lists?|menus?|forms?|categor(?:y|ies)|apps?|modules?|courses?|videos?|podcasts?|leaflets?|brochures?|campaigns?|stud(?:y|ies)|trials?|guidelines?|tests?|faq|glossary|catalogue?|wiki|blog|site|seite|página|pagina|strona|sida|side|articolo|artículo|artikel)\b"
)

# Directly before a known condition: it is had, or the reason for something.
_HAS = re.compile(
    r"(?i)(?:^|[\s(,;:])(?:has|have|had|having|stable on|hx of|h/o|declared|declar\w+|déclar\w+|dichiar\w+|comunic\w+|gab \w+ an|meldete?|zgłosi\w+|in|она|он|with|from|for|of|against|by|due to|takes|taking|discloses?|disclosed|reason|nimmt|bekommt|erlitt|fait|sofreu|sufrió|subito|avuto|kreeg|dostał[ao]?|przesz(?:edł|ła)|má|mal[ao]|trpí|sairastaa|prend|toma|prende|slikt|gebruikt|bierze|принимает|because of|(?:is|was|been|be|he's|she's|i'm|still|goes) on|is|are|was|be|being|got|gets|caught|and|has had|had a|mentions?|mentioned|shows?|showed|states?|says|reads|cites?|reported|reports|developed|develops|now|severe(?:ly)?|mild|acute|chronic|possible|suspected|early|stage \w+|type \w+|his|her|their|my|our|your|lives with|living with|[A-Z][\w-]+'s|to|undergoing|after|following|through|starts?|started|needs?"
    r"|zur|zum|hat|hatte|haben|habe|an|unter|mit|wegen|aufgrund|ist|war|bekam|akuter?|schwerer?|leichter?|nach|gegen|a|avait|ai|eu|de|d'|du|pour|par|est|suivie? pour|cause de|raison d'?(?:une?|e)?|tiene|tuvo|tengo|padece(?: de)?|sufre(?: de)?|por|con|está|es|al|ha|ho|aveva|di|da|per|è|soffre di|affett[oa] da|heeft|had|aan|van|door|vanwege|lijdt aan|is|na|ma|miał[ao]?|z powodu|z|cierpi na|choruje na|jest|o|tem|teve|com|sofre de|por|devido a|sob|har|hade|havde|med|på grund av|av|er|var|у [а-яё]+|с|от|на|из-за|болеет|страдает|перен[её]с\w*|был[аио]?)"
    r"(?:[\s:]+(?:an?|the|very|newly|also|still|his|her|their|your|my|acute|chronic|severe|mild|suspected|possible|early|stage \w+|type \w+|\w+ (?:months?|weeks?)|late|recurring|ein\w*|akut\w*|schwer\w*|leicht\w*|seine[rn]?|ihre[rn]?|Typ-?\d|un[ea]?|l'|la|le|su|une?|sa|son|una|uno|een|zijn|haar|uma|um|en|ett|et|сильн\w+|тяж[её]л\w+)){0,3}[\s:\"'(]{1,3}$|[のはがに有得患因她他是被:：]\s?$|[은는이가]\s$|(?:^|\s)(?:l'|d'|dell'|all'|un')$"
)
# After a known condition: it belongs to the person before it.
_HAS_AFTER = re.compile(
    r"(?i)\s?(?:patient(?!s)|(?:[iıuü]|si|sı)?\s?var\b|hastası|tedavisi|nedeniyle|yüzünden|oldu(?:ğu)?|に?かかっ|のため|で(?:休|入院|欠勤|療養)|と診断|を患|中の|症患者|患者|진단|(?:가|이) 있|[을를] 앓|판정|때문|으로|로 |,? (?:was |is )?(?:diagnosed|confirmed|in remission)|erkrankt|operation\b|treatment|surgery|meds|medication|flare-?up|relapse|(?:is|was|has) (?:getting|gotten|worse|better|under control|back|returned)|got (?:worse|better)|came back|since (?:19|20)\d\d)"
)
_OF_THINGS = re.compile(
    r"(?i)[\s-](?:awareness|research|foundation|charity|campaign|week|day|month|leaflet|brochure|article|blog|page|dataset|data set|prediction|classifier|model|app|center|centre|care|clinic|ward|department|unit|vaccine|vaccination|information|info|statistics|guidelines?|study|studies|course|test kit|kits?|screening|category|tag|plugin|icon|menu|policy|hotline|helpline|care products?|supplies|trials?|drugs?|chart|survey|season|tips|book|podcast|newsletter|labels?|warnings?|filter|rates?|risk score|stiftung|forschung|beratung|stichting|verband)\b|(?:-?(?:forschung|hilfe|stiftung|beratung|zentrum|impf\w+|stichting|verband|onderzoek))"
)

# Only a condition follows these.
_LEADS = (
    r"diagnosed (?:\w+ )?(?:with|as having)|diagnosis (?:is|was|of|reads|now)|(?:is|was|been|be|tested?|tests|testing) positive for|(?:suffer(?:s|ed|ing)|recover(?:s|ed|ing)?|recuperat(?:es|ed|ing)) from|(?:was|is|been|being|he's|she's|gets?|got) (?:treated|hospitali[sz]ed|operated on|admitted|medicated) (?:for|with)|(?:off|out|home|away) (?:sick )?with|(?:sick|medical) (?:leave|note) (?:for|due to|because of|with|says|states|mentions|reads)|called in sick with|allergic to|complain(?:s|ed|ing) of|c/o|h/o|hx of|under treatment for|in (?:treatment|therapy|rehab) for|medication for|(?:has|had) (?:surgery|an operation) (?:for|on)|underwent|living with|died of|dying of|in remission from|comes? down with"
    r"|leide[nt] (?:an|unter)|litt (?:an|unter)|klagt über|erkrankt an|krank(?:geschrieben|gemeldet|meldung|schreibung)?,? (?:wegen|aufgrund|mit)|ausfall wegen|allergisch (?:gegen|auf)|behandelt wegen|positiv auf|diagnostiziert mit|(?:souffre|souffrait|souffrant|se plaint) (?:de |d'|du )|attein(?:t|te)s? (?:de |d'|du )|allergique (?:à |aux )|(?:soigné|traité|suivi|opéré|hospitalisé)e? (?:pour |de |d'|du )|arrêt(?: de travail| maladie)? (?:pour |suite à )|positive? (?:à |au )|diagnostiqué\w* "
    r"|se queja de |(?:padece|padecía|sufre|sufría) (?:de )?|diagnosticad[oa] (?:con|de) |de baja (?:médica )?por |alérgic[oa] (?:a |al )|operad[oa] de |ingresad[oa] por |positivo en |se recupera de |tratad[oa] por |soffre di |affett[oa] da |allergic[oa] (?:a |al|agli |alle |alla )|ricoverat[oa] per |operat[oa] (?:di|al|alla) |in malattia per |in cura per |positiv[oa] (?:a|al) |lijdt aan|herstelt van (?:een )?|ziek(?:gemeld|melding)? (?:wegens|vanwege|met|door) |allergisch voor|opgenomen (?:met|wegens)|gediagnosticeerd met|behandeld (?:voor|wegens)"
    r"|cierpi na|choruje na|chor[ay] na|zwolnieni\w+ (?:lekarski\w* )?(?:z powodu|na)|uczulon[ya] na|leczy się na|zdiagnozowan\w+|pozytywny na|sofre d[eo] |diagnosticad[oa] com |de baixa por |afastad[oa] por |alérgic[oa] [àa]o? |internad[oa] (?:com|por) |lider av|drabbats av|allergisk mot|sjukskriven (?:för|på grund av)|страдает|болеет|болен|больна|диагностирован\w*|аллергия на|лечится от|на больничном (?:с|из-за)|переболел[аи]?"
)
_LABELS = r"(?:\bdx\b|\bpmh\b|diagnos(?:is|es|e|tic|i|tico|tisi)|diagnóstico|diagnoza|rozpoznanie|teşhis|tanı|диагноз|medical condition|health condition|pre-?existing condition|known allergies|allergies|allergien|allergie|alergias|alergie|medical notes?|reason for (?:absence|leave|sick leave)|grund der (?:abwesenheit|krankmeldung)|vorerkrankung(?:en)?|antécédents|patologie|診断(?:名)?|病名|诊断|診斷|진단명?)"

_WORD = r"[^\s.,;:!?()<>\"|/\[\]{}\d=_→]+"
_PHRASE = re.compile(rf"(?:type \d |stage \w+ |grade \d |Typ \d )?{_WORD}(?:[ -](?:\d|[IV]+|{_WORD})){{0,4}}")
_STOPS = frozenset(
    """
    and or but so since until after before when while which that who as because if then will was were is are has had at on in by to from this last next
    und oder aber seit bis nach als weil wird wurde ist et ou mais depuis jusqu'au dans est qui y pero desde hasta en que es e ma dal dalla da fino che è
    en maar sinds tot is die i ale od do jest który w mas desde até que och men sedan till и но с до что a per turno understudy returned returns leitet
    """.split()  # noqa: SIM905
)
# A letter, in place of `\w`, which knows only ASCII in RE2; all letters would make a large automaton.
_LETTER = "[a-zà-žа-ё]"
# Before a word: no letter, except of scripts without spaces.
_EDGE = r"(?:^|[^\pL\pN]|[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}])"
_ICD = r"\b([A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,2})?)\b"
_OF_ICD = re.compile(
    r"(?i)\bdx\b|patient\b|\bicd(?:-?(?:9|10|11))?(?:-?(?:cm|gm))?\b|diagnos|rozpozn|zwolnieni|krankmeld|krankschreib|arbeitsunfähig|arrêt|baja|диагноз|malattia|atestado|\bcid\b|診断|诊断"
)


_INJURED = r"burnt|burned|scalded|bruised|swollen|frostbitten|broke|broken|fractured|tore|torn|ruptured|sprained|dislocated|shattered|crushed|amputated|herniated|twisted|lost|injured|infected"
_BROKEN_ABROAD = r"s'est (?:cassé|fracturé|foulé|luxé)|se (?:rompió|fracturó|torció|ha roto)|si è (?:rott[oa]|fratturat[oa]|slogat[oa])|gebrochen|verstaucht|gezerrt|gebroken"
_INJURED_ABROAD = r"s'est (?:cassé|fracturé|foulé|luxé)e? (?:le|la|les|l'|son|sa)\s?\pL+|se (?:rompió|fracturó|torció|ha roto) (?:el|la|los|las|un|una) \pL+|si è (?:rott[oa]|fratturat[oa]|slogat[oa]) (?:il|la|lo|l'|un|una)\s?\pL+|sich (?:den|die|das) \pL+ (?:gebrochen|verstaucht|gezerrt)|(?:zijn|haar) \pL+ gebroken"
_FOUND = r"nodules?|polyps?|cysts?|lumps?|tumou?rs?|fractures?|surgery|operation|injury|injuries|infection|biopsy|inflammation|swelling|bleeding|transplant|replacement|condition"
_BLOOD_WORD = r"(?:blood (?:type|group)|blutgruppe|groupe sanguin|grupo sangu[íi]neo|gruppo sanguigno|bloedgroep|grup\pL krwi|blodgrupp|blodtype|группа крови)"
_BLOOD_GROUP = (
    rf"{_BLOOD_WORD}[\s:=]{{1,3}}(?:is |ist |est |es |è |: )?(?-i:AB|A|B|O|0)(?:\s?(?:rh\s?)?(?:[+-]|neg\pL*|pos\pL*))?"
)
_LAB_WORD = r"(?:hba1c|a1c|psa|cd4(?: count)?|viral load|tsh|inr|bmi|blood (?:pressure|sugar|glucose|alcohol)|blutdruck|blutzucker|tension artérielle|glucemia|glicemia|cholesterol|ldl|hdl|e?gfr|creatinine|ha?emoglobin|ferritin|troponin|bilirubin|phq-?9|gad-?7|edss|moca)"
_LABORATORY = rf"{_LAB_WORD}(?: (?:level|score|value|result|count))?(?:\s?[:=]\s?|\s(?:is|was|of|at|came back at|ist|est)\s|\s)[<>]?\d+(?:[.,/]\d+)?(?:\s?(?:%|mmol/l|mg/dl|ng/ml|mmhg|copies(?:/ml)?|µmol/l|u/l|g/l|g/dl))?"
_UNIT_OF_DOSE = r"(?:mg|mcg|µg|iu)"
_DOSE = rf"\pL{{5,}}\s\d+(?:[.,]\d+)?\s?{_UNIT_OF_DOSE}(?:\s(?:once|twice|daily|bid|nightly|three times)(?: daily| a day)?)?"


def _of_machine(words: list[str]) -> bool:
    return any(word in OF_MACHINES or any(map(str.isdigit, word)) for word in words)


def _phrase_end(text: str, start: int) -> int | None:
    """Return the end of the words for a condition; None if they are a statement or speak of machines."""
    match = _PHRASE.match(text, start)
    if match is None:
        return None
    parts = list(re.finditer(r"[^ ]+", match.group()))
    end = start
    words: list[str] = []
    for part in parts:
        word = part.group().lower()
        if (
            word in _STOPS or word in {"today", "yesterday", "tomorrow", "again", "now", "heute", "hier", "hoy"}
        ) and words:
            break
        words.append(word)
        end = start + part.end()
    if not words or _of_machine(words[:-1]) or words[-1].rstrip("'s") in OF_MACHINES:
        return None
    first = words[0]
    if (
        (first in SAID_OF_SECRETS or first in SMALL_WORDS)
        and first not in {"a", "an", "her", "his", "low", "high", "broken", "acute", "severe", "chronic"}
        and _KNOWN.match(text, start) is None
    ):
        return None
    return end


_KNOWN = re.compile(rf"(?i)(?:(?:type|typ|stage|an?|the|acute|chronic|severe) (?:\w )?)?(?:{CONDITION}|{MEDICINE})")


# Nouns for people, by their endings, and things that end likewise.
_ROLE = re.compile(
    r"(?i)\b(?:the|an?|our|my|one|this|that|another|his|her|their)\s(?:[a-z]+\s)?([a-z]{2,}(?:er|or|ist|ant|ian|ress|man|woman))(?:'s)?\b|\b(?:die|eine|unsere|meine)\s[A-ZÄÖÜ][a-zäöüß]+(?:er|ist|ant|ent|eur)in\b"
)
_THING = re.compile(
    r"(?i).*(?:server|container|compiler|parser|router|printer|scanner|scheduler|worker|loader|handler|listener|monitor|sensor|processor|connector|adapter|adaptor|controller|motor|tracker|crawler|runner|builder|buffer|cluster|folder|header|footer|filter|number|paper|letter|order|offer|layer|calendar|banner|slider|browser|linter|formatter|trailer|boiler|freezer|elevator|generator|compressor|detector|reactor|computer|excavator|tractor|poker|error|factor|vector|operator|indicator|transformer|tensor|power|water|weather|summer|winter|other|former|latter|another|center|quarter|chapter|paper|player|timer|counter|driver|cursor|color|colour|mirror|floor|door|corridor|plant|variant|constant|tenant|restaurant|merchant|checklist|playlist|waitlist|list|median|guardian|exchanger|burner|mixer|charger|adviser|chiller|humidifier|locker|cooker|dryer|washer|cutter|grinder|loader|tanker|carrier|trigger|pointer|helper|wrapper|resolver|validator|iterator|emulator|simulator|calculator|translator|aggregator|editor)"
)


def _about_person(around: str) -> bool:
    return (
        _names_person(around)
        or any(role.group(1) is None or not _THING.fullmatch(role.group(1)) for role in _ROLE.finditer(around))
        or any(kind(word).given for word in _CAPITALISED.findall(around))
        or _RECORDS.search(around) is not None
    )


def _names_person(text: str) -> bool:
    """Return whether `_PERSON` occurs in a text, by its words: the pattern takes 60 us for a sentence without one."""
    return any(map(_is_person, _WORDS.findall(text))) or _IN_WORDS.search(text) is not None


@lru_cache(maxsize=4096)
def _is_person(word: str) -> bool:
    return _PERSON.search(word) is not None


def speaks_of_person(text: str, start: int, end: int) -> bool:
    """Return whether the sentence of this place mentions a person, by a word for one, a given name or a record."""
    return _about_person(_around(text, start, end))


def _around(text: str, start: int, end: int) -> str:
    """Return what stands around these places, without the sentences before and after."""
    before = re.split(r"[.!?]\s|\n", text[max(0, start - _BEFORE_CHARACTERS) : start])[-1]
    after = re.split(r"[.!?](?:\s|$)|\n", text[end : end + _AFTER_CHARACTERS], maxsplit=1)[0]
    return f"{before} | {after}"


def _known(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept a known condition that somebody has, by the words beside it and a person or a record near it."""
    begin = _with_modifiers(text, start)
    before, after = text[max(0, begin - _NEAR_CHARACTERS) : begin], text[end : end + 24]
    if (
        before[-1:] in {"_", "/", "#", "@", "-", ".", "&"}
        or after[:1] in {"_", "/", "@", "="}
        or _OF_THINGS.match(after)
    ):
        return
    around = _around(text, start, end)
    record = _RECORDS.search(around) is not None
    owns = _OWNS.search(before) is not None
    has = (
        owns
        or _HAS.search(text[max(0, start - _NEAR_CHARACTERS) : start])
        or _HAS.search(before)
        or _HAS_AFTER.match(after)
        or _SELF_SAID.match(text, start)
        or (_AFTER_PERSON.search(before))
        or (_APPOSED.search(before) and _CLAUSE_ENDS.match(after))
    )
    if not (has or (record and re.search(r"(?:^|[,:;(–—-]\s?|\s)$", before))):
        return
    if record or _about_person(around) or (owns and not _OF_TEXT.search(around)):
        yield begin, _with_detail(text, end)


_SELF_SAID = re.compile(r"(?i)uses|in a|needs a|wheelchair|pregnant|schwanger|enceinte|embarazada|incinta")
_AFTER_PERSON = re.compile(rf"(?i)(?:{_PERSON.pattern.removeprefix('(?i)')})\s$")
_APPOSED = re.compile(r"[,:(]\s?$")
_CLAUSE_ENDS = re.compile(r"[\"')]?\s?(?:[.,;)]|$)")
_MODIFIERS = re.compile(
    r"(?i)\b(?:(?:(?:\w+ )?(?:months?|weeks?)|im \w+ monat|(?:relapse|history|signs|symptoms|case|onset|episode|bout|attack|flare-up) of|(?:rückfall|verdacht auf|récidive|recaída|crisi) \w{1,3}|suspected|possible|acute|chronic|severe(?:ly)?|mild|(?:[a-z]+(?:ic|al|ous|ary))|advanced|terminal|end-stage|late-stage|early-stage|early-onset|recurr(?:ent|ing)|bilateral|untreated|undiagnosed|tested|herniated|ruptured|left|right|lower|upper|type (?:\d|ii?)|typ[- ]?\d|stage \w{1,3}|bipolar|borderline|schwere[rns]?|chronische[rns]?|akute[rns]?|an?|the|une?|una|een|ein\w{0,2})[ -]){1,4}$"
)
# What goes on about it: where in the body, since when, how bad.
_DETAIL = re.compile(
    rf"(?i)(?:\s(?:disorder|syndrome|disease|attacks?|grave|severa?|sévère|leve|l[ée]g[eè]re?|lieve|cr[óo]nic[oa]|chronique|aigu[eë]?|aguda?|acut[oa]|ciężk\w+|przewlekł\w+))?(?:\s(?:since|from|desde|depuis|seit|dal|sinds|od|sedan|с)\s(?:the age of \d+|birth|childhood|(?:19|20)\d\d)|\s(?:of|in|on|below|above|to|with)\s(?:the |her |his |their |my |both |left |right |lower |upper )*{BODY}|\s(?:for|and|with|by|due to|after)\s(?:an? |the |his |her )?(?:type \w+ )?(?:{CONDITION})|\sde (?:\w+) (?:mois|meses|mesi|semanas|semaines)|\swith aura|\s[A-E]\b|\s\d+(?:[.,]\d+)?\s?(?:mg|mcg|µg|g|ml|iu|units)\b(?:\s(?:once|twice|daily|bid|\d x)(?: daily| a day)?)?)?"
)


def _with_detail(text: str, end: int) -> int:
    match = _DETAIL.match(text, end)
    return match.end() if match else end


def _with_modifiers(text: str, start: int) -> int:
    match = _MODIFIERS.search(text[max(0, start - 44) : start])
    return start - len(match.group()) if match else start


def _led(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the words after `suffers from` and the like, if they speak of a person."""
    left = end + len(re.match(r"[\s:=\"'«„“(]*", text[end : end + 6]).group())  # type: ignore[union-attr]
    if text[start - 1 : start] in {"'", '"', "«", "“"}:
        return  # a title
    if left == end and text[end - 1 : end] not in {" ", "'"}:
        return
    right = _phrase_end(text, left)
    if right is None or right - left < 3:
        return
    around = _around(text, start, right)
    if _KNOWN.search(text[left:right]) or "diagnos" in text[start:end].lower() or _about_person(around):
        lead = _LEAD_OF_NAME.match(text, start)
        yield lead.start(1) if lead else left, _with_detail(text, right)


# Words that lead to a condition and belong to its name: `allergic to nuts`.
_LEAD_OF_NAME = re.compile(r"(?i)\W?(allerg|alérg|uczul|аллерг)")


def _injured(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept an injury of a part of the body; a possessive before the part shows that it is somebody's."""
    if (
        _REFLEXIVE.match(text, start)
        or _OF_SOMEBODY.search(text[start:end])
        or _names_person(_around(text, start, end))
    ):
        yield start, end


_REFLEXIVE = re.compile(r"(?i)s'est|se |si è|sich")
_OF_SOMEBODY = re.compile(r"(?i)\b(?:his|her|my|their)\b")


def _measured(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept a result of a laboratory, a blood group or a dose in a sentence about a person."""
    if speaks_of_person(text, start, end):
        yield start, end


def _labelled(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the words after `Diagnosis:`, if they are known or a record of a person is near."""
    match = re.match(
        r"[\"']?(?:\s?[:：=]\s?|\s(?:ist|is|lautet|est|es|è)\s|\s(?=[A-ZÄÖÜ][a-zäöü]+)|は)[\"']?", text[end : end + 12]
    )
    if match is None:
        return
    left = end + match.end()
    right = _phrase_end(text, left)
    if right is None or right - left < 3:
        return
    around = _around(text, start, right)
    allergies = "allerg" in text[start:end].lower() or "alerg" in text[start:end].lower()
    if not (
        allergies
        or _KNOWN.search(text[left:right])
        or _RECORDS.search(around.replace(text[start:end], " "))
        or _names_person(around)
    ):
        return
    yield left, right
    while allergies and text[right : right + 2] == ", ":
        left = right + 2
        right = _phrase_end(text, left) or left
        if right == left:
            return
        yield left, right


def _coded(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept a code of ICD-10 near a word for a diagnosis or a sick note."""
    if _OF_ICD.search(text[max(0, start - 60) : start]) and text[end : end + 1] not in {"-", "_", "/"}:
        yield start, end


RULES = (
    Rule(
        "MEDICAL_CONDITION",
        rf"(?i){_EDGE}(?:{_LEADS})".replace(r"\w", _LETTER),
        _SOURCE,
        score=0.7,
        refine=_led,
        name="condition-of-person",
    ),
    Rule(
        "MEDICAL_CONDITION",
        rf"(?i){_LABELS}",
        _SOURCE,
        score=0.7,
        refine=_labelled,
        name="condition-after-label",
    ),
    Rule(
        "MEDICAL_CONDITION",
        rf"(?i){_EDGE}({CONDITION}|{MEDICINE})".replace(r"\w", _LETTER),
        _SOURCE,
        anchor=rf"(?i){CONDITION}|{MEDICINE}".replace(r"\w*", "").replace(r"\w{3,}", "").replace(r"\w", _LETTER),
        score=0.7,
        refine=_known,
        name="known-condition",
    ),
    Rule(
        "MEDICAL_CONDITION",
        rf"(?i)\b({_INJURED_ABROAD}|(?:{_INJURED})\s(?:(?:his|her|my|their|the|an?|one|both|left|right|lower|upper|[LCT]\d(?:/[LCTS]?\d)?)\s){{0,3}}{BODY}|(?:(?:his|her|my|their|left|right|lower|upper)\s)+{BODY}\s(?:was|is|were|had to be|has been|got)\s(?:{_INJURED})(?:\s(?:above|below) the \w+)?|(?:{_FOUND})\s(?:on|in|of|to)\s(?:his|her|my|their)\s(?:(?:left|right|lower|upper)\s)?{BODY}|(?:his|her|my|their)\s(?:(?:left|right|lower|upper)\s)?{BODY}\s(?:{_FOUND}))\b",
        _SOURCE,
        anchor=rf"(?i)\b(?:{_INJURED}|{_FOUND})\b|\b(?:{_BROKEN_ABROAD})",
        score=0.65,
        refine=_injured,
        name="injury",
    ),
    Rule(
        "MEDICAL_CONDITION",
        rf"(?i)(?:^|[^\pL\pN])({_BLOOD_GROUP}|{_LABORATORY}|{_DOSE})(?:[^\pL\pN]|$)",
        _SOURCE,
        anchor=rf"(?i){_BLOOD_WORD}|{_LAB_WORD}[^\pL]|\d\s?{_UNIT_OF_DOSE}(?:[^\pL]|$)",
        score=0.65,
        refine=_measured,
        name="result-or-dose",
    ),
    Rule(
        "MEDICAL_CONDITION",
        _ICD,
        "ICD-10, WHO: a letter, two digits and a subdivision",
        anchor=r"\b[A-TV-Z]\d[0-9A-Z]\b",
        score=0.7,
        refine=_coded,
        name="code-of-diagnosis",
    ),
)
