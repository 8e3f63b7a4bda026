"""Words that stand before or after names of people, in the languages in which agents write most."""

# ruff: noqa: E501  # lists are easier to read in long lines

from __future__ import annotations

from autopost.redaction.pattern import compiled

TITLES = frozenset(
    """
    mr mrs ms miss mx dr prof professor doctor
    herr herrn frau fraulein
    m mme mlle monsieur madame mademoiselle maitre
    sr sra srta senor senora senorita don dona
    sig signor signora dott dottssa dottore ssa ra avv ing geom
    dhr mevr mevrouw meneer mw
    hr fru pan pani pana panu pania sra senhor senhora doamna domnul rouva herra
    """.split()  # noqa: SIM905
)

# Offices and professions before a surname. They are words as well, so what follows them must be no word.
OFFICES = frozenset(
    """
    nurse sergeant sgt officer senator sen lord sir dame coach captain capt judge justice rev reverend attorney
    detective det chancellor minister sister father pastor rabbi imam lieutenant lt colonel col
    major maj general gen admiral corporal cpl inspector constable deputy sheriff councillor councilor congressman
    congresswoman governor gov mayor ambassador principal dean chef counsellor counselor rechtsanwalt rechtsanwaltin
    notar notarin hauptmann pfarrer richter richterin docteur bay bayan hanim abogado abogada licenciado lic avvocato
    maestro mestre doutor doutora magister mgr mudr judr bc ceo cto cfo coo г-н г-жа господин госпожа пан пані
    """.split()  # noqa: SIM905
)

# Those that are written in lower case as well, as in `el señor Pérez`.
LOWER_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "herr",
        "herrn",
        "frau",
        "mme",
        "mlle",
        "monsieur",
        "madame",
        "senor",
        "senora",
        "srta",
        "sra",
        "sr",
        "signor",
        "signora",
        "dott",
        "ssa",
        "ra",
        "mevrouw",
        "meneer",
        "pani",
        "pania",
        "panu",
        "signora",
        "senhora",
        "senhor",
        "monsieur",
        "doamna",
        "domnul",
        "fru",
        "rouva",
        "herra",
    ]
)

# After a title these are not a name.
AFTER_TITLE = frozenset(
    """
    doctor professor president chancellor chair chairman chairwoman speaker minister secretary ambassador director
    kollegin kollege doktor professor bundeskanzlerin praesident pepper robot fix clean right wrong and und et
    oetker martens x muscle who no bean potato seuss dre love evil strange freeze coffee holle marvel america quijote quixote galahad lancelot gawain galen kirk picard nemo ahab moreau jekyll
    zhivago frankenstein doolittle pfeffer peanut pringles darcy pickwick toad bovary claus sandman
    """.split()  # noqa: SIM905
)

PARTICLES = frozenset(
    [
        "van",
        "von",
        "de",
        "da",
        "der",
        "den",
        "la",
        "le",
        "di",
        "du",
        "del",
        "della",
        "dos",
        "das",
        "do",
        "bin",
        "ibn",
        "al",
        "el",
        "ter",
        "ten",
        "zu",
        "zur",
        "y",
        "e",
        "af",
        "ni",
        "nic",
    ]
)

# Before a capitalised word these make it a place: `Lake Victoria`, `Port Elizabeth`.
BEFORE_PLACE = frozenset(
    [
        "lake",
        "port",
        "fort",
        "mount",
        "mt",
        "san",
        "santa",
        "saint",
        "st",
        "cape",
        "new",
        "north",
        "south",
        "east",
        "west",
        "los",
        "las",
        "el",
        "project",
        "operation",
        "hurricane",
    ]
)

# Before a given name these make it a holiday, a church, a mountain or a street: `São João`, `Monte Rosa`.
OF_SAINTS = frozenset(
    """
    sao san santa santo santi sankt saint sainte sint sant st ste sveti sveta svaty svata szent agios agia swiety swieta sfantul
    monte mont montes mount piz pico cima punta pointe col passo lac lago lake loch rio isla ile insel cerro val valle puerto porto
    villa castel chateau place plaza piazza praca platz rue calle rua avenida avenue dia dzien fete fiesta festa targa coppa copa
    coupe cup pokal thema projekt project proyecto projet progetto team equipo equipe squadra modul module sankte
    """.split()  # noqa: SIM905
)
# After two surnames these make them a thing of mathematics: `Kolmogorov Smirnov test`.
OF_MATHEMATICS = compiled(
    r"(?:'s)? (?:tests?|theorem|models?|distributions?|equations?|algorithm|filter|transform|statistic|index|process|method|distance|divergence|coefficient|inequality|paradox|effect|diagram|curves?|corrections?|protocols?|stains?|staining|procedure|cycle|score|scale|reaction|medium|criterion|constant|law|plots?|estimator|syndrome|disease|number|ratio|telescope|satellite|mission)\b"
)
# Given names that are verbs of other languages, in lower case.
LOWER_VERBS = frozenset(["hanno", "ping", "ronda", "marca", "cara", "gala", "rima", "sana", "bona"])

