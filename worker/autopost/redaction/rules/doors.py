"""Codes of doors, safes, alarms and lockers, near a word for what they open, with or without a word for a code."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, Span, single
from autopost.redaction.rules.code_values import (
    COUNT_BEFORE,
    DATE,
    UNIT,
    VALUE,
    YEAR,
    has_digits,
    sentence_start,
    sentence_stop,
)
from autopost.redaction.rules.saying import LINK
from autopost.redaction.rules.shape import in_placeholder, is_count

_MOST_WORDS, _MOST_WORDS_OF_OPENING = 9, 13

# In place of all letters, which make an automaton for which RE2 needs ten times as long.
_LATIN, _CYRILLIC_OR_GREEK = "[a-zß-ɏ]", "[а-џґά-ώ]"

# What a code opens, in some 25 languages. After these a sign or a form of `to be` is enough.
_SURE = (
    r"(?:front |back |rear |side |main |garage )?doors?|(?:main |front |side )?gates?|(?:side |rear |main |staff )?entrance|lock ?box|key ?(?:box|safe|pad|cabinet)|padlock|bike (?:lock|shed)|strongbox|intercom|buzzer|store ?room|server room|supply closet|stair(?:well|case)|turnstile|barrier|lock-?up"
    r"|(?:haus|eingangs|wohnungs|garagen|keller|hof|hinter)?tür|(?:einfahrts|garagen|hof)tor|schlüssel(?:box|kasten|tresor|safe)|tresor|alarmanlage|gegensprechanlage|schranke|schließfach|pforte"
    r"|porte(?: d'entrée)?|portail|grille|barrière|immeuble|coffre(?:-fort)?|boîte à clés|interphone|digicode|cadenas"
    r"|puerta|cancela|portón|verja|caja fuerte|caja de llaves|portero automático|telefonillo|candado|taquilla|alarma|alarme|portão|portaria|prédio|cofre|interfone|cadeado|portone|sbarra|cancello|cassaforte|citofono|lucchetto|allarme"
    r"|(?:voor|achter|garage)?deur|hek|slagboom|poort|kluis(?:je)?|sleutelkluis(?:je)?|dörren|dør(?:en|a)?|porten|grinden|kassaskåp\pL*|nyckelskåp\pL*|nøkkelboks\pL*|nøgleboks\pL*|porttelefon\pL*|ovi|portti|portin|kassakaap\pL+|avainlokero\pL*"
    r"|drzwi\pL*|bram\pL|furtk\pL|szlaban\pL*|klatk\pL|sejf\pL*|domofon\pL*|kłódk\pL|dveř\pL*|brán\pL|trezor\pL*|ajtó\pL*|kapu\pL*|széf\pL*|riasztó\pL*|ușii?|porții|poart[ăa]|seif\pL*|kap[ıi](?:sı|nın)?|(?:key ?pad|meter cupboard|bike cage|hoftor|kapukód\pL*|ovikoodi|portkod\pL*|dörrkod\pL*|larmkod\pL*|(?:deur|poort|kluis|alarm|toegangs|zugangs|tür|tor|tresor|safe)[- ]?codes?|code d'alarme|código de (?:la )?alarma|codice (?:dell')?allarme|kod alarmu)"
).replace(r"\pL", _LATIN)
# Those that begin with a letter that is not of ASCII: RE2 knows no word boundary before it.
_NOT_ASCII = r"двер\pL+|ворот\pL*|подъезд\pL*|домофон\pL*|калитк\pL+|сейф\pL*|сигнализац\pL+|шлагбаум\pL*|під'їзд\pL*|πόρτα\pL*|χρηματοκιβώτιο|συναγερμ\pL+".replace(
    r"\pL", _CYRILLIC_OR_GREEK
)
# These also stand in other sentences, so that a verb of typing or opening is needed.
_UNSURE = r"alarms?|safe|vault|lobby|building|apartment|office|garage|shed|lockers?|elevator|lift|parking|storage unit|panel|closet|warehouse|cabinet|mailbox|gym|flat|tür\b|aufzug|keller|ascenseur|entrée|garaje|garagem|edificio|ascensor|entrada|porta|elevador|ingresso|ascensore|ingang|larm\pL*|hiss\pL*|heis\pL*".replace(
    r"\pL", _LATIN
)
_ASIAN = r"باب|بوابة|خزنة|דלת|שער|כספת|אזעקה|ドア|玄関|金庫|オートロック|宅配ボックス|キーボックス|门锁|門鎖|大门|大門|门禁|門禁|保险柜|钥匙盒|현관|도어락|대문|금고|ประตู|ตู้เซฟ|cửa|cổng|két sắt|pintu|gerbang|brankas|दरवाज"

# What is typed, or what the thing takes.
_TYPED = re.compile(
    r"(?i)\b(?:press|enter|dial|type|typed|typing|punch(?:ed)?(?: in)?|key(?:ed)? in|tap(?:ped)?|takes?|took|wants?|wanted|accepts?|requires?|(?:opens?|disarms?|unlocks?) (?:with|to|by|on)|opened (?:with|to|by|on)|code|pin|combination|combo"
    r"|drück\w*|eingeben|tippe\w*|tap(?:ez|er)|compose[zr]|marcar|pulsar|teclear|digitare?|premere|eintippen|wpisać|wcisnąć|набрать|нажать|tape|marca|pulsa|teclea|digite|premi|digita|marcando|tecleando|pulsando|digitando|composant|tapant|toets|wpisz|naber|zadej|nyomja|tastați|bas(?:ın)?|нажми\w*|набери\w*|введи\w*)\s(?:in\s|the\s|code\s|pin\s|it\s){0,2}[\"'`]?$"
)
# These lead to a code only in a sentence about opening.
_WITH = re.compile(
    r"(?i)\b(?:use|used|using|needs?|with|by|number|nummer|mit|avec|con|com|med|met)\s(?:the\s|code\s){0,2}[\"'`]?$"
)
_OPENS = re.compile(
    r"(?i)\b(?:opens?|opened|opening|unlock\w*|(?:dis)?arm(?:s|ed|ing)?|(?:switch|turn)(?:ed|s)?(?: (?:it|them|that|the \w+))? off|silenced?|stopped it|(?:ab|aus)(?:ge)?stell\w*|éteint\w*|apagu?\w*|spent\w*|afgezet|g[eo]t in|let (?:me|us|him|her|them) in|after \d|keypad|buzzer|öffne\w*|geht (?:mit|auf)|geöffnet|aufgesperrt|(?:aus|ein)?(?:ge)?schaltet|(?:un)?scharf|schalten|d[ée]sactiv\w*|desact[ií]v\w*|coup[ée]\w*|se quitó|quitad[ao]|disinseri\w*|inserit[ao]|desligad[ao]|wyłączon\w*|rozbrojon\w*|отключ\w*|desativ\w*|disattiv\w*|uitgeschakeld|uitschakelen|entsperr\w*|ouvr\w+|abr[eií]\w*|apr[eoi]\w*|otwier\w+|otevř\w+|откр\w+)"
)
_ASSIGNED = re.compile(r"(?:[:：=]|\s[-–—])[\s\"'`(]*$")
# What follows the word at once, unless it is part of another noun: `entrance exam`.
_OWNED = re.compile(
    r"(?i)^(?:\s?[-–—:：=(]|\s(?:is|are|was|now|reads|of|for|in|at|on|to|by|behind|next|left|right|changed|set|reset|moved|combination|code|pin|keypad|combination|combo|ist|lautet|jetzt|der|des|vom|im|am|am|zum|est|de|du|des|d'|es|ahora|del|é|è|di|do|da|dos|van|is|är|er|på|til|till|i|on|to|jest|do|od|je|este|k|на|в|от|είναι|nu|nå)\b|[のはは은는的]|\s?[^\x00-\x7f])"
)
_MEASURE = re.compile(
    r"(?i)^\s?(?:k?g|km|m|cm|mm|m²|sqm|sq|k?w|k?wh|v|l|°c?|degrees|seats|places|spaces|euros?|dollars?)\b"
)
_DIGIT = re.compile("[0-9]")
# A noun for a code between what it opens and the number: `Kapı şifresi 3357`.
_NOUN = re.compile(
    r"(?i)\s(?:code|pin|combination|combo|numbers?|'s number|digits|nummer|zahlen|ziffern|şifresi|kodu|kód|kod|koden|koodi|clave|senha|número|numero|chiffres?|cijfers|номер|шифр|код)\s?[:=]?\s?[\"'`(]?"
)
_NAMED_CODE = re.compile(
    r"(?i).*(?:codes?|kod\w*|kód\w*|koodi|codice.*|código.*|code d'alarme|schlüsseltresor|schlüssel(?:box|kasten|safe)|key ?safe)"
)
_KEYED = r"press|enter|dial|type|punch(?: in)?|key(?: in)?|tap(?: in)?|ring|drücke?n?|tippe?n?|tapez|composez|taper|composer|marca|marque|pulsa|teclea|digita|digite|premi|toets|wpisz|naciśnij|zadej|нажми(?:те)?|набери(?:те)?|введи(?:те)?"
_ENTRY = r"\b(?:doors?|gates?|entrance|entry|barrier|bell|buzzer|intercom|lobby|elevator|lift|key ?pad|green light|turnstile|portal|portail|porte|puerta|portão|cancello|(?:am|das|dem|zum) tor|tür|eingang|schranke|klingel|glocke|campana|sonnette|deur|poort|hek|bel\b|drzwi|bram[aęy]|domofon\w*|двер\w+|калитк\w+|домофон\w*|handle|knob|lever)\b"
_TURNED = re.compile(r"\d{1,2}(?:-\d{1,2}){2,3}")  # of a lock with a dial
_TO = re.compile(r"(?i)\s(?:to|auf|zu|à|a|na|naar|til|till|în|на)\s")
_CLAUSE = re.compile(r"[#*]?\s?(?:[.,;!?)]|$|(?:and|und|et|y|e|en|och|og|i|и|і|then)\s)")
_ASIAN_LINK = re.compile(r"(?:[は是为為는은]|비밀번호|번호|密码|密碼|番号)[\s「\"]*$")
_MASKED = re.compile(
    r"(?i)\b(?:port|line|page|release|build|version|ticket|issue|order|floor|level|unit|room|house|street|locker|number of)\s$"
)


def _codes(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the code in the sentence of the word: after it, or before it if it is typed."""
    if in_placeholder(text, start) or (text[end : end + 1].isalpha() and text[end] < "\u0590"):
        return
    left, stop = sentence_start(text, start), sentence_stop(text, end)
    if _DIGIT.search(text, left, stop + 1) is None:
        return
    after = [match for match in VALUE.finditer(text, end, min(stop + 1, len(text))) if _is_code(text, match)]
    before = [match for match in VALUE.finditer(text, left, start) if _is_code(text, match)]
    if not (after or before):
        return  # what follows takes more time
    sure = _OF_DOORS.fullmatch(text[start:end].strip()) is not None
    opens = _OPENS.search(text, left, stop) is not None
    changed, starts = False, len(text[left:start].rsplit(",", 1)[-1].split()) <= 1
    for match in after:
        gap = text[end : match.start()]
        if len(gap.split()) > (_MOST_WORDS_OF_OPENING if opens else _MOST_WORDS) or "\n" in gap:
            break
        typed = _TYPED.search(gap) is not None or (opens and _WITH.search(gap) is not None)
        linked = (
            (sure or _TURNED.fullmatch(match.group()) is not None)
            and _OWNED.match(gap) is not None
            and (
                _ASSIGNED.search(gap) is not None
                or (bool(gap.strip()) and (LINK.search(gap) is not None or _ASIAN_LINK.search(gap) is not None))
            )
        )
        direct = (sure and gap == " " and _NAMED_CODE.fullmatch(text[start:end]) is not None) or (
            sure and (_NOUN.fullmatch(gap) is not None or (gap == " " and starts and _ends_clause(text, match.end())))
        )
        if typed or linked or direct or changed:
            yield match.span()
            changed = _TO.match(text, match.end()) is not None
            if not changed:
                return
    for match in before:
        gap = text[match.end() : start]
        if (
            len(gap.split()) <= 5
            and _is_typed(text[left : match.start()], opens=opens)
            and re.match(
                r"(?i)[\"'`)]?[#*]?\s?(?:,|at|on|for|to|in|into|an|am|à|en|na|bij|vid|by|then|opens|and)\b", gap
            )
            is not None
        ):
            yield match.span()


