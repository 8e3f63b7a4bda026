"""Names by how a language forms them: Vietnamese, Chinese and Korean in Latin letters, and names in scripts without capitals."""

# ruff: noqa: E501  # lists are easier to read in long lines

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import pairwise

from autopost.redaction.pattern import compiled
from autopost.redaction.people.lists import folded, is_word, lists
from autopost.redaction.people.vocabulary import PLACES, PRODUCTS
from autopost.redaction.rule import Span

_VIETNAMESE = r"(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Đoàn|Tô|Lương|Đào|Trương|Nguyen|Tran|Pham|Huynh|Dang|Trinh|Truong)"
_CHINESE = r"(?:Zhang|Wang|Li|Chen|Liu|Yang|Huang|Zhao|Wu|Zhou|Xu|Sun|Ma|Zhu|Hu|Guo|He|Lin|Gao|Luo|Zheng|Liang|Xie|Tang|Han|Feng|Deng|Cao|Peng|Zeng|Xiao|Tian|Dong|Pan|Yuan|Cai|Jiang|Yu|Du|Ye|Cheng|Wei|Su|Lu|Ding|Ren|Shen|Yao|Zhong|Cui|Tan|Fan|Jin|Shi|Liao|Jia|Xia|Fu|Fang|Zou|Xiong|Bai|Meng|Qin|Qiu|Hou|Yin|Xue|Yan|Duan|Lei|Long|Tao|Mao|Hao|Gu|Gong|Shao|Wan|Qian|Ouyang|Sima|Zhuge|Situ|Chan|Wong|Cheung|Leung|Kwok|Hsu|Tsai|Hsieh|Chou|Chiu)"
_KOREAN = r"(?:Kim|Lee|Park|Choi|Jung|Jeong|Kang|Cho|Yoon|Yun|Jang|Chang|Lim|Im|Han|Oh|Seo|Shin|Kwon|Hwang|Ahn|An|Song|Ryu|Yoo|Yu|Hong|Jeon|Ko|Moon|Son|Yang|Bae|Baek|Paik|Heo|Nam|Shim|Noh|Kwak|Sung|Cha|Joo|Woo|Koo|Min|Namgung|Hwangbo|Byun|Eom|Won|Chun|Bang|Kong|Pyo|Wang|Jegal)"
_PINYIN = r"(?:(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ao|ou|an|en|ia|ie|iu|in|ua|uo|ui|un|ue|a|o|e|i|u))"
_SYLLABLES = r"\p{Lu}[a-z]{1,6}-(?:[A-Z][a-z]{1,6}|[a-z]{2,6})"

_LATIN = compiled(
    rf"(?:^|[^\pL\pN_-])(?:({_VIETNAMESE}(?: \p{{Lu}}\pL{{0,6}}){{1,3}})|((?:{_KOREAN}|{_CHINESE}) {_SYLLABLES}|{_SYLLABLES} (?:{_KOREAN}|{_CHINESE}))|({_CHINESE} [A-Z][a-z]{{3,12}}|[A-Z][a-z]{{3,12}} {_CHINESE}))(?:$|[^\pL\pN_-])"
)
_TWO_SYLLABLES = re.compile(rf"(?i){_PINYIN}{{2,3}}")
_FORMS_OF_LATIN = re.compile(_CHINESE)

# Chinese and Korean names are one syllable and one or two more.
_HAN = "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖蕭田董袁潘蔡蒋蔣余杜叶葉程苏蘇魏吕呂丁任卢盧姚沈钟鍾姜崔谭譚陆陸汪范廖贾賈夏韦韋付傅邹鄒孟熊秦邱江尹薛闫閻段雷侯龙龍陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴武戴莫孔汤湯"
_HANGUL = "김이박최정강조윤장임한오서신권황안송류홍전고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
# Words that begin with a surname.
_WORDS_OF_HAN = frozenset(
    "高级 高效 高层 马上 江苏 江西 金额 黄金 程序 万一 钱包 时间 明天 全部 任务 任何 方便 成本 周末 周一 周二 周三 周四 周五 周日 周年 安全 龙头 林业 雷达 夏季 夏天 孔径 田径 文件 高校 高铁 高中 马来 韩国 唐山 武汉 许多 许可 余额 余下 何时 何种 单位 丁烷 汤圆 毛利 毛重 万能 江南 江北 陆续 陆地 严重 严格 宋体 黎明 贺卡 顾问 顾客 曾经 程度 段落 段子 任意 莫非".split()  # noqa: SIM905
)
_UNSPACED = compiled(
    rf"(?:给|給|联系|聯繫|客户|客戶|顾客|顧客|同事|患者|通知|致电|致電|员工|員工|会员|學生|学生|家长)(?:了|：|:)?([{_HAN}]\p{{Han}}{{1,2}}?)(?:发|發|打|的|要|确|確|说|說|签|簽|回|退|取|预|預|下|付|完|已|将|於|于|重|安|转|寄|，|,|。|、|了|$)"
    rf"|(?:^|[。，；])([{_HAN}]\p{{Han}}{{1,2}}?)已?(?:要求|确认|確認|签署|回复|申请|申請|取消了|付款|打来|来电|投诉|提交|预约)"
    rf"|([{_HANGUL}]\p{{Hangul}}{{2}})(?:에게|께|한테|님|씨)"
    rf"|(?:고객|담당자|직원|환자|회원|손님|학생|세입자|지원자)[ :]{{1,2}}([{_HANGUL}]\p{{Hangul}}{{2}})(?:이|가|은|는|의|을|를|과|와|[ ,.)]|$)"
)
_NOT_KOREAN = frozenset(["고객님", "이용자", "사용자", "담당자", "관리자", "구매자", "주문자", "신청자", "회사원", "지원자", "고객사", "모두", "여러분", "선생", "기사", "손님", "조직원", "임직원", "전직원", "공급자", "수신자", "발신자", "판매자", "소비자"])  # fmt: skip