# After a name these make it an organisation, a place or a thing.
AFTER_ORGANISATION = frozenset(
    """
    inc llc llp ltd gmbh ag kg se sa sarl bv nv plc corp corporation co company companies group holding holdings bank
    partners capital ventures associates brothers bros sons foundation institute university college school academy
    hospital clinic center centre museum library gallery theatre theater hall stadium arena airport station bridge
    street avenue road boulevard lane drive court square place park tower building house hotel restaurant cafe bar
    award prize medal cup trophy championship tournament stadion platz strasse allee weg
    theorem law effect equation disease syndrome method algorithm model test score index scale constant number
    studio studios records pictures entertainment media press publishing books magazine times post news
    insurance consulting solutions systems technologies technology software labs lab digital industries logistics
    motors airlines energy foods pharma pharmaceuticals healthcare realty properties construction
    allee versand umzug gasse ring ufer hof haus arena halle verlag schule klinik stiftung verein apotheke falls springs
    collection fellowship scholarship institut instituto istituto intercontinental campus society preis platz gymnasium haus stiftung
    dashboard pipeline workflow cluster release edition plugin agent bot service server template theme font
    """.split()  # noqa: SIM905
)

_BEFORE_PEOPLE = (
    r"assigned(?: it| this| \w+(?: \d+)?)? to|(?:given|allocated|loaned|lent) to|(?:hand|pass|forward|escalat|delegat)ed(?: it| this)? to|handed over to|reassigned to|(?:sent|wrote|written|spoke|talked|"
    r"replied|emailed|mailed|call|reported|introduced|offered|promised|paid|issued|refunded|billed|addressed|belongs|belonged|belonging) to"
    r"|(?:signed|approved|reviewed|requested|reported|written|created|submitted|filed|opened|closed|raised|authored|confirmed|rejected|led|"
    r"booked|ordered|paid|sent|prepared|verified|witnessed|interviewed|represented|accompanied) by"
    r"|(?:message|mail|e-mail|email|reply|request|call|note|letter|feedback|approval|order|payment|invoice|complaint|ticket|refund|voicemail|"
    r"application|referral|review|comment|question|signature|confirmation|answer|response|cv|resume) (?:from|of|for|by|to|with)"
    r"|(?:on behalf|in the name|in care) of|c/o|attn|attention|care of|regarding|spoke with|talked with|met with|meeting with|call with"
    r"|chat with|interview(?:ed)?(?: with)?|contacted|cc'd|emailed|phoned|texted|thanked|pinged|notified|invited|welcomed|onboarded"
    r"|hired|reminded|informed|paid|refunded|author|reporter|assignee|reviewer|approver|customer|client|patient|employee|"
    r"candidate|applicant|tenant|guest|passenger|driver|manager|colleague|supervisor|beneficiary|payee|payer|cardholder|card holder|"
    r"account holder|holder|recipient|sender|subscriber|member|student|teacher|contractor|nurse|witness|claimant|insured|buyer|seller|"
    r"next of kin|emergency contact|spouse|wife|husband|son|daughter|mother|father|brother|sister|partner|friend"
    r"|(?:full |first |last |middle |customer |user |contact |account |legal |real |display |maiden )?name(?: is| was|d)?|called|my name is|i am|i'm|this is"
    r"|known as|goes by|signed|regards|sincerely|cheers|hi|hello|dear|hey|thanks,?|cc|bcc"
    r"|kunde|kundin|mitarbeiter(?:in)?|ansprechpartner(?:in)?|name|nachname|vorname"
    r"|nom|prenom|client(?:e)?|de la part de"
    r"|nombre|apellido|cliente|de parte de|naam|klant|namens|nome|cognome|cliente|da parte di"
    r"|имя|фио|клиент|(?:visita|chiamata|telefonata|appuntamento|richiesta|ordine|pratica|reso|rimborso|prenotazione|fattura|preventivo|messaggio) (?:di|per)|(?:visite|rendez-vous|appel|demande|commande|dossier|réservation|facture|message|devis) de"
    r"|(?:cita|llamada|visita|pedido|solicitud|reserva|factura|mensaje|correo|presupuesto|consulta|encomenda|fatura|mensagem|chamada) de|(?:wizyta|zamówienie|faktura|telefon|wiadomość) od"
)