def _ends_clause(text: str, end: int) -> bool:
    return _CLAUSE.match(text, end) is not None


_KEYS = " abcdefghijklmnopqrstuvwxyzé"  # `2 8 8 1 star`
_CHANGED_IN = re.compile(r"(?i)\b(?:gewijzigd|veranderd|aangepast|geändert|gewechselt)\sin\s$")


def _is_code(text: str, match: re.Match[str]) -> bool:
    value, (start, end) = match.group().rstrip(_KEYS), match.span()
    digits = sum(map(str.isdigit, value))
    if digits < 3 or (value.isdigit() and not 4 <= len(value) <= 8) or DATE.fullmatch(value):
        return False
    if (
        is_count(text, end)
        or UNIT.match(text[end : end + 20])
        or _MEASURE.match(text[end : end + 12])
        or _MASKED.search(text[max(0, start - 12) : start])
    ):
        return False
    if YEAR.fullmatch(value) and not re.search(r"(?i)(?:code|pin|[:=])\s?$", text[max(0, start - 6) : start]):
        return False
    if value[0].isalpha() and value[-1].isalpha():
        return False
    before = text[max(0, start - 16) : start]
    return len(value) < 10 and (COUNT_BEFORE.search(before) is None or _CHANGED_IN.search(before) is not None)


