"""PINs, one-time codes and codes of doors and recovery, near a word for them in the same sentence."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re
from collections.abc import Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.rule import Rule, Span, single
from autopost.redaction.rules.code_values import (
    BESIDE,
    CHANGED_FROM,
    COUNT_BEFORE,
    DATE,
    REACH_CHARACTERS,
    UNIT,
    VALUE,
    YEAR,
    has_digits,
    is_spelled,
    sentence_start,
    sentence_stop,
)
from autopost.redaction.rules.labels import CODE, OF_CODES, OF_OTHER_CODES, PIN
from autopost.redaction.rules.mixture import is_coded
from autopost.redaction.rules.shape import in_placeholder, is_count

_FIRST_UNSPACED = "\u0590"  # Latin, Greek and Cyrillic letters are before, and continue a word
_MOST_WORDS = 8

_ENGLISH = re.compile(r"(?i)[^a-z]*codes?|combo|combination")
_OTHER_AFTER = re.compile(
    r"(?i)\s(?:d[e']?\s?)?(?:l')?(?:err|błęd|ошиб|chyb|post|poczt|produ|товар|издел|barr|promo|répons|respuest|retour|país|pays|zemlj|kraj|стран|naftis|sourc|hiba|sala|eror|kesalahan|negara|pos\b|λάθ|ταχυδρ)"
)
_COUNTS = re.compile(r"\s[^\W\d_]|[行件個줄개条个次回]")
_BETWEEN_CODES = " ,;/|&\n\t\"'`"
_AND = frozenset(
    ["", "to", "auf", "à", "a", "and", "or", "und", "oder", "et", "ou", "y", "o", "e", "och", "og", "i", "и", "-"]
)
# What stands directly before a code: a sign, a form of `to be`, the number of the first item of a list.
_ASSIGNED = re.compile(
    r"(?i)(?:[:=]|(?:^|\s)(?:is|are|was|were|ist|sind|lautet|lauten|est|sont|es|son|è|sono|são|é|är|er|on|ovat|to|są|jest|zijn)\s(?:(?:now|jetzt|nun|ahora|ora|agora|nu|teraz|desormais|désormais|maintenant|still|set to)\s)?)[\s\"'`(\[]*(?:1[.)]\s?)?$"
)
_ITEM = re.compile(r"[\s,;]*(?:\d{1,2}[.):]|[*•-])\s?")
_OF_CODE = compiled(rf"(?i){OF_CODES}")
# Words that make six digits a code.
_OF_SIX_DIGITS = re.compile(
    r"(?i)\b(?:phone|handy|texted|sent|received|e-?mails?|mail|enter(?:ed)?|asked|typed?|prompt)\b"
)
_OTHER_CODE = compiled(OF_OTHER_CODES)
_OTHER_COMPOUND = re.compile(
    r"(?i)(?:fehler|fel|feil|fejl|käll|kild|virhe|lähde|streck|land|rabatt|farge|färg|status|quell|länder|rabatt|bar|produkt|post|strich|zeichen|exit|farb|gutschein|aktions)\w*"
)
_SURE = re.compile(
    r"(?i)[^a-z]*(?:[th]?otps?|m?tans?|2fa|mfa|puk2?|passcodes?|one[- ]time.*|single[- ]use.*|einmal.*|engangs.*|ओटीपी|verification number|验证码|驗證碼|确认码|確認コード|認証コード|認証番号|暗証番号|인증.*)[^a-z]*"
)
_PIN = re.compile(
    r"(?i)[^a-z]*(?:pin|einmalpin|geheimzahl|code (?:secret|confid)|n.mero secreto|c.digo secreto|codice segreto|geheime code).*|пин|пін|الرقم السري|暗証番号|핀"
)
_FEW = re.compile(
    r"(?i)^[\s:]*(?:length|count|type|policy|format|retry|retries|limit|ttl|expiry|review|reviews|coverage|base|lines?|freeze|style|quality|path|block|example|snippet|change|changes|owners?|gen\w*|complete\w*|is|was|has)\b(?:\s(?:is|was|has)?\s?[0-9]+\s[a-z]{3,})"
)


def _codes(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the codes near a word for them, before or after it."""
    label = text[start:end]
    if in_placeholder(text, start):
        return
    if "" < text[end : end + 1] < _FIRST_UNSPACED and text[end].isalpha():
        return
    left = sentence_start(text, start)
    stop = sentence_stop(text, end)
    sentence = text[left:stop]
    sure, pin = _SURE.fullmatch(label) is not None, _PIN.fullmatch(label) is not None
    if not sure and (_OTHER_CODE.search(text[max(0, start - 24) : start]) or _OTHER_COMPOUND.match(label)):
        return
    if pin and text[end : end + 20].lstrip().startswith(("header", "out", "count", "number of", "layout")):
        return
    opens = sure or pin or _OF_CODE.search(sentence) is not None
    foreign = _ENGLISH.fullmatch(label) is None and _OTHER_AFTER.match(text[end : end + 16]) is None
    six = opens or _OF_SIX_DIGITS.search(sentence) is not None
    yield from _after(text, end, stop, sure or pin, opens, six, foreign)
    yield from _before(text, left, start, sure, opens, six)