_BEFORE_PEOPLE_OR_THINGS = r"from|by|to|with|for|and|asked|called|met|told|named|owner|lead|contact|von|an|mit|durch|bei|par|avec|pour|chez|por|con|para|door|da|от"

_TAIL = r"(?:\s?[:=]\s?[\"']?|,?\s[\"'(]?)$"

# The end of the text before a name. The weak ones also stand before products: they are enough for a given name that is
# also a word, and not for two words that no list knows.
# With a colon the weak ones are labels, and strong.
_LABELS = r"(?:contact|owner|lead|from|by|to|von|an|de|da|от)\s?[:=]\s?[\"']?$"
STRONG_CUES = compiled(rf"(?i)(?:^|[^\w-])(?:(?:{_BEFORE_PEOPLE}){_TAIL}|{_LABELS})")
CUES = compiled(rf"(?i)(?:^|[^\w-])(?:{_BEFORE_PEOPLE}|{_BEFORE_PEOPLE_OR_THINGS}){_TAIL}")

# Before a name in lower case, of which only the given name is known.
LOWER_CUES = compiled(
    rf"(?i)(?:^|[^\w-])(?:(?:{_BEFORE_PEOPLE}|w/|waiting (?:on|for)|(?:account|behalf|profile|record|file|request) of|cc'd|user(?:name)?|on[ -]call|(?:^|(?:please|pls|to|and|must|then|ll) )(?:ask|ping|call|tell|e?mail|text|contact|message|remind|thank|invite|phone|ring|notify|rappeler|appeler|contacter|prévenir|llamar a|avisar a|chiamare|ligar para|zadzwoń do|позвонить|связаться с)|thx|ask|ping){_TAIL}|{_LABELS})"
)

# Before a name in lower case of which the given name and no word follows: any preposition, a participle, a list.
LOWER_WEAK_CUES = compiled(
    r"(?i)(?:^|[^\w-])(?:to|for|by|from|with|of|and|or|is|was|are|named|via|cc|user|users|customer|guests?|list|lists|account of|data of|attendees|participants|invitees|contact|[a-z]{3,}ed|(?:called|rang|phoned|wrote|written|texted|got|paid) back|bitte|please|pls|chiamat[oa]|contattat[oa]|avvisat[oa]|richiamat[oa]|llamad[oa]|avisad[oa]|contactad[oa]|appelé|contacté|prévenu|rappelé|gebeld|ringt|für|von|mit|an|pour|par|avec|chez|de|para|por|con|a|da|per|van|voor|met|för|från|till|dla|do|od|от|для|с)(?:\s?[:=]\s?|,?\s)$"
)
# How surnames end.
SURNAME_ENDINGS = (
    "ez", "sson", "sen", "ski", "ska", "sky", "skaya", "czyk", "wicz", "vic", "vich", "ović", "ić", "ov", "ova", "ev", "eva", "escu", "idis", "poulos", "oglu", "oğlu",
    "enko", "chuk", "mann", "berger", "hofer", "huber", "maier", "mayer", "mayr", "müller", "mueller", "böck", "boeck", "thaler", "gruber", "lechner", "berg", "stein", "strom", "ström", "qvist", "quist", "bauer", "meyer", "etti", "elli", "ucci", "eira", "shvili", "murthy", "nathan",
    "swamy", "ов", "ова", "ев", "ева", "ин", "ина", "ский", "ская", "енко", "чук",
)  # fmt: skip

# How surnames end of which a capital tells that they are names.
CAPITAL_ENDINGS = (
    *SURNAME_ENDINGS, "ini", "oni", "azzi", "otti", "ello", "ucchi", "ardo", "aldi", "stra", "sma", "inga", "gaard", "dahl", "bekk", "bakk", "haug", "rud",
    "vik", "eide", "holm", "hagen", "nen", "wala", "kar", "yan", "adze", "zadeh", "pour", "nejad", "akis", "atos", "opoulou", "skiego", "skiemu", "skim",
    "cki", "cka", "ckiego", "wiczem", "czuk", "iak", "uk", "ene", "aite", "auskas", "enas", "urra", "erria", "eta", "oglou", "bayev", "bekov", "eanu", "aru",
)  # fmt: skip