def _is_typed(before: str, *, opens: bool) -> bool:
    return (
        _TYPED.search(before) is not None
        or _USED.search(before) is not None
        or (opens and _WITH.search(before) is not None)
    )


_USED = re.compile(r"(?i)\b(?:use|need|used)\s[\"'`]?$")
_OF_DOORS = compiled(rf"(?i)(?:{_SURE}|{_NOT_ASCII}|{_ASIAN})")


def _keyed(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept what is keyed in, if its sentence names an entry."""
    sentence = text[sentence_start(text, start) : sentence_stop(text, end)]
    match = VALUE.match(text, start)
    if match is None or match.end() != end or not _ENTRIES.search(sentence) or UNIT.match(text[end : end + 20]):
        return
    if sum(map(str.isdigit, text[start:end])) >= 3 and not DATE.fullmatch(text[start:end]) and not is_count(text, end):
        yield start, end


_ENTRIES = re.compile(rf"(?i){_ENTRY}")

RULES = (
    Rule(
        "PIN",
        rf"(?i)(?:(?:^|[^\pL])(?:{_KEYED})\s(?:the\s|code\s|in\s|\d{{1,3}}\s(?:then|and|puis|dann)\s){{0,2}}[\"'`]?([#*]?[A-Z]?\d{{3,6}}[A-Z]?[#*]?|\d(?:-\d){{3,5}})(?:[\s\"'`.,;)]|$)|\s([A-Z]?\d{{3,6}}[#*]?)\s(?:eintippen|eingeben|drücken|tippen|wählen|invoeren|intoetsen)\b)",
        "what is keyed in, in a sentence about an entry",
        anchor=rf"(?i)(?:^|[^\pL])(?:{_KEYED})\s[^.]{{0,20}}\d(?:\d{{2}}|-\d-\d)|\d{{3}}[#*]?\s(?:eintippen|eingeben|drücken|tippen|wählen|invoeren|intoetsen)",
        score=0.65,
        refine=_keyed,
        name="keyed-in",
    ),
    Rule(
        "PIN",
        r"(?i)\b(?:elevator|lift|office|guests?|courier|access|entry|entrance|lobby|gate|doors?|ring|bell|barrier|get in|let in|eingang|aufzug|ascenseur|ascensor|ingang)\b[^.\n#*]{0,40}?\s(\d{3,6}[#*])(?:[\s.,;)]|$)",
        "digits with the key that ends them, after a word for an entry",
        anchor=r"\s\d{3,6}[#*](?:[\s.,;)]|$)",
        score=0.7,
        name="keypad-after-entry",
    ),
    Rule(
        "PIN",
        rf"(?i)(?:\b(?:{_SURE}|{_UNSURE})|{_NOT_ASCII}|{_ASIAN})",
        "a word for what a code opens, in the same sentence",
        score=0.7,
        refine=_codes,
        name="code-of-door",
    ),
    Rule(
        "PIN",
        r"(?i)\b(?:alarm|lock ?box|key ?pad|key ?safe|safe|vault|gate|door|garage|locker|padlock|bike lock|intercom|entrance|building|phone|tablet|laptop|handset|barrier|shed|cage|cabinet|cupboard|chest|hatch|shutter|cellar)\b(?:\s\d{1,2})?(?:[^.\n\d]{0,24}?\b(?:opens?|opened|(?:dis)?arm(?:s|ed)?|unlock(?:s|ed)?|locks?)\s(?:it\s)?(?:with|by|using)|\s(?:takes|accepts|wants|uses)(?:\s(?:the\s)?(?:code|pin))?|\s?[:=])\s?[\"'`]?(\d{4,8}#?|\d{1,2}(?:-\d{1,2}){2,5})\b",
        "a word for what it opens before it",
        anchor=r"(?i)\b(?:alarm|lock ?box|key ?pad|key ?safe|safe|vault|gate|door|garage|locker|padlock|bike lock|intercom|entrance|building|phone|tablet|laptop|handset|barrier|shed|cage|cabinet|cupboard|chest|hatch|shutter|cellar)\b[^.]*\d",
        score=0.75,
        refine=single(lambda text, start, end: not is_count(text, end) and UNIT.match(text[end : end + 20]) is None),
        name="opens-with",
    ),
    Rule(
        "PIN",
        r"(?i)\b(?:(?:gate|door|entrance|entry|building|garage|intercom|alarm|access|elevator|lift|parking)\s(\d{4,6}#)|(?:gate|entrance|keypad|intercom)\s([#*]\d{4,6}[#*]?)(?:\s|[.,;]|$))",
        "a number with the key that ends it on a keypad",
        anchor=r"\s\d{4,6}#|\s[#*]\d{4}",
        score=0.75,
        name="keypad",
    ),
    Rule(
        "PIN",
        r"(?i)\b(?:(?:alarm|vault|gate|front door|door|garage|entrance|elevator|lift|safe)\s(?:(?:keypad|pin|code)\s(?:(?:is|was|takes|needs|wants|accepts)\s)?|(?:is|takes|needs|wants|accepts)\s(?:the\s)?(?:code\s)?)|(?:key ?pad|padlock|bike lock|combination lock)[\s:]{1,2}(?:(?:is|code)\s)?)[\"'`]?([0-9]{4,6}#?)\b",
        "a word for what it opens, a keypad or a form of `to be`",
        anchor=r"(?i)\b(?:alarm|vault|gate|door|garage|entrance|elevator|lift|safe|key ?pad|padlock|bike lock|combination lock)[\s:]{1,2}(?:(?:keypad|pin|code|is|was|takes|needs|wants|accepts|the)\s){0,3}[\"'`]?[0-9]{4}",
        score=0.7,
        refine=single(lambda text, start, end: has_digits(text, start, end) and not YEAR.fullmatch(text[start:end])),
        name="opens",
    ),
    Rule(
        "PIN",
        r"(?i)\b(?:doors?|store|locks?|gate|room|shed|entrance|cupboard|keysafe|key safe|keypad|code|closet|stairs|lift)(?:\s(?:is|was|takes|with))?[\s:]{1,2}((?-i:C\d{3,5}[XYZ]))(?:[\"'`]?[.,;!?)]|$)",
        "codes of mechanical locks, which begin with C and end with X, Y or Z",
        anchor=r"[\s:]C\d{3,5}[XYZ]",
        score=0.7,
        name="mechanical-lock",
    ),
    Rule(
        "PIN",
        r"(?i)\b(?:lock ?box|key ?(?:box|safe|cabinet)|digicode|combination|combo|voordeurcode)[\s:=(\"'`]{1,3}([0-9]{4,8}|[0-9A-Z]{4,8}|[0-9]{1,2}(?:-[0-9]{1,2}){2,5})\b",
        "a word for a lock directly before it",
        anchor=r"(?i)\b(?:lock ?box|key ?(?:box|safe|cabinet)|digicode|combination|combo|voordeurcode)[\s:=(\"'`]{1,3}[0-9A-Z]",
        score=0.75,
        refine=single(has_digits),
        name="lock",
    ),
    Rule(
        "PIN",
        r"(?i)\b(?:enter|press|dial|type|punch|key|tap|buzz|use)(?:e?d|ing|s)?\s(?:in\s)?[\"'`]?([#*]?[0-9]{3,8}[#*]?)[\"'`]?\s(?:(?:on|at|into|in)\s(?:the\s)?(?:\w+\s)?(?:key ?pad|intercom|door|gate|entry ?phone|entrance|alarm|panel|buzzer|lock|lock ?box|key ?safe|elevator|lift|vault|safe)|(?:then\s\w+\s)?(?:to|and it will)\s(?:disarm|arm|open|unlock|enter|get in))\b",
        "what is typed on a keypad, before a word for what it opens",
        anchor=r"(?i)\b(?:enter|press|dial|type|punch|key|tap|buzz|use)(?:e?d|ing|s)?\s(?:in\s)?[\"'`]?[#*]?[0-9]{3,8}",
        score=0.75,
        name="typed-on-keypad",
    ),
    Rule(
        "PIN",
        r"(?i)(?:\bto\s(?:dis)?(?:arm|open|unlock)\b[^\n.\d]{0,24}?\b(?:press|enter|dial|type|use|punch)(?:\sin)?|\b(?:disarm|re-?arm|arm)(?:ed)?\s(?:it\s)?(?:again\s)?(?:with|by|using)|\blet (?:the\s)?\w+\sin\s(?:with|using)|\blet (?:your|my|him|her|them|our)sel(?:f|ves) in(?:,|\swith|\susing))\s[\"'`]?([#*]?[0-9]{4,8}[#*]?)\b",
        "what is typed on a keypad, after a word for what it opens",
        anchor=r"(?i)\bto\s(?:dis)?(?:arm|open|unlock)\b|\bdisarm|\b(?:re-?)?arm(?:ed)?\s|\bsel(?:f|ves) in|\sin\s(?:with|using)\s[\"'`]?[#*]?[0-9]{4}",
        score=0.75,
        refine=single(lambda text, start, end: not is_count(text, end)),
        name="to-open",
    ),
)