def _after(text: str, end: int, stop: int, sure: bool, opens: bool, six: bool, foreign: bool) -> Iterator[Span]:
    window = text[end : min(stop + 1, end + 2 * REACH_CHARACTERS)]
    beside = BESIDE.match(window)
    found = 0
    for match in VALUE.finditer(text, end, end + len(window)):
        if found and not _continues(text[found : match.start()]):
            return
        gap = text[end : match.start()]
        near = (beside is not None and match.start() - end <= beside.end()) or _ASSIGNED.search(gap) is not None
        if (
            (len(gap.split()) > _MOST_WORDS and not found)
            or (len(gap) > REACH_CHARACTERS and not found)
            or ("\n" in gap and not near and not found)
        ):
            return
        enough = opens or ((six or (foreign and _COUNTS.match(text, match.end()) is None)) and _is_six(match))
        if _is_code(text, match, near, (near and not gap.isspace()) or found > 0, sure, enough, found > 0):
            found = match.end()
            yield match.span()


def _continues(between: str) -> bool:
    """Return whether what is between two codes belongs to a list of codes."""
    return between.strip(_BETWEEN_CODES) in _AND or _ITEM.fullmatch(between) is not None


def _before(text: str, left: int, start: int, sure: bool, opens: bool, six: bool) -> Iterator[Span]:
    for match in VALUE.finditer(text, max(left, start - REACH_CHARACTERS), start):
        gap = text[match.end() : start]
        if len(gap.split()) <= _MOST_WORDS - 2 and _is_code(
            text, match, False, False, sure, opens or (six and _is_six(match)), False
        ):
            yield match.span()


def _is_code(text: str, match: re.Match[str], near: bool, linked: bool, sure: bool, opens: bool, found: bool) -> bool:
    value, (start, end) = match.group(), match.span()
    digits = sum(map(str.isdigit, value))
    plain = value.isdigit()
    if linked and opens and is_spelled(value):
        return True
    if value[0] in "#*" and not near:
        return False
    if digits < 2 or (plain and is_count(text, end)) or UNIT.match(text[end : end + 20]) or DATE.fullmatch(value):
        return False
    if not opens and not (linked and digits == 6) and not (plain and len(value) == 6 and _is_told(text, start, end)):
        return False
    if (
        not near
        and not found
        and (
            (
                COUNT_BEFORE.search(text[max(0, start - 16) : start])
                and not CHANGED_FROM.search(text[max(0, start - 40) : start])
            )
            or (plain and len(value) < 4)
        )
    ):
        return False
    if not plain and digits < len(value) / 4 and not (near or found or is_coded(value, 8)):
        return False
    if value.isupper() and value.isalnum() and not plain and not (near or found):
        return (digits >= 2 and len(value) >= 6 and not value[:2].isalpha()) or (opens and value[1:].isdigit())
    if value.islower() and not plain and not (opens and (near or found or is_coded(value, 8)) and digits >= 2):
        return False
    return not (
        YEAR.fullmatch(value)
        and not (near and (sure or text[start - 1] in ":=" or text[start - 2 : start] in {": ", "= "}))
    )


