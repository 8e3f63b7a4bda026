"""Names in other scripts before an honorific, and names after a label such as `last_name`."""

# ruff: noqa: E501  # lists are easier to read in long lines

from __future__ import annotations

import re
from collections.abc import Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.people.lists import Kind, kind
from autopost.redaction.people.signs import STRONG_CUES
from autopost.redaction.rule import Span

_LABEL = compiled(
    r"(?i)(?:first|last|given|family|middle|maiden|sur|fore)[_ -]?name[\"']?(?:\s?[:=]\s?|\s(?:is|was)\s|\s)[\"']?((?-i:\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+){0,2}))"
)

_INITIAL = re.compile(r"[\s\"'(:]([^\W\d_]\. ?(?:[^\W\d_]\. ?)?((?:[^\W\d_]')?[^\W\d_'-]{4,}(?:[-'][^\W\d_]+)*))")
_SPECIES = frozenset(
    ["coli", "aureus", "elegans", "sapiens", "cerevisiae", "pylori", "subtilis", "difficile", "albicans"]
)
_TO_PERSON = re.compile(r"(?i)(?:\b(?:to|from|by|for|with|and|signed|note)|[:;,])\s?[\"'(]?$")
# `PETROSYAN, A. G.`, `oyelaran, t.`
_COMMA_AND_INITIAL = re.compile(r", [^\W\d_]\.")
_SURNAME_FIRST = re.compile(
    r"(?<![\w,.-])([^\W\d_][^\W\d_'-]{2,}(?:[-'][^\W\d_]{2,})?), ((?:[^\W\d_]\.[ -]?){1,3})(?![\w])"
)
# As airlines write names: `OYELARAN/FEMI MR`.
_WITH_SLASH = re.compile(
    r"(?<![\w/])([A-Z]{2,}(?:-[A-Z]{2,})?) ?/ ?([A-Z]+)(?: ?(?:MR|MRS|MS|MISS|MSTR|DR)\b)?(?![\w/])"
)
_SLASH_AND_CAPITAL = re.compile("/ ?[A-Z]")
_TITLED = re.compile(r"(?:MR|MRS|MS|MISS|MSTR|DR)$")

# A name that stands alone where only a name stands: in the greeting or at the end of a letter, after a word for a role.
_NAME = r"(\p{Lu}[\pL'-]+)"
_ENDS = r"\s?(?:$|[\n,;.(|])"
_ALONE = compiled(
    rf"(?:(?:^|[\n\"'>])\s?(?:Dear|Hi|Hello|Hey|Lieber?|Hallo|Ch[eè]re?|Bonjour|Querid[oa]|Estimad[oa]|Hola|Car[oa]|Gentile|Ciao|Beste|Kære|Kjære|Hej|Bästa|Drogi|Droga|Cześć|Milý|Milá|Prezad[oa]|Olá)\s{_NAME}(?:[,!:]|\s?\n)"
    rf"|(?i:(?:kind regards|best regards|regards|sincerely|cheers|best wishes|many thanks|thanks|grüßen|grüße|gruß|cordialement|amicalement|saludos|saluti|groeten|groet|hilsen|hälsningar|pozdrawiam|atenciosamente|abraço)),?\s{{1,2}}{_NAME}\s*(?:$|\n|--|\.|,)"
    rf"|(?i:\b(?:coach|caller|tenant|passenger|patient|student|teacher|trainer|nurse|(?:report|request|sign|handl|approv|clos|check|greet)ed by))\s?[:=]\s?{_NAME}{_ENDS}"
    rf"|(?i:\b(?:under|in|by|has) the name(?: of)?|\bunder the surname|\bnamed)\s{_NAME}(?:{_ENDS}|\s(?:and|for|at|on|with)\s))"
    # After these, what no list knows may be a company.
    rf"|(?i:\b(?:candidate|guest(?: name)?|customer|client|driver|contact(?: person)?|requester|assignee|assigned to|owner|reviewer|player|artist|speaker|doctor|on call|kunde|kundin|ansprechpartner(?:in)?|cliente?|contacto|contatto|klant|klient))\s?[:=]\s?{_NAME}{_ENDS}"
)