_FIRST_UNCASED = "\u0590"
_UNCASED_WORD = re.compile(r"[\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u10a0-\u10ff\u200c\u200d]{2,}")
_UNCASED = re.compile(r"[\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u10a0-\u10ff]")
_BEFORE_UNCASED = re.compile(
    r"(?:إلى|الى|من|مع|عن|باسم|العميل|العميلة|السيد|السيدة|الموظف|الموظفة|المريض|المريضة|الدكتور|الدكتورة|الأستاذ|الطالب|الزبون|وصل|طلب|وقع|اتصل|اتصلت|אל|עם|של|מר|גברת|את|לקוח|לקוחה|הלקוח|הלקוחה|עבור|מאת|ד\"ר|העובד|העובדת|התלמיד|श्री|श्रीमती|ग्राहक|कर्मचारी|क्लाइंट|डॉ|คุณ|นาย|นาง|นางสาว|კლიენტი|ბატონი|ქალბატონი)\W{1,2}$"
)
_AFTER_UNCASED = re.compile(r"\s(?:ने|को|से|का|की|के|जी|द्वारा|এর|কে|থেকে)(?:\s|$)")
_PREFIXES = "لوبفكלושמבה"


_SURNAMES = frozenset(re.findall(r"\w+", f"{_VIETNAMESE} {_CHINESE} {_KOREAN}"))


def romanised(text: str, words: Collection[str]) -> Iterator[Span]:
    """Yield Vietnamese, Chinese and Korean names in Latin letters; `words` are those of the text."""
    if _SURNAMES.isdisjoint(words):
        return
    for match in _LATIN.finditer(text):
        group = next(number for number in (1, 2, 3) if match.group(number))
        if group < 3 or _is_chinese(match.group(3)):
            yield match.span(group)


def in_other_scripts(text: str) -> Iterator[Span]:
    """Yield names in scripts without capitals, by words around them and lists."""
    if text.isascii() or max(text) < _FIRST_UNCASED:
        return
    for match in _UNSPACED.finditer(text):
        group = next(number for number in (1, 2, 3, 4) if match.group(number))
        value = match.group(group)
        if value[:2] not in _WORDS_OF_HAN and value not in _NOT_KOREAN:
            yield match.span(group)
    if _UNCASED.search(text) is not None:
        yield from _uncased(text)


def _is_chinese(pair: str) -> bool:
    """Return whether the word beside a Chinese surname is made of two syllables and no word."""
    left, right = pair.split()
    for surname, given in ((left, right), (right, left)):
        plain = given.lower()
        if (
            _FORMS_OF_LATIN.fullmatch(surname)
            and _TWO_SYLLABLES.fullmatch(given)
            and not is_word(plain)
            and plain not in PLACES | PRODUCTS
            and plain not in lists().abroad
        ):
            return True
    return False


def _uncased(text: str) -> Iterator[Span]:
    """Yield a given name and the word behind it, if that is a surname or the words around say that it is a name."""
    known = lists()
    words = [(match.start(), match.end(), match.group()) for match in _UNCASED_WORD.finditer(text)]
    for (start, end, first), (left, right, second) in pairwise(words):
        if text[end:left] != " ":
            continue
        plain, other = folded(first), folded(second)
        prefix = int(plain[0] in _PREFIXES and plain not in known.uncased_given and plain[1:] in known.uncased_given)
        if plain[prefix:] not in known.uncased_given:
            continue
        sign = _BEFORE_UNCASED.search(text[max(0, start - 14) : start]) or _AFTER_UNCASED.match(text, right)
        if other in known.uncased_surnames or (sign and len(other) > 2) or (prefix and other in known.uncased_given):
            yield start + prefix, right