def _is_six(match: re.Match[str]) -> bool:
    return len(match.group()) == 6 and match.group().isdigit()


def _is_told(text: str, start: int, end: int) -> bool:
    return (
        re.match(r"[\s\"'`)]*(?:$|[.,;!)]|\((?:valid|expires)|(?:from|to|for|in|into|on|as)\b)", text[end : end + 24])
        is not None
        and re.search(r"(?i)\b(?:use|enter|typed?|entered|got)\s?:?\s[\"'`(]?$", text[max(0, start - 14) : start])
        is not None
    )


_SHOWN = r"\bread (?:(?:me|us|him|her) )?(?:the|a|her|his) (?:number|code|digits) (?:out|aloud|over the phone)|\b(?:sms|text message|message|authenticator|app|display|phone|handy|téléphone|móvil|telefono)\b,?\s(?:said|says|showed|shows|read|reads|sagte?|sagt|zeigte?|zeigt|lautete?|disait|dit|affichait|affiche|decía|dice|mostraba|muestra|diceva|mostrava|mostra)\s|\b(?:number|code|digits) on (?:her|his|my|the|their) (?:phone|screen|display|handset),?\s(?:was\s|is\s)?"
_SIX_DIGITS = r"(?:\b(?:[4-8]|four|five|six|seven|eight|vier|fünf|sechs|sieben|acht|quatre|cinq|sept|huit|cuatro|cinco|seis|ocho|quattro|cinque|sei|otto|vijf|zes|zeven|quatro|sześć|cztery|sex|seks|fyra|fire)|шесть|четыре)[ -](?:digits?(?: (?:code|number))?|ziffern|zahlen|chiffres|dígitos|números|cifras|cifre|cijfers|cyfry?|siffror|sifre|цифр\pL?)"

# Where somebody types, dictates or is sent a number, whatever it is called.
_OF_TYPING = r"(?i)\b(?:sms|texted|text(?:ed)? (?:me|us|her|him|them)|one[- ]time|authenticator|2fa|mfa|two[- ]factor|verification|verified|verify|(?:backup )?sign-in|smart ?card|unlock(?:s|ed|ing)|to pair|pair(?:ed|ing)|mailbox|confirm (?:this|that|it)(?:'s| is) you|banking app|whatsapp|telegram|registration (?:number|code) (?:is|was)|approval (?:figures|code|number)|key(?:ed|s)? in|dictated|p\.i\.n|(?:four|five|six|[4-8])[- ]digits?|(?:phone|screen|tablet|laptop|ipad) (?:lock|unlocks?|pin)|voicemail|keyed|(?:respond|repl(?:y|ied)|answer)(?:ed)? with|followed by (?:the )?(?:hash|star|pound)|beep|green (?:lamp|light)|wait for the|shutter|hatch|at the pump|never share|as (?:the |her |his |my |their )?(?:new )?pin|code (?:they|he|she|it|we|you)|read (?:it|them|me) back|sent to (?:the|her|his|my)|is what \w+ sent|(?:by|via) (?:text|sms)|push)\b"
_NUMBER = re.compile(
    r"(?<![\w.,:/$€£#*-])([#*]{0,2}\d{4,8}[#*]?|[A-Z]-\d{4,8}|\d{3}[ -]\d{3}|\d{4}-\d{4}|\d{2}[ -]\d{2}[ -]\d{2}|[*#]\d{3,6}[*#]?|[A-Z0-9]{6,10}|[a-z0-9]{4}-[a-z0-9]{4})(?![\w%]|[.,:/-]\d|-\w)"
)
_TOLD_BEFORE = re.compile(
    r"(?i)(?:[:\"'`(=,]|\b(?:with|out|back|aloud|keyed|is|are|was|were|says?|said|reads?|shows?|showed|needs?|needed|wants?|takes?|took|and|and then|enter(?:ed|s)?|dial(?:led)?|typed?|press|used?|key(?:ed)? in|in|for|as|code|number|pin\.?|p\.i\.n\.?|gave|sent|received|got)(?:\s(?:now|still|just|again))?)\s?[\"'`(]?$"
)
_TOLD_AFTER = re.compile(
    r"(?i)[\"'`)]?\s?(?:$|[.,;!?)\n]|\s?(?:as|to (?:confirm|pair|verify|sign|log|unlock|open|get)|and (?:wait|she|he|it|then|i|we|the)|followed by|\(|into|now|from|via|by|is what|for|on|at the|–|—)\b)"
)


