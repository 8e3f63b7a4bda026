"""Numbers of bank accounts and banks, after their word."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

from autopost.redaction.rule import Rule, single
from autopost.redaction.rules.check_digits import aba
from autopost.redaction.rules.document import EDGE, anchor_of, is_counted, leading, stands_alone

ENTITY = "BANK_ACCOUNT"

_GAP = r"\.?(?:n[or]\.|[^\n.;!?<>]){0,30}?"
_WORDS = (
    r"(?:bank|checking|savings?|current|deposit|beneficiary|giro)[ _-]?(?:account|acct)|(?:account|acct|acc|a/c)s?\.?[ _-]?(?:number|num|no|nr|#)s?"
    r"|acct|a/c|iban|routing(?:[ _]?number| no\.?|:| #)?|aba|sort[ _-]?code|bsb|transit[ _]number|wire(?:d)? (?:it |funds )?to account|bank[ _]?code|account"
)
# After these words nothing but signs and words such as `number` stands before the value.
_ELSEWHERE = (
    r"konto(?:nummer|-?nr\.?|nr\.?)?|bankverbindung|blz|bankleitzahl|clabe(?: interbancaria)?|num[ée]ro de compte|compte (?:bancaire|n[°ºo.]*)|rib|n[úu]mero de cuenta|cuenta(?: bancaria| corriente| n[°ºo.]*)?|cbu|cvu|cci|ccc"
    r"|numero di conto|conto corrente|c/c|iban|rekening(?:nummer)?|kontonr\.?|bankgiro|plusgiro|clearingnummer|tilinumero|reg\.?nr\.?|numer (?:konta|rachunku)|nr (?:konta|rachunku)|rachunek|[čc][íi]slo [úu][čc]tu|banksz[áa]mla(?:sz[áa]m)?"
    r"|hesap (?:no|numaras[ıi])|n[úu]mero da conta|conta(?: corrente| n[°ºo.]*)?|ag[êe]ncia|nomor rekening|no\.? rek(?:ening)?|s[ốo] t[àa]i kho[ảa]n|счет(?:а|у)?|р/с|расч[её]тный сч[её]т|бик|рахунок"
    r"|口座番号|口座|银行(?:账号|卡号)|账号|帳號|賬號|계좌(?:번호)?|खाता (?:संख्या|नंबर)|رقم الحساب|ifsc(?: code)?|micr(?: code)?"
)
_NUMBER = r"\d{10,14}[A-Z0-9]{8,11}[A-Z][A-Z0-9]{0,8}\d{2}|\d(?:[ -]?\d){5,25}(?:[/-]\d{4})?"


def _is_account(text: str, start: int, end: int) -> bool:
    return (
        stands_alone(text, start, end)
        and not is_counted(text, start, end)
        and sum(map(str.isdigit, text[start:end])) >= 6
    )


def _is_routing(text: str, start: int, end: int) -> bool:
    return stands_alone(text, start, end) and aba(text[start:end])


RULES = (
    Rule(
        ENTITY,
        rf"{EDGE}(?i:{_WORDS})\b{_GAP}\b({_NUMBER})\b",
        source="the words before it; ABA routing numbers, UK sort codes, account numbers of 6 to 18 digits",
        anchor=r"(?i)(?:acc(?:oun)?t|a/c|\biban\b|\brouting\b|\baba\b|sort[ _-]?code|\bbsb\b|\bacc\b|transit[ _]number|bank[ _]?code|\bacc[. _]?n)[^\n;!?<>]*\d(?:[ -]?\d){5}",
        refine=single(lambda text, start, end: _is_account(text, start, end) and _is_named_account(text, start, end)),
        name="account",
    ),
    Rule(
        ENTITY,
        r"(?i)\baccount \d{1,2} (?:of|/) \d{1,2}[: ]{1,2}(\d{8,18})\b|\bacc (\d{4} \d{4}|\d{8})\b|\bsort (\d{2}-\d{2}-\d{2})\b",
        source="accounts in a list; `acc` and `sort` directly before a number",
        anchor=r"(?i)\b(?:account|acc|sort) \d",
        name="account-in-list",
    ),
    Rule(
        ENTITY,
        r"(?i)\b(?:routing|aba|transit|rtn)\b[^\n;!?<>]{0,40}?\b(\d{9})\b",
        source="ABA routing number policy: nine digits, weights 3, 7, 1",
        anchor=r"(?i)\b(?:routing|aba|transit|rtn)\b",
        refine=single(_is_routing),
        name="routing",
    ),
    Rule(
        ENTITY,
        rf"{leading(_ELSEWHERE)}({_NUMBER}|[A-Za-z]{{4}}0[A-Za-z0-9]{{6}})",
        source="the words before it, in other languages; RBI: IFSC",
        anchor=anchor_of(_ELSEWHERE),
        refine=single(_is_account),
        name="account-abroad",
    ),
    Rule(
        ENTITY,
        r"(?i)\b(?:swift|bic)\b(?:[ /-](?:code|bic|number))*\W{0,3}(?:is |was )?\b([A-Za-z]{4}[ -]?[A-Za-z]{2}[ -]?[A-Za-z0-9]{2}(?:[A-Za-z0-9]{3})?)\b",
        source="ISO 9362",
        anchor=r"(?i)\b(?:swift|bic)\b",
        refine=single(lambda text, start, end: text[start:end].isupper()),
        name="swift",
    ),
    Rule(
        ENTITY,
        r"(?i)\btransit(?:\s(?:number|no\.?))?\W{1,2}(\d{5})\W{1,3}(?:inst|fin)",
        source="Payments Canada: transit and institution numbers",
        anchor=r"(?i)\btransit\W|\btransit\s(?:number|no)",
        name="canadian-transit",
    ),
    Rule(
        "UPI_ID",
        r"\b[A-Za-z0-9][A-Za-z0-9._-]{1,48}@(?:upi|ybl|ibl|axl|apl|yapl|paytm|ptyes|ptsbi|pthdfc|ptaxis|okaxis|oksbi|okicici|okhdfcbank|waicici|wahdfcbank|wasbi|waaxis|sbi|hdfcbank|icici|axisbank|kotak|yesbank|barodampay|cnrb|fbl|idfcbank|jupiteraxis|fam|freecharge|airtel|postbank|pnb|unionbank|indus|federal|rbl|dbs|hsbc|citi)\b",
        source="NPCI: handles of UPI addresses",
        anchor=r"@(?:upi|ybl|ibl|axl|apl|yapl|paytm|pt|ok|wa|sbi|hdfc|icici|axisbank|kotak|yesbank|baroda|cnrb|fbl|idfc|jupiter|fam|freecharge|airtel|postbank|pnb|union|indus|federal|rbl|dbs|hsbc|citi)",
        score=0.96,
        name="upi-id",
    ),
)


def _is_named_account(text: str, start: int, _end: int) -> bool:
    """After `account` alone only signs and small words stand before the number: `Account manager called 20261129`."""
    before = text[max(0, start - 40) : start].lower()
    place = before.rfind("account")
    if place < 0 or (
        place
        and before[place - 1] in " _-"
        and before[:place]
        .rstrip(" _-")
        .endswith(("bank", "checking", "savings", "saving", "current", "deposit", "beneficiary", "giro", "to"))
    ):
        return True
    between = before[place + len("account") :].lstrip(" _-s")
    if between.startswith(("number", "num", "no", "nr", "#")):
        return True
    return all(word in _SMALL for word in "".join(c if c.isalpha() else " " for c in between).split())


_SMALL = frozenset(
    [
        "number",
        "num",
        "no",
        "nr",
        "is",
        "was",
        "s",
        "id",
        "ending",
        "in",
        "the",
        "of",
        "for",
        "at",
        "holder",
        "name",
        "and",
        "customer",
        "with",
    ]
)