# The text after a name.
VERBS_OF_PEOPLE = compiled(
    r"(?:'s)? (?:lives|lived|said|says|wrote|writes|replied|emailed|phoned|complained|apologi[sz]ed|resigned|thanked|was hired|was born|asked for|"
    r"called (?:back|in|us|about|to)|signed|joined the|left a (?:message|note|comment|voicemail)|is on (?:vacation|leave|holiday)|will be talking|speaks?|adına|ile görüş\pL*|tarafından|aradı|imzaladı|ödedi|istedi|iptal etti|iade etti"
    r"|a (?:rappelé|signé|appelé|demandé|confirmé|payé|répondu|annulé|réservé|envoyé)|hat (?:angerufen|unterschrieben|bestätigt|gekündigt|bezahlt|zugesagt|abgesagt|storniert|geschrieben)|ruft zurück|möchte"
    r"|ha (?:firmado|llamado|pedido|confirmado|pagado|escrito|chiamato|firmato|chiesto|pagato|scritto|ritirato|confermato|disdetto)|firmó|llamó|pidió|pagó|canceló|confirmó|escribió|assinou|pagou|ligou|pediu|confirmou|cancelou|escreveu"
    r"|podpisał[ay]?|zadzwonił[ay]?|odebrał[ay]?|prosi o|zapłacił[ay]?|napisał[ay]?|potwierdził[ay]?|heeft (?:getekend|gebeld|betaald|geschreven|bevestigd)|soitti|maksoi|allekirjoitti|ringde|betalade|ringte|betalte|podepsal[aoi]?|zaplatil[aoi]?|zavolal[aoi]?|a semnat|a plătit|a sunat"
    r"|подписал[аи]?|попросил[аи]?|позвонил[аи]?|оплатил[аи]?|написал[аи]?|υπέγραψε|πλήρωσε|ζήτησε)(?:[^\pL]|$)"
)

# The text after a name that is also words: `Mark Brown approved`.
VERBS_AFTER_WORDS = compiled(
    r" (?:has |have |had )?(?:approved|confirmed|requested|asked|reviewed|signed|joined|left|replied|called|paid|wrote|said|rejected|complained|agreed|"
    r"declined|resigned|lives|works at)\b"
)

# The text after a name in lower case of which the given name is known.
VERBS_AFTER_LOWER = compiled(
    r"(?:'s)? (?:wants?|wanted|needs?|needed|has|had|is|was|will|would|can(?:'t|not)|could(?:n't)?|did(?:n't)?|lost|found|left|took|gave|told|came|went|paid|forgot|broke|returned|received|refuses|refused|agreed|declined|accepted|confirmed|signed|booked|complained|complains|keeps|isn't|hasn't|doesn't|got|gets|sent|sends|says|said|asks|asked|reports|reported|never|still|(?:re)?scheduled|cancell?ed|changed|updated|uploaded|submitted|ordered|bought|picked|missed|moved|works?|lives|speaks|möchte|zurückgerufen|angerufen|kontaktiert|informiert|erreicht|bestellt|angeschrieben|eingeladen|bekommt|ruft|a (?:appelé|demandé|signé|confirmé|envoyé)|ha (?:llamado|pedido|confirmado|firmado|chiamato|chiesto|confermato|firmato)|dzwonił[ao]?)(?:[^\pL]|$)"
)

# Between two names of an enumeration.
BETWEEN_NAMES = frozenset(
    {
        ", ",
        " and ",
        ", and ",
        " & ",
        " or ",
        " und ",
        " et ",
        " y ",
        " e ",
        " en ",
        " og ",
        " och ",
        " и ",
        "; ",
        " + ",
        "/",
        " / ",
    }
)

# Endings of names of companies and products.
BUSINESS_ENDINGS = (
    "ics", "tech", "soft", "ware", "corp", "labs", "works", "hub", "base", "ify", "ops", "data", "cloud", "net", "pay", "bank", "media", "metrics",
    "systems", "tools", "flow", "desk", "force", "stack", "grid", "scale", "bot", "gpt", "lytics", "link", "mart", "shop", "zone", "tron", "plex",
)  # fmt: skip