def _typed(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the digits that are typed, dictated or sent in this sentence, and count nothing."""
    left, stop = sentence_start(text, start), sentence_stop(text, end)
    for match in _NUMBER.finditer(text, left, min(stop + 1, len(text))):
        value, place, behind = match.group(1), *match.span(1)
        if (
            YEAR.fullmatch(value)
            or DATE.fullmatch(value)
            or is_count(text, behind)
            or UNIT.match(text[behind : behind + 20])
            or (value.isalnum() and not value.isdigit() and not is_coded(value))
            or (value[0].isalpha() and value[:2].islower() and not is_coded(value))
        ):
            continue
        if _TOLD_BEFORE.search(text[max(0, match.start() - 20) : match.start()]) and _TOLD_AFTER.match(text, behind):
            yield place, behind


RULES = (
    Rule(
        "ONE_TIME_CODE",
        _OF_TYPING,
        "digits that are typed, dictated or sent, whatever they are called",
        score=0.65,
        refine=_typed,
        name="digits-typed",
    ),
    Rule(
        "ONE_TIME_CODE",
        rf"(?i){CODE}",
        "a word for a code in the same sentence",
        score=0.8,
        refine=_codes,
        name="code-near-word",
    ),
    Rule(
        "PIN",
        rf"(?i){PIN}",
        "ISO 9564: four digits and more, with the word in the same sentence",
        score=0.82,
        refine=_codes,
        name="pin-near-word",
    ),
    Rule(
        "ONE_TIME_CODE",
        r"(?i)\b(?:use[d]?|enter(?:ed)?|type[d]?|input|submit(?:ted)?|reply with|text|send|give|gib|utilisez|saisissez|usa|ingresa|introduce|digite|inserisci|verwende[n]?)\s[\"'`]?([0-9]{4,8}|[0-9]{3}[ -][0-9]{3}|[A-Z]-[0-9]{6})[\"'`]?\s"
        r"(?:to|for|when|as|at|um|zum|pour|para|per)\s(?:\w+\s){0,4}?(?:sign|log|verify|confirm|auth|complete|finish|continue|access|unlock|anmeld|einlogg|bestätig|connect|iniciar|confirm|acced|entrar|login)",
        "a message of a service that asks for the code",
        anchor=r"(?i)\s[\"'`]?(?:[0-9]{4,8}|[0-9]{3}[ -][0-9]{3}|[A-Z]-[0-9]{6})[\"'`]?\s(?:to|for|when|as|at|um|zum|pour|para|per)\s(?:\w+\s){0,4}?(?:sign|log|verify|confirm|auth|complete|finish|continue|access|unlock|anmeld|einlogg|bestätig|connect|iniciar|acced|entrar)",
        score=0.8,
        refine=single(has_digits),
        name="use-to-sign-in",
    ),
    Rule(
        "ONE_TIME_CODE",
        r"(?i)\b(?:(?:recovery|backup|rescue|emergency|activation|unlock|licen[cs]e|product|registration|app-specific)[ -](?:code|key|string|pass(?:word)?)s?|master unlock)\b[^\n.;<>]{0,44}?\b((?-i:[a-z0-9]{4}(?: [a-z0-9]{4}){4,9}|[A-Z0-9]{4}(?:[ -][A-Z0-9]{4}){4,9}|[a-z0-9]{2,12}(?:-[a-z0-9]{2,12}){2,5}|[A-Z0-9]{2,8}(?:-[A-Z0-9]{2,8}){2,5}))\b",
        "Bitwarden, Apple: recovery codes in groups of four",
        anchor=r"(?i)\b(?:recovery|backup|rescue|emergency|activation|unlock|licen[cs]e|product|registration|app-specific)[ -](?:code|key|string|pass)|\bmaster unlock",
        score=0.85,
        refine=single(has_digits),
        name="recovery-in-groups",
    ),
    Rule(
        "ONE_TIME_CODE",
        r"(?i)\b(?:texted|sms(?:ed)?|messaged|read(?:s)?\s(?:out|back|me)|dictated|authenticator(?:\sapp)?\sshow(?:s|ed))\b(?:\s(?:me|us|him|her|them|out|back))?(?:\s(?:the\s)?(?:code|digits))?\s?:?\s[\"'`]?([0-9]{4,8}|[0-9]{3}[ -][0-9]{3})\b",
        "a code that somebody texted or read out",
        anchor=r"(?i)\b(?:texted|sms(?:ed)?|messaged|reads?\s(?:out|back|me)|dictated|authenticator)\b",
        score=0.7,
        refine=single(lambda text, start, end: not is_count(text, end)),
        name="texted",
    ),
    Rule(
        "ONE_TIME_CODE",
        rf"(?i)(?:{_SHOWN}|{_SIX_DIGITS})(?:[ ,:(\"'`–—-]|\s(?:were|are|is|was|out|aloud|on the phone|vor|durch|à haute voix|por teléfono|al telefono|op|voor|lauten|sind|waren|sont|étaient|son|eran|sono|erano|zijn|to|är|var)\b|\sбыли){{0,6}}([0-9]{{4,8}}|[0-9]{{3}}[ -][0-9]{{3}})\b",
        "how many digits a code has, before it",
        anchor=rf"(?i){_SIX_DIGITS}|{_SHOWN}",
        score=0.7,
        refine=single(lambda text, start, end: not is_count(text, end)),
        name="of-digits",
    ),
    Rule(
        "ONE_TIME_CODE",
        r"(?i)\b(?:enter(?:s|ed|ing)?|types?|typed|uses?|used|submit(?:s|ted)|got|input|past(?:es|ed)|received|code|token|pin)\s[\"'`]?([0-9]{4,8}|[0-9]{3}[ -][0-9]{3}|[A-Z]-[0-9]{6}|(?-i:[A-Z0-9]{6}))[\"'`]?,?\s(?:from|off|by|via|sent by)\s(?:the\s|my\s|an?\s|his\s|her\s|their\s)?(?:\w+\s)?(?:sms|texts?|text messages?|e-?mails?|authenticator|phone|token|fob|whatsapp|push|yubikey)\b",
        "what was typed, and where it came from",
        anchor=r"(?i)\s(?:from|off|by|via)\s(?:the\s|my\s|an?\s|his\s|her\s|their\s)?(?:\w+\s)?(?:sms|texts?|e-?mails?|authenticator|phone|token|fob|whatsapp|push|yubikey)\b",
        score=0.75,
        refine=single(has_digits),
        name="typed-from",
    ),
    Rule(
        "ONE_TIME_CODE",
        r"(?i)\b(?:confirm|verif|approv|authenticat|validat|log(?:ged)?[ -]?in|sign(?:ed)?[ -]?in)\w*\s[^.\n\d]{0,30}?\b(?:with|using|by (?:entering|typing))\s(?:the\s)?(?:code\s|number\s)?([0-9]{6}|[0-9]{3}[ -][0-9]{3})(?:\s?[.,;!?)]|$|\s(?:and|from|on|in)\s)",
        "six digits with which something was confirmed",
        anchor=r"(?i)\b(?:with|using|entering|typing)\s(?:the\s)?(?:code\s|number\s)?[0-9]{3}[ -]?[0-9]{3}",
        score=0.7,
        refine=single(has_digits),
        name="confirmed-with",
    ),
    Rule(
        "ONE_TIME_CODE",
        r"(?i)(?:\b(?:sms|text message|authenticator(?: app)?|okta(?: verify)?|duo(?: mobile)?|google authenticator|authy|token|fob|yubikey|app)\s(?:said|says|gave|gives|generated|generates|shows?|showed|displayed|displays|produced|read|reads)|\b(?:sent|texted|messaged) (?:me|us|him|her|them)|\bverification:|\btoken code|\bverify(?:ing)? with|\bconfirm(?:ed)? with|\bapprove with(?: the number)?|\bdigits on (?:the|my|her|his) (?:token|fob|app|display|screen) (?:are|were)|\bfor the code(?:\\.\\.\\.|…)? ?(?:got it|here it is)?,?)[\s:,]{1,2}[\"'`]?([0-9]{6}|[0-9]{3}[ -][0-9]{3}|[0-9]{2}[ -][0-9]{2}[ -][0-9]{2})(?:[\"'`]?(?:[.,;!?)]|$)|\s(?:\(|(?:by|via|over|from|on|in|to|and|which|within|as)\s))",
        "six digits, and where they came from",
        anchor=r"(?i)(?:sms|text message|authenticator|app|okta|verify|duo|mobile|authy|token|fob|yubikey|(?:sent|texted|messaged) (?:me|us|him|her|them)|verification:|code|with|number|are|were)[^.\n]{0,16}[\s:,][\"'`]?[0-9]{2,3}[ -]?[0-9]{2,3}",
        score=0.65,
        refine=single(lambda text, start, end: not is_count(text, end)),
        name="six-digits-sent",
    ),
    Rule(
        "PIN",
        r"(?i)\bpin(?:[ -]?code)?(?:\s(?:is|was|ist|est|es))?:?\s([0-9]{2} [0-9]{2})(?:[.,;!?)]|$|\s(?:twice|again|once|to|for|on|when|zweimal|deux fois|dos veces)\b)",
        "four digits in two groups, after the word",
        anchor=r"(?i)\bpin(?:[ -]?code)?(?:\s(?:is|was|ist|est|es))?:?\s[0-9]{2} [0-9]{2}",
        score=0.75,
        name="pin-in-groups",
    ),
    Rule(
        "SECRET",
        r"\b(?:[0-9]{6}-){3,}[0-9]{6}\b",
        "Microsoft: BitLocker recovery passwords, and such in fewer groups",
        anchor=r"\b[0-9]{6}-[0-9]{6}-[0-9]{6}-",
        score=0.95,
        name="bitlocker",
    ),
    Rule(
        "SECRET",
        r"\bA3-[A-Z0-9]{6}-[A-Z0-9]{6}(?:-[A-Z0-9]{5}){1,4}\b",
        "1Password: Secret Keys",
        anchor=r"\bA3-[A-Z0-9]{6}-",
        score=0.95,
        name="1password",
    ),
    Rule(
        "SECRET",
        r"(?i)\b(?:set-?up|secret|totp|2fa|mfa|authenticator|manual entry|otp)\b[^\n.;]{0,40}?\b((?-i:(?:[A-Z2-7]{4}[ -]){3,}[A-Z2-7]{4}|(?:[a-z2-7]{4} ){3,}[a-z2-7]{4}))\b",
        "RFC 4648 6: base32 in groups, as services show the seed of an authenticator",
        anchor=r"(?:[A-Z2-7]{4}[ -]){3}[A-Z2-7]{4}|(?:[a-z2-7]{4} ){3}[a-z2-7]{4}",
        score=0.8,
        refine=single(lambda text, start, end: any(map(str.isdigit, text[start:end]))),
        name="authenticator-seed",
    ),
)
