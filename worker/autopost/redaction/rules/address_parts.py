"""The parts that rules for street addresses share: numbers, names, suffixes, units, towns and postcodes."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

# Letters of Latin, Greek and Cyrillic script. Unicode's classes make patterns three times as large.
_CAPITALS = "A-ZÀ-ÖØ-ÞĆČĎĐĘĚĞİŁŃŇŐŘŚŞŠŤŮŰŹŻŽȘȚΑ-ΡΣ-ΩЀ-Я"
LETTERS = "A-Za-zÀ-ÖØ-öø-žȘ-țΆΈ-ΊΌΎ-ΡΣ-ώЀ-ҁҊ-ӿ"
CAP = rf"[{_CAPITALS}][{LETTERS}']*(?:[.-][{LETTERS}']+)*"  # a word with a capital
NAME = rf"(?:[{_CAPITALS}][{LETTERS}'.-]*,?|\d{{1,3}}(?:st|nd|rd|th)|of|the|de|la|del|los|las|von|van|el)"
LOWER = rf"[a-zß-öø-ÿ\d][{LETTERS}\d'.-]*"

HOUSE = r"\b\d{1,5}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?(?: 1/2)?,?[ \n]"
DIRECTION = (
    r"(?:[ \n]?\b(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West|Northeast|Northwest|Southeast|Southwest)\b\.?[ \n]?)?"
)
_UNITS = r"(?i:apt|lgh|bte|bl|ap|apartment|suite|ste|unit|flat|floor|fl|room|rm|bldg|building|level|lot|no|wohnung|whg|top|piso|bureau|appt|int|interno|scala|b[âa]t(?:iment)?|esc(?:alier)?)"
_UNIT_ID = r"(?:\d[\dA-Za-z-]{0,5}|[A-Za-z](?:-?\d{1,4})?)\b"
# A flat, a floor or a house with a name before the number: `Flat 12, Kestrel House, 88 Camden High Street`.
_HOUSE_KIND = r"(?:Cottage|House|Lodge|Farm|Farmhouse|Barn|Barns|Hall|Mill|Manor|Rectory|Vicarage|Smithy|Forge|Court|Villas?|Residences?|Grange|Stables|Bungalow|Chapel|Schoolhouse|Heights|Mansions|Buildings?|Tower|Point)"
NAMED_HOUSE = rf"(?:The[ ])?(?:{CAP}[ ]){{0,3}}{_HOUSE_KIND},[ \n]"
UNIT = rf"(?:\b(?:{_UNITS})\.?[ ]#?{_UNIT_ID},?[ \n]|\b(?:\d{{1,2}}(?:st|nd|rd|th)|First|Second|Third|Ground|Top) [Ff]loor,?[ \n])"
UNIT_FIRST = rf"(?:{UNIT}(?:{NAMED_HOUSE})?|\b{NAMED_HOUSE})?"
ESTATE = r"(?:Industrial|Business|Retail|Trading|Science|Technology|Office|Enterprise|Commerce)[ ](?:Estate|Park|Centre|Center|Village)"
_UNIT = rf"(?:,?[ \n](?:(?:{_UNITS})\.?(?:[ ]?#?[ ]?\d[\dA-Za-z-]{{0,5}}\b|[ ]#?{_UNIT_ID})|#[ ]?{_UNIT_ID}|\d{{1,2}}\.[ ]?(?:OG|UG|DG|Stock|Etage|Obergeschoss)\b(?:[ ](?:links|rechts|mitte|li\.|re\.|vorne|hinten))?|(?:EG|DG|UG|Hinterhaus|Vorderhaus)\b(?:[ ](?:links|rechts))?|(?:st|\d{{1,2}})\.?[ ](?:tv|th|mf|sal)\b\.?|\d{{1,2}}\.?[oa]\.?[ ](?:Esq|Dto|Dir|Fte)\b\.?|(?:\d{{1,2}}(?:st|nd|rd|th)|[Ff]irst|[Ss]econd|[Tt]hird|[Gg]round|[Tt]op) [Ff]loor))"

STATES = r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEHINOPST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY])"
_STATE_NAMES = (
    r"(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|"
    r"Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|"
    r"North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|"
    r"Washington|West Virginia|Wisconsin|Wyoming|Ontario|Quebec|British Columbia|Alberta|Manitoba|NSW|VIC|QLD|TAS|ACT|ON|QC|BC|AB|MB)"
)
_COUNTRY = (
    r"(?:,?[ \n](?:USA|U\.S\.A\.|United States(?: of America)?|UK|U\.K\.|United Kingdom|England|Scotland|Wales|Ireland|Canada|Australia|New Zealand|India|"
    r"Singapore|South Africa|Germany|Deutschland|Austria|Österreich|Switzerland|Schweiz|France|Spain|España|Italy|Italia|Netherlands|Nederland|Belgium|"
    r"Portugal|Brasil|Brazil|Mexico|México|Poland|Polska|Sweden|Norway|Denmark|Finland)\b)?"
)
_US_ZIP = r"\d{5}(?:-\d{4})?"
UK_CODE = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
_CA = r"[A-Z]\d[A-Z] ?\d[A-Z]\d"
_CODE = rf"(?:{_CA}|{UK_CODE}|[A-Z]\d[\dW][ ]?[A-Z\d]{{4}}|{_US_ZIP}|\d{{4,6}})"
TOWN = rf"(?:(?:{CAP}|St\.)[ \n]){{0,2}}{CAP}"
# In lower case only with a state and a ZIP code, or a postcode.
_LOWER_PLACE = rf"(?:,?[ ](?:[a-z][a-z'.-]*[ ]){{0,2}}[a-z][a-z'.-]*,?[ ](?:(?i:{STATES}),?[ ]\d{{5}}(?:-\d{{4}})?|(?i:{UK_CODE}))\b)"
# What can follow a street: a unit, a town, a state, a postcode, a country.
_PLACE = (
    rf"(?:,?[ \n](?:in[ \n])?{TOWN}(?:,[ \n]{TOWN})?,?[ \n](?:(?:{STATES}|{_STATE_NAMES})\b(?:,?[ \n]{_CODE}\b)?|{_CODE}\b)"
    rf"|,?[ \n](?:(?:{STATES}|{_STATE_NAMES}),?[ \n])?{_CODE}\b|,?[ \n](?:[A-Z]{{1,2}}-)?\d{{4,5}}[ \n]{TOWN}|{_LOWER_PLACE})"
)
_ONLY_TOWN = rf"(?:,[ \n]{TOWN})"
TAIL = rf"{_UNIT}?(?:{_PLACE}|{_ONLY_TOWN}{{1,2}})?{_COUNTRY}"
TAIL_NEEDED = rf"(?:{_UNIT}(?:{_PLACE}|{_ONLY_TOWN}{{1,2}})?|{_PLACE}|{_ONLY_TOWN}{{1,2}}){_COUNTRY}"

STRONG = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Highway|Hwy|Parkway|Pkwy|Terrace|Crescent|Cres|Turnpike|Tpke|Expressway|Freeway|Causeway"
    r"|Esplanade|Quay|Thoroughfare|Cul-de-sac|Ct|Cir|Trl|Gdns|Plz|Wynd|Brae|Mews)"
)
WEAK = (
    r"(?:Drive|Dr|Court|Ct|Place|Pl|Way|Park|Square|Sq|Circle|Cir|Trail|Trl|Close|Gardens|Gdns|Grove|Hill|Hills|Row|Walk|Mews|Gate|Loop|Plaza|Plz|Green|View"
    r"|Rise|Ridge|Alley|Path|Heights|Hollow|Landing|Meadows?|Mill|Orchard|Bend|Crossing|Fields?|Glen|Haven|Island|Knoll|Lodge|Manor|Oaks|Point|Run|Shore|Springs?"
    r"|Station|Summit|Valley|Village|Vista|Ter|Wharf|Yard|Parade|Croft|Vale|Common|Broadway|End|Chase|Mount|Promenade|Marg|Nagar|Paddocks?|Dene|Fold|Garth|Leas|Strand|Approach)"
)
# Those of them that hardly anything else has.
PHYSICAL = r"(?:Drive|Court|Circle|Close|Gardens|Grove|Mews|Yard|Hollow|Croft|Meadows?|Orchard|Parade|Paddocks?|Row|Trail|Alley|Knoll|Glen|Manor|Dene|Chase|Wharf|Place|Way|Terrace|Rise|Ridge|Vale|Heights|Walk|Hill|Park|Green|Square|Crossing|Landing|Loop|Lodge|Oaks|Bend|End)"
BEFORE_STREET = r"(?i:\b(?:at|to|of|for|from|near|visited|inspected|outside|line [12]|stop [12]|stops?:|address(?: is)?:?|and|then|opposite|behind|next to)[ \n])"
# What can follow a street in a sentence; a noun would make it a count of things.
AFTER_STREET = r"(?:[.,;:!?)\n\"']|$|[ ](?:on|at|in|and|or|by|for|from|to|with|without|was|is|has|were|before|after|until|since|because|although|but|so|then|today|tomorrow|yesterday|this|last|next|again|as|who|which|via|[a-z]+ed)\b|[ ]-[ ])"
SHOUTED = r"(?:STREET|ST|AVENUE|AVE|ROAD|RD|BOULEVARD|BLVD|LANE|LN|HIGHWAY|HWY|PARKWAY|PKWY|DRIVE|DR|COURT|CT|CIRCLE|CIR|TERRACE|TER)"
NUMBERED_ROAD = (
    r"(?:(?:US|State|County|Farm|Old|Farm to Market)[ ]){0,2}(?:Highway|Hwy\.?|Route|Rte\.?|FM|Road)[ ]\d{1,4}[A-Z]?\b"
)
# Words of living and delivering before an address.
CUE = (
    r"(?i:\b(?:(?:ship|bill|deliver|send|mail)[_ -]?to[\"']?|address_?(?:line)?_?\d?[\"']?|lives?|lived|living|resid(?:es?|ed|ing)|located|based|deliver(?:ed|y|ies)?|shipp?(?:ed|ing)?|sent|mail(?:ed|ing)?|moved|billing|home|house|office|pick(?:ed)?[ -]?up|"
    r"drop(?:ped)?[ -]?off|visit(?:ed)?|meet(?:ing)?|address|addr|residence|parcel|package|courier|property|apartment)\b"
    r"(?:[ \n](?:is|was|now|new|old|current|to|at|on|in|address|it|him|her|them|us|the|my|his|their|our|from|for|customer|order|package|parcel|out|near|under)){0,4}[:=]?[ \n]?[\"'(]?[ ]?)"
)

# What distinguishes towns of one name: `am Main`.
_BY_WATER = r"(?:am|an der|im|in der|ob der|sur|sous|en)"
BOX = (
    rf"(?i:\b(?:p\.?[ ]?o\.?[ ]?box|(?:rr|hc|rural route)[ ]\d{{1,3}},?[ ]box|post office box|g\.?p\.?o\.? box|private bag|locked bag|postfach|postbus|bo[iî]te postale|apartado(?: de correos| postal)?|casella postale|caixa postal|postboks)[ ]#?[xX]?\d[\d ]{{0,6}}\d?\b)"
    rf"(?:,?[ \n](?:[A-Z]{{1,2}}-)?\d{{4,5}}(?: ?[A-Z]{{2}})?[ \n]{TOWN}(?:[ \n]{_BY_WATER}[ \n]{CAP})?|{_PLACE})?"
)

# A house number in front of a street whose number follows, as forms of other countries put it.
FIRST_NUMBER = r"(?:\b\d{1,5},?[ \n])?"
POSTAL_TOWN = rf"(?:{_UNIT}(?:{_PLACE}|,?[ \n]{{1,2}}{TOWN})??)?(?:,?[ \n](?:in[ ])?(?:(?:DE|D|A|AT|CH|F|FR|E|ES|I|IT|NL|B|BE|L|PT|P)-)?(?:\d{{4}}[ ]?[A-Z]{{2}}|\d{{4,5}}|\d{{4}}-\d{{3}}|\d{{5}}-\d{{3}})[ \n]{TOWN}(?:[ \n]{_BY_WATER}[ \n]{CAP}|/{CAP})?(?:[ ]?\([A-Z]{{2}}\)|,?[ ][A-Z]{{2}}\b)?|,[ \n]{TOWN},?[ ]{_CA}|,[ \n]{TOWN})?{_COUNTRY}"

_GERMAN_NUMBER = r"\d{1,4}(?:[ ]?[a-zA-Z]\b)?(?:[ ]?[-/][ ]?\d{1,4}[a-z]?)*"
GERMAN = rf"{FIRST_NUMBER}(?:(?:{CAP}[ \n-]){{0,3}}(?:[\p{{Lu}}][\p{{L}}-]*)?(?i:stra(?:ß|ss)e|str\.?|gasse|allee|chaussee)|[\p{{Lu}}][\p{{L}}-]{{2,}}(?:weg|platz|damm|ufer|steig|pfad|graben|brücke|markt|wall|stieg|twiete|kamp)|Unter den Linden|Kurfürstendamm)[ \n]?{_GERMAN_NUMBER}"
_FRENCH_LINK = r"(?:(?:à la|à|au|de la|de l'|du|des|de|d'|la|le|les|l'|aux?|sur|sous|et|en)[ \n]?)"
FRENCH_WORD = r"(?i:rue|avenue|av\.?|boulevard|bd\.?|boul\.?|place|pl\.|chemin|ch\.|impasse|all[ée]e|quai|route|cours|square|passage|faubourg|esplanade|promenade|sentier)"
_FRENCH_HOUSE = r"(?:\b(?:R[ée]s(?:idence|\.)?|B[âa]t(?:iment|\.)?|Immeuble|App(?:artemen)?t?\.?|Lotissement|Hameau|Villa)[ ](?:[\p{Lu}\d][\p{L}\d'.-]*[ ]?){1,4},[ \n])?"
FRENCH = (
    rf"{_FRENCH_HOUSE}\b\d{{1,4}}(?:[ ]?(?:bis|ter|quater|[A-D]))?,?[ \n]{FRENCH_WORD}[ \n]"
    rf"{_FRENCH_LINK}*(?:[\p{{Lu}}\d][\p{{L}}\d'.-]*)(?:[ \n]{_FRENCH_LINK}*[\p{{Lu}}][\p{{L}}'.-]*){{0,4}}"
)
LATIN_LINK = (
    r"(?:(?:de sant|de la|de los|de las|della|delle|dei|degli|dell'|del|de|do|da|dos|das|di|la|el|los|las|y|e)[ \n]?)"
)
SPANISH_WORD = r"(?:\b(?i:calle|avenida|avda?\.?|av\.|paseo|plaza|pza\.?|camino|ronda|carrera|carretera|rambla|traves[íi]a|cra\.?|jir[óo]n|rua|travessa|pra[çc]a|alameda|rodovia|estrada|via|viale|piazza|piazzale|corso|vicolo|largo|strada(?:[ ](?:statale|provinciale|comunale))?|contrada|salita|borgo|lungo\w+|carrer|passeig|avinguda|pla[çc]a|traves(?:s[íi]a|[íi]a)|r[úu]a|glorieta|cuesta|costanilla|urbanizaci[óo]n)|\b[Cc]/|\bC\.)"
_SPANISH_HOUSE = r"(?:\b(?:Urb(?:anizaci[óo]n|\.)?|Col(?:onia|\.)|Edif(?:icio|\.)?|Conjunto|Barrio|Fracc(?:ionamiento|\.)|Residencial)[ ](?:[\p{L}\d'.-]+[ ]?){1,4},[ \n])?"
# `Carrera 14 # 82-31`, as streets of Colombia are written.
GRID = r"(?i:\b(?:calle|carrera|cra\.?|kra?\.?|cl\.?|transversal|diagonal|avenida|av\.?|autopista)[ ]\d{1,3}[ ]?[a-z]?(?:[ ](?:bis|sur|norte|este|oeste))?[ ]?(?:#|n[o°]?\.?|nro\.?)[ ]?\d{1,3}[ ]?[a-z]?[ ]?-[ ]?\d{1,3})"
SPANISH = (
    rf"{_SPANISH_HOUSE}{FIRST_NUMBER}{SPANISH_WORD}[ \n]?"
    rf"{LATIN_LINK}*[\p{{Lu}}\d][\p{{L}}\d'.ºª-]*(?:[ \n]{LATIN_LINK}*\p{{Lu}}[\p{{L}}'.-]*){{0,4}},?[ \n](?:(?i:n\.?[ºo°]?|num\.?|n[úu]mero|#|no\.?|nr\.?)[ ]?)?(?:\d{{1,5}}(?:/\w{{1,3}}|[a-zA-Z]\b)?(?:,?[ ]n(?:[o°]|\.|[o°]\.)[ ]?\d{{1,4}})?|s/n\b)(?:,?[ \n](?:\d{{1,2}}\.?[ºª°oa]\.?(?:[ ]?[A-Za-zªº]{{1,4}}\b\.?)?|(?i:piso|int\.?|interno|scala|bajo|apto\.?|depto\.?|puerta|ap\.?|sala|bloco)[ ]?\w{{0,4}}))*"
)

# What may stand before the number or the name of a street, and behind it; only beside what is an address by itself.
BEFORE_IT = rf"(?:^|[^\pL\pN])((?:(?:{_UNITS}|(?i:block|blk|plot|haus|residence|wohnung|appartement|apartamento))\.?[ ]#?[\w-]{{1,6}}(?:,[ \n]?|[ \n]|/)|(?i:unit|flat|apt|shop|lot)[ ]|(?:Haus[ ]{CAP},|{NAMED_HOUSE})[ \n]?))$"
# What distinguishes towns of one name, and the code behind a town.
BEHIND_TOWN = rf"(?:[ ](?:\d{{1,2}}|[A-Z])(?:[.,;)\n]|$)|[ ]-[ ][A-Z]{{2}}(?:,?[ ]\d{{5}}-\d{{3}})?|,?[ ](?:{_CODE}|\d{{3}}[ ]\d{{2}})(?:[.,;)\n]|$)|\.?[ ]{CAP},[ ]\d{{5}}[ ]{CAP})"
BEHIND_IT = (
    rf"(?:{_UNIT}\.?|,?[ ](?i:no|nr|d|kat|daire)[.:][ ]?\d{{1,4}}|[ ]#\d{{2}}-\d{{2,4}})*"
    rf"(?:[.,]{{0,2}}[ \n](?:[A-Z]{{1,2}}-)?(?:\d{{3}}[ ]\d{{2}}|\d{{4,6}}|\d{{2}}-\d{{3}}|\d{{4}} ?[A-Z]{{2}}|\d{{4,5}}-\d{{3}})[ \n]{TOWN}(?:[ ](?:\d{{1,2}}|[A-Z])\b|[ ]{_BY_WATER}[ ]{CAP}|/{CAP}|[ ]?\([A-Z]{{2}}\))?"
    rf"|,[ \n](?:(?:Col|Urb|Fracc|Barrio|Colonia|Bairro)\.?[ ])?{TOWN}(?:,[ \n]{TOWN})?(?:[ ]-[ ][A-Z]{{2}})?(?:,?[ \n](?:{STATES}|{_STATE_NAMES}))?,?[ \n](?:{_CODE}|\d{{5}}-\d{{3}})\b(?:[ ][A-Z]{{2,4}}\b)?"
    rf"|,[ \n]{TOWN}(?:[.;)\n]|$))?"
)

# After these any words and a number are an address: `lives at Kuusiku 7`.
LIVES_AT = r"(?i:\b(?:liv(?:es?|ed|ing)|resid(?:es?|ed|ing)|wohn(?:t|haft))[ \n](?:at|on|in|am|bei)|(?:home|street|postal|mailing|billing|shipping|delivery|residential|private)[ \n]address(?:[ \n]is|:)?|\baddress:|anschrift:|adresse:|direcci[óo]n:|indirizzo:|adres:)[ \n]{1,2}"
ANY_STREET = rf"{FIRST_NUMBER}(?:{CAP}[ \n]){{1,4}}\d{{1,5}}[a-zA-Z]?"
WITH_UNIT = rf"{FIRST_NUMBER}(?:{CAP}[ \n]){{1,4}}\d{{1,5}}\.?,?[ \n](?:(?i:apt|apartment|suite|ste|unit|flat)\.?[ ]?#?{_UNIT_ID})(?:{_PLACE}|,?[ \n]{{1,2}}{TOWN})?{_COUNTRY}"
