"""Write the times of a day that a text has in words in figures: "half past ten", "Viertel vor acht". Pure."""

from __future__ import annotations

import regex

_HOURS = {
    "en": "one two three four five six seven eight nine ten eleven twelve",
    "de": "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "nl": "een twee drie vier vijf zes zeven acht negen tien elf twaalf",
    "sv": "ett två tre fyra fem sex sju åtta nio tio elva tolv",
    "fr": "une deux trois quatre cinq six sept huit neuf dix onze douze",
    "es": "una dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "it": "una due tre quattro cinque sei sette otto nove dieci undici dodici",
    "pt": "uma duas três quatro cinco seis sete oito nove dez onze doze",
    "pl": "pierwsz drug trzeci czwart piąt szóst siódm ósm dziewiąt dziesiąt jedenast dwunast",
}
_MINUTES = {
    "en": {"five": 5, "ten": 10, "quarter": 15, "twenty": 20, "twenty-five": 25},
    "de": {"fünf": 5, "zehn": 10, "viertel": 15, "zwanzig": 20},
    "nl": {"vijf": 5, "tien": 10, "kwart": 15, "twintig": 20},
    "sv": {"fem": 5, "tio": 10, "kvart": 15, "tjugo": 20},
    "fr": {"cinq": 5, "dix": 10, "quart": 15, "vingt": 20, "vingt-cinq": 25, "demie": 30},
    "es": {"cinco": 5, "diez": 10, "cuarto": 15, "veinte": 20, "veinticinco": 25, "media": 30},
    "it": {"cinque": 5, "dieci": 10, "un quarto": 15, "venti": 20, "venticinque": 25, "mezza": 30, "mezzo": 30},
    "pt": {"cinco": 5, "dez": 10, "um quarto": 15, "quarto": 15, "vinte": 20, "meia": 30},
    "pl": {"pięć": 5, "dziesięć": 10, "kwadrans": 15, "dwadzieścia": 20},
}
# The half hour, then minutes before or after an hour; groups `m` and `h` are the words, `less` or `before` subtract.
_PATTERNS = {
    "en": r"half past (?P<h>{h})|(?:an? )?(?P<m>{m}) (?:past|after|(?P<less>to))(?: the)? (?P<h>{h})",
    "de": r"(?P<halfway>halb) (?P<h>{h})|(?P<m>{m}) (?:nach|(?P<less>vor)) (?P<h>{h})",
    "nl": r"(?P<halfway>half) (?P<h>{h})|(?P<m>{m}) (?:over|(?P<less>voor)) (?P<h>{h})",
    "sv": r"(?P<halfway>halv) (?P<h>{h})|(?P<m>{m}) (?:över|(?P<less>i)) (?P<h>{h})",
    "fr": r"(?P<h>{h}|\d\d?) heures? (?:et|(?P<less>moins))(?: le)? (?P<m>{m})",
    "es": r"(?<=\b(?:las?|la) )(?P<h>{h}) (?:y|(?P<less>menos)) (?P<m>{m})",
    "it": r"(?<=\b(?:le|alle|l['’]|all['’]) ?)(?P<h>{h}) (?:e|(?P<less>meno)) (?P<m>{m})",
    "pt": r"(?<=\bàs? |\bas )(?P<h>{h}) (?:e|(?P<less>menos)) (?P<m>{m})|(?P<m>{m}) (?P<less>para) as (?P<h>{h})",
    "pl": r"(?P<halfway>wpół) do (?P<h>{h})\p{{L}}*|(?P<m>{m}) po (?P<h>{h})\p{{L}}*"
    r"|za (?P<m>{m}) (?P<less>)(?P<h>{h})\p{{L}}*",
}
_compiled: dict[str, regex.Pattern[str]] = {}


def with_hours_in_figures(text: str, language: str | None) -> str:
    """Return the text with "half past ten" as 10:30 and "Viertel vor acht" as 7:45, as long as it was."""
    if language not in _PATTERNS:
        return text
    hours = _HOURS[language].split()
    minutes = _MINUTES[language]
    if language not in _compiled:
        longest = "|".join(sorted(minutes, key=len, reverse=True))
        pattern = _PATTERNS[language].format(h="|".join(hours), m=longest)
        _compiled[language] = regex.compile(rf"(?<!\p{{L}})(?:{pattern})(?!\p{{L}})", regex.I)

    def in_figures(found: regex.Match[str]) -> str:
        groups = found.groupdict()
        word = found["h"].lower()
        hour = int(word) if word.isdigit() else hours.index(word) + 1
        minute = minutes[groups["m"].lower()] if groups.get("m") else 30
        if groups.get("halfway") or groups.get("less") is not None:
            hour, minute = hour - 1 or 12, minute if groups.get("halfway") else 60 - minute
        return f"{hour}:{minute:02}".rjust(len(found[0]))

    return _compiled[language].sub(in_figures, text)
