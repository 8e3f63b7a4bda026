"""Words between a label and its value in some 30 languages: forms of `to be`, and verbs of setting with their preposition."""

# ruff: noqa: E501  # a pattern is easier to read on one line

from __future__ import annotations

import re

# Verbs after which only a value follows.
_READS = r"reads|equals|lautete?n?|heißt|heisst|hieß|luidt|brzmi|zní|znie|skan|lyder|kuuluu"
_IS = (
    r"is|steht auf|steht (?:jetzt|nun|wieder) auf|staat op|står på|was|are|were|be|been|being|becomes?|became|says|remains?|stays|it's|as|ist|war|wäre|bleibt|wurde|wird|nämlich|wie immer|werd|namelijk|blijft|est|était|sera|reste|devient|c'est|à savoir|es|era|será|sigue siendo|pas[óa] a ser|es decir|fue|é|continua(?: sendo)?|ficou|passou a ser|passa a ser|è|rimane|resta|[eè] diventat[oa]|cioè|ovvero|är|var|er|blir|blev|ble|on|oli|jest|to|je|byl[oa]?|bolo|bude"
    r"|este|е|είναι|ήταν|это|был|була|був|adalah|ialah|yaitu|là|هي|هو|היא|הוא|คือ|yra|buvo|ir|bija|és|yw"
)
# Adverbs that follow a form of `to be`, or stand alone before the value.
STILL = r"still|weiterhin|immer noch|nach wie vor|unverändert|toujours|encore|sigue siendo|todavía|ainda|ancora|tuttora|nog (?:steeds|altijd)|fortfarande|stadig|fortsatt|yhä|edelleen|nadal|wciąż|stále|pořád|hâlâ|továbbra is|tot|încă|по-прежнему|вс[её] ещ[её]|досі|ακόμα"
REMAINS = r"remains|stays|bleibt|reste|demeure|continúa(?: siendo)?|permanece|continua(?: sendo| a ser)?|rimane|resta|è rimast[ao]|blijft|förblir|pysyy|pozostaje|zůstává|zostáva|marad|rămâne|оста[её]тся|залишається|παραμένει"
NOW = (
    r"now|still|just|again|jetzt|nun|wieder|immer noch|weiterhin|désormais|maintenant|toujours|encore|ahora|todavía|aún|weer|igen|igjen|znowu|znów|opět|znovu|de nouveau|de nuevo|di nuovo|de novo|agora|ainda|ora|adesso|ancora|nu|numera|nuförtiden|nog(?: steeds| altijd)?|fortfarande|stadig|fortsatt|yhä|edelleen|nach wie vor|pořád|tuttora|по-прежнему|вс[её] ещ[её]|nå|nyt|teraz|wciąż|nadal|teď|nyní|stále|most(?:antól)?|acum|încă|artık|şimdi|hâlâ"
    r"|теперь|сейчас|тепер|зараз|сега|sada|sad|zdaj|τώρα|πλέον|الآن|עכשיו|अब|sekarang|kini|bây giờ|dabar|nüüd|tagad|núna"
)
_SET = (
    r"(?:chang|set|reset|switch|updat|rotat|ge?änder|gesetzt|umgestellt|aktualisiert|gewechselt|chang[ée]|remplac|modifi|réinitialis|défini|cambi|qued|puest|pus[eo]|restablec|actualiz|alter|mud(?:ou|ei|ada)|troc|redefin|atualiz|configur|impost|sostitu|aggiorn|gewijzig|verander|aangepast|ingesteld|ändra|byt"
    r"|satt?\b|sätt|återställ|endr|ændr|skift|nulstil|tilbakestil|vaihd|muute|asete|zmieni|ustawi|zresetowa|změn|zmen|nastav|schimbat|setat|resetat|modificat|измен|смен|помен|установ|сброш|задан|зміне|встанов|скину|промене|promijenj|promenj|postavlj|sprememb|άλλαξε|ορίστηκε|تغيير|diubah|diganti|đổi|thay|đặt|pakeist|nomainī|breytt|canvi)"
)
_TO = r"(?:back to|to|from|auf|in|zu|von|en|par|pour|à|a|al?la|por|como|para|per|naar|op|till?|från|fra|na|cu|în|la|на|в|с|u|σε|إلى|menjadi|jadi|thành|sang|là|į|uz|í)"
_WITH = r"wants?|takes|needs|requires|expects|accepts?|(?:gave|give) it|types?|typed|enters?|entered|used?|try|tried|chose|picked|took|using|with|like|of|via|mit|avec|con|med|met|s heslem|から"