_COMPOUND_SURNAMES = "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|慕容|皇甫|令狐|尉迟|公孙|公孫|夏侯"
_KOREAN_SURNAMES = "김이박최정강조윤장임한오서신권황안송류홍전고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
_CHINESE_SURNAMES = "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖蕭田董袁潘蔡蒋蔣余于杜叶葉程苏蘇魏吕呂丁任卢盧姚沈钟鍾姜崔谭譚陆陸汪范金石廖贾賈夏韦韋付傅方白邹鄒孟熊秦邱江尹薛闫閻段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴武戴莫孔向汤湯"
_EAST_ASIAN = re.compile("[\u2e80-\U0010ffff]")  # Han, Katakana and Hangul, among others
# Words for anybody, which have honorifics as well.
_ANYBODY = frozenset(["担当者", "利用者", "関係者", "会員", "顧客", "取引先", "購入者", "参加者", "契約者", "申込者", "保護者", "責任者", "管理者", "代表者", "受取人", "各位", "御社", "貴社", "患者", "奥", "担任", "主治医", "校長", "担当", "小児科", "内科", "外科", "顧問", "皆", "各", "指導", "大学", "お客", "株主", "仕入先", "得意先", "加盟店", "事務局", "店長", "社長", "部長", "課長"])  # fmt: skip
_HONORED = compiled(
    r"([\p{Han}々]{2,4}(?:[ ]?[\p{Han}々]{1,3})?|[\p{Katakana}ー]{2,8}[・ ][\p{Katakana}ー]{2,8})[ ]?(?:様|さん|氏|殿)(?:[^\p{Han}]|$)"
    r"|([\p{Han}々]{2,3})(?:先生|教授)(?:[にのはがとをへもかよ、。]|$)"
    rf"|(?:联系|聯繫|聯絡|通知|告知|致电|回电|转给|转交|客户|顾客|收件人|同事|分配给|请)(?:了|[：:])?((?:{_COMPOUND_SURNAMES})\p{{Han}}{{2}})"
    rf"|((?:{_COMPOUND_SURNAMES})\p{{Han}}{{1,2}})(?:[，,。、；]|$)"
    rf"|(?:联系|联系了|聯絡|致电|收件人[：:]?)([{_CHINESE_SURNAMES}]\p{{Han}}{{2}})(?:[，,。、；]|$)"
    rf"|([{_KOREAN_SURNAMES}]\p{{Hangul}}{{2}})[ ]?(?:님|씨)"
    rf"|((?:[{_CHINESE_SURNAMES}]|欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|慕容|东方|皇甫)\p{{Han}}{{1,2}})(?:女士|先生|小姐|同学|同學|老师|老師|经理|經理)"
)


def after_labels(text: str) -> Iterator[Span]:
    """Yield the names after labels, but not what an English word says about the label."""
    if "ame" in text or "AME" in text:
        for match in _LABEL.finditer(text):
            if any(kind(word) != Kind() for word in match.group(1).split()):
                yield match.span(1)


def initial_and_surname(text: str) -> Iterator[Span]:
    """Yield names in lower case of an initial and a word that no list knows, where a person is named."""
    if not _has_initial(text):
        return
    for match in _INITIAL.finditer(text):
        what, surname = kind(match.group(2)), match.group(2)
        if not (match.group(1).islower() and (what.unknown or what.surname) and match.group(1)[1] == "."):
            continue
        before = text[max(0, match.start() - 40) : match.start(1)]
        if STRONG_CUES.search(before) or (
            _TO_PERSON.search(before)
            and surname not in _SPECIES
            and ". " in match.group(1)
            and match.group(1)[:4] not in {"e.g.", "i.e."}
        ):
            yield match.span(1)
    for match in _SURNAME_FIRST.finditer(text) if _COMMA_AND_INITIAL.search(text) else ():
        what = kind(match.group(1))
        if (what.unknown or what.surname) and not (
            match.group().islower() and STRONG_CUES.search(text[max(0, match.start() - 40) : match.start()]) is None
        ):
            yield match.start(), match.start() + len(match.group().rstrip(" -"))


def alone_in_its_place(text: str) -> Iterator[Span]:
    """Yield names of one word where only a name stands, and those that airlines write with a slash."""
    for match in _ALONE.finditer(text):
        group = next(number for number in range(1, _ALONE.groups + 1) if match.group(number))
        name = match.group(group)
        what = kind(name)
        if (what.given or what.surname or (what.unknown and group < _ALONE.groups)) and not name.isupper():
            yield match.span(group)
    if _SLASH_AND_CAPITAL.search(text):
        for match in _WITH_SLASH.finditer(text):
            titled = _TITLED.search(match.group()) is not None
            if titled or (kind(match.group(1)).unknown and kind(match.group(2)).given):
                yield match.span()


def _has_initial(text: str) -> bool:
    """Return whether a full stop follows a single letter, which is rare and faster to see than the names."""
    place = text.find(".", 2)
    while place >= 0 and not (text[place - 1].isalpha() and (text[place - 2].isspace() or text[place - 2] in "\"'(:")):
        place = text.find(".", place + 1)
    return place >= 0


def before_honorifics(text: str) -> Iterator[Span]:
    """Yield the names before Japanese, Korean and Chinese honorifics."""
    if text.isascii() or _EAST_ASIAN.search(text) is None:
        return
    for match in _HONORED.finditer(text):
        group = next(number for number in range(1, 8) if match.group(number))
        if not match.group(group).endswith(tuple(_ANYBODY)):
            yield match.span(group)
