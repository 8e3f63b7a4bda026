"""Names in other scripts before an honorific, and names after a label such as `last_name`."""

# ruff: noqa: E501  # lists are easier to read in long lines

from __future__ import annotations

from collections.abc import Iterator

from autopost.redaction.pattern import compiled
from autopost.redaction.people.lists import Kind, kind
from autopost.redaction.rule import Span

_LABEL = compiled(
    r"(?i)(?:first|last|given|family|middle|maiden|sur|fore)[_ -]?name[\"']?(?:\s?[:=]\s?|\s(?:is|was)\s|\s)[\"']?((?-i:\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+){0,2}))"
)

_KOREAN_SURNAMES = "김이박최정강조윤장임한오서신권황안송류홍전고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
_CHINESE_SURNAMES = "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖蕭田董袁潘蔡蒋蔣余于杜叶葉程苏蘇魏吕呂丁任卢盧姚沈钟鍾姜崔谭譚陆陸汪范金石廖贾賈夏韦韋付傅方白邹鄒孟熊秦邱江尹薛闫閻段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴武戴莫孔向汤湯"
# Words for anybody, which have honorifics as well.
_ANYBODY = frozenset(["担当者", "利用者", "関係者", "会員", "顧客", "取引先", "購入者", "参加者", "契約者", "申込者", "保護者", "責任者", "管理者", "代表者", "受取人", "各位", "御社", "貴社", "患者", "奥", "お客", "株主", "仕入先", "得意先", "加盟店", "事務局", "店長", "社長", "部長", "課長"])  # fmt: skip
_HONORED = compiled(
    r"([\p{Han}々]{2,4}(?:[ ]?[\p{Han}々]{1,3})?|[\p{Katakana}ー]{2,8}[・ ][\p{Katakana}ー]{2,8})(?:様|さん|氏|殿)(?:[^\p{Han}]|$)"
    rf"|([{_KOREAN_SURNAMES}]\p{{Hangul}}{{2}})[ ]?(?:님|씨)"
    rf"|((?:[{_CHINESE_SURNAMES}]|欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|慕容|东方|皇甫)\p{{Han}}{{1,2}})(?:女士|先生|小姐|同学|同學|老师|老師|经理|經理)"
)


def after_labels(text: str) -> Iterator[Span]:
    """Yield the names after labels, but not what an English word says about the label."""
    if "ame" in text or "AME" in text:
        for match in _LABEL.finditer(text):
            if any(kind(word) != Kind() for word in match.group(1).split()):
                yield match.span(1)


def before_honorifics(text: str) -> Iterator[Span]:
    """Yield the names before Japanese, Korean and Chinese honorifics."""
    if text.isascii():
        return
    for match in _HONORED.finditer(text):
        group = next(number for number in (1, 2, 3) if match.group(number))
        if not match.group(group).endswith(tuple(_ANYBODY)):
            yield match.span(group)