# At the end of the text before a value.
LINK = re.compile(
    rf"(?i)(?:^|[\s,])(?:(?:{_IS}|{_READS}|{NOW}|{_WITH}|->|→)|{_SET}\w*\s(?:[^\W\d_]+\s){{0,3}}?{_TO})\W{{1,4}}$"
)
# What only a language other than that of an English label would mean by it.
_ENGLISH_ONLY = re.compile(r"(?i)(?:^|\s)(?:on|to|er|ir|most|var|e|in|ora)\W{1,4}$")
_ENGLISH_LABEL = re.compile(r"(?i)[^a-z]*pass[ _-]?(?:word|phrase|code|wd)s?[^a-z]*")
_SET_TO = re.compile(rf"(?i){_SET}\w*\s(?:[^\W\d_]+\s){{0,3}}?{_TO}\W{{1,4}}$")
# Verbs at the end of the clause make a preposition a link: `wurde auf X geändert`, `X olarak değiştirildi`, `Xに変更`.
_SET_AFTER = re.compile(
    r"(?i)[\"'`」』]?\s?(?:geändert|gesetzt|umgestellt|zurückgesetzt|aktualisiert|olarak|[rt][ea]\s|に(?:変更|設定|更新)|(?:\(?으?\)?로)\s(?:변경|설정)|入り)"
)
_BEFORE_SET = re.compile(r"(?i)(?:^|\s)(?:auf|in|zu|를|을|を|は)?[\s「『\"'`]*$")


# A verb before the label, and a preposition after it: `troquei a senha para X`.
_SET_BEFORE = re.compile(rf"(?i)(?:^|[^\w]){_SET}\w*\s(?:[^\W\d_]+\s){{0,3}}$")
_ONLY_TO = re.compile(rf"(?i)(?:\s[^\W\d_]+){{0,5}}?\s(?:{_TO})\s[\"'`]?")


def is_linked(label: str, gap: str, after: str, before: str = "") -> bool:
    """Return whether `gap`, between a label and a value, ends with words that say what the value is."""
    if before and _ONLY_TO.fullmatch(gap) and _SET_BEFORE.search(before):
        return True
    if LINK.search(gap) is not None:
        return not (_ENGLISH_ONLY.search(gap) and _ENGLISH_LABEL.fullmatch(label) and not _SET_TO.search(gap))
    return _SET_AFTER.match(after) is not None and _BEFORE_SET.search(gap) is not None


# Before a plain word. A word that says what something is like follows a form of `to be` as often as a password does.
SURE_LINK = rf"(?:(?:{_READS})|{_SET}\w*\s(?:[^\W\d_]+\s){{0,3}}?{_TO}|->|→)"
ANY_LINK = rf"(?:{_READS}|{_IS}|{_SET}\w*\s(?:[^\W\d_]+\s){{0,3}}?{_TO}|->|→|—|–)(?:\s(?:{NOW}))?"


# A word and a number, as people make passwords: `Bella2016`, `qwerty12`, `Quokka_44`.
_WORD_AND_NUMBER = re.compile(r"[A-Za-z][a-z]{3,}(?:[._-]?[0-9]{2,4}|[_-][0-9])[!?#$%*]*")
# What stands before the one that somebody types or tells, and not before the name of an account or a file.
_TELLS = re.compile(
    r"(?i)(?:[,:;(\"'`]|\s[-–—]|\b(?:simply|just|only|and|so|put|has|had|have|set|types?|typed|uses|using|used|needs?|enters?|entered|tried|try|was|is|mis|puse|messo|literally|probably|still|again|capital|uppercase|lower-?case|lowercase))\s?[\"'`]?$"
)
_IS_SAID = re.compile(
    r"(?i)[\"'`)]?(?:$|[.,;:!?)]|\s(?:and|or|did|does|works?|worked|failed|it was|in as|as|set|was|is|got|opened|steht|everywhere|anywhere|again|now|to (?:read|open|get|log|sign|unlock))\b)"
)


def is_told(text: str, start: int, end: int) -> bool:
    """Return whether a word and a number stand where a password is stated, in a sentence with a word for one."""
    return (
        _WORD_AND_NUMBER.fullmatch(text[start:end]) is not None
        and _TELLS.search(text[max(0, start - 16) : start]) is not None
        and _IS_SAID.match(text[end : end + 16]) is not None
    )
