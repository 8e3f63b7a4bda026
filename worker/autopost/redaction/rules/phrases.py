"""Passphrases of plain words, hints and answers to security questions: `the passphrase is maple orbit kettle`."""

# ruff: noqa: E501  # a pattern is easier to read on one line, and is not a password

from __future__ import annotations

import re
from collections.abc import Iterator

from autopost.redaction.rule import Rule, Span, single
from autopost.redaction.rules.labels import HINT, PHRASE, SEED_PHRASE
from autopost.redaction.rules.phrase_words import ABOUT, CUTS, OF_SOMEBODY, OPENERS, SAYS, SMALL_ABROAD
from autopost.redaction.rules.plain_words import says_what_it_is_like
from autopost.redaction.rules.shape import SMALL_WORDS, describes, in_placeholder, is_reference
from autopost.redaction.rules.talk import SECOND_HALVES

_REACH_CHARACTERS = 260
_BRIDGE_CHARACTERS = 60
_LEAST_WORDS, _MOST_WORDS = 3, 24
_WORDS_OF_SEED = 12
_SURELY_WORDS = 4

_SENTENCE_END = re.compile(r"[.!?](?:\s|$)|[。！？\n;<>|]")
_TELLS = re.compile(r"[:=\"'`(]|\s(?:is|was|from)\s")
_QUOTED = re.compile(
    r"\"([^\"\n<>]{5,200})\"|(?<!\w)'([^'\n<>]{5,200})'(?!\w)|`([^`\n<>]{5,200})`|\(([^()\n<>:]{8,200})\)"
)
_COLON = re.compile(r"[^\S\n]?(?::=|=>|->|→|:|：|=|\s--?(?=\s))[^\S\n]*(?:[|>][-+]?)?\n?\s*[\"'`]?")
_IS = re.compile(
    r"(?i)(?:^|\s)(?:is|was|being|remains|stays|has been|(?:changed|set|reset|rotated|updated|switched|changée?|cambiada|cambiata|geändert|gesetzt|gewijzigd) (?:to|en|a|in|auf|naar)|(?:entered|typed|used|chose|picked)(?:\sas)?|(?:written|noted|jotted)(?:\sdown)? as|recorded as|given as|reads|says|equals|becomes|lautet|heißt|ist|war|est|était|es|era|é|è|är|var|er|on|jest|brzmi|to|je|bila|este|είναι|это|является|adalah|là)(?![^\W\d_])(?:\s(?:now|still|just|(?:re)?set to|(?:chang|rotat|updat|switch)ed to))?\s?[:\"'`]?\s?"
)
_IS_ENGLISH = re.compile(
    r"(?i)\s(?:is|was|being|remains|stays|has been|(?:changed|set|reset|rotated|updated|switched) to|reads|equals|becomes)(?:\s(?:now|still|just|(?:re)?set to|(?:chang|rotat|updat|switch)ed to))?\s?[:\"'`]?\s"
)
_IN_ASIA = re.compile(r"(?:は|是|为|為|는|은|:|：)\s?[「『\"'“]?")
_RUN = re.compile(r"[^\W\d_][^\W\d_'’]*(?:(?:[ \t]|-|, |,)[^\W\d_][^\W_'’]*)*(?:[ -]\d{1,4}\b)?")
_SPLIT = re.compile(r"[\s,-]+")
_FROM_TO = re.compile(r"\s(?:from|von|de|da)\s(.{5,120}?)\s(?:to|auf|zu|à|a)\s(.{5,120}?)\s*$")

_PARTICIPLE = re.compile(
    r"(?i)(?:^ge[a-z]{3,}(?:t|en)$|^(?:ver|ent|er|be|ab|ein|aus)[a-zäöü]{3,}(?:t|en)$|iert$|ées?$|és?$|[ai]d[oa]s?$|[aiu]t[oa]$|ann?[aeoy]$|ený$)"
)
_STATES = re.compile(
    r"(?i)^(?:please|bitte|siehe|veuillez|voir|por favor|ver|vedi|per favore|zie|proszę|choose|enter|type|pick|select|create|make|try|update|change|rotate|generate|click|press|copy|paste|need|contact|check|look|read|write|keep|store|remember|request|tell|give|send|leave|let|confirm|repeat|re-?enter|provide|contains?|something|see|ask|use|must|should|can|may|will|stored|kept|shown|found|reset|set|not|none|ca[nm]'?t|do|does|don't|is|are|was|has|have|n/?a|tbd|todo|what|which|where|why|how|who|when)\b"
)


_ENGLISH = re.compile(
    r"(?i)[^a-z]*(?:pass[ _-]?(?:phrase|word)s?|[a-z]+(?:'s)?[ _-](?:phrases?|words?|sentence)|phrase used|diceware|mnemonics?)"
)
_ABOUT_SEARCH = re.compile(r"(?i)\b(?:key ?words?|seo|search(?:es|ed)?|rank(?:s|ed|ing)?|density)\b")


def _phrase(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the words after a label for passphrases."""
    seed = _SEED.fullmatch(text[start:end]) is not None and _ALSO_PHRASE.fullmatch(text[start:end]) is None
    if in_placeholder(text, start) or (text[end : end + 1].isalpha() and text[end].isascii()):
        return
    if _ABOUT_SEARCH.search(text, max(0, start - _BRIDGE_CHARACTERS * 2), start):
        return  # a key phrase of a text
    if text[end - 1] in "dDsS" and _TELLS.search(text, end, end + _BRIDGE_CHARACTERS) is None:
        return  # `password` or `passwords`, and nothing that introduces a value
    stop = _stop(text, end)
    window = text[end:stop]
    english = _ENGLISH.fullmatch(text[start:end]) is not None
    if changed := _FROM_TO.search(window):
        for group in (1, 2):
            words = _SPLIT.split(text[end + changed.start(group) : end + changed.end(group)])
            if is_phrase(words, statement=False, seed=seed):
                yield end + changed.start(group), end + changed.end(group)
        return
    found = False
    for quoted in _QUOTED.finditer(window[: _BRIDGE_CHARACTERS + 200]):
        left, right = next(quoted.span(group) for group in range(1, 5) if quoted.group(group) is not None)
        opened = quoted.group(4) is not None
        if quoted.start() <= _BRIDGE_CHARACTERS and is_phrase(
            _SPLIT.split(window[left:right]), statement=not opened, seed=seed
        ):
            found = True
            yield end + left, end + right
    if not found and _SETS.search(text[max(0, start - 48) : start]) and (link := _TO.match(window)):
        plain = _up_to_cut(text, end + link.end(), stop)
        if is_phrase([word for word, _ in plain], statement=True, seed=seed):
            yield end + link.end(), plain[-1][1]
            return
    if not found:
        yield from _announced(text, end, stop, seed=seed, strict=not english)


# `Set the passphrase of the release key to Pixel wolves never queue as she asked`
_SETS = re.compile(
    r"(?i)\b(?:set|sets|setting|chang\w+|reset|rotat\w+|updat\w+|switch\w+|gesetzt|änder\w*|geändert|chang[ée]\w*|cambi\w+|mud\w+|imposta\w+)\s(?:[^\W\d_]+\s){0,4}$"
)
_TO = re.compile(r"(?:\s[^\W\d_]+){0,6}?\s(?:to|auf|à|en|a|in|para|naar|til|till|na)\s[\"'`]?")


def _up_to_cut(text: str, start: int, stop: int) -> list[tuple[str, int]]:
    """Return the plain words from here up to one that continues the sentence, and their ends."""
    run = _RUN.match(text, start, stop)
    found: list[tuple[str, int]] = []
    for word in re.finditer(r"[^\s,-]+", run.group() if run else ""):
        if word.group().lower() in CUTS or (len(found) >= _LEAST_WORDS and text[found[-1][1]] == ","):
            break
        found.append((word.group(), start + word.end()))
    return found


# `the key phrase, seven geese never whisper, in the old notebook`
_APPOSED = re.compile(r"(?:\s(?:she|he|they|we|i|you)\s[a-z]+)?,\s([^\W\d_]+(?:[ -][^\W\d_]+){2,9}),")


# What leads to a phrase in another language than English, whatever the language of the label.
_ABROAD = re.compile(r"(?i)\b(?:lautet|heißt|ist|est|es|è|é|är|brzmi|jest|luidt|это)\b")


def _announced(text: str, end: int, stop: int, *, seed: bool, strict: bool) -> Iterator[Span]:
    window = text[end:stop]
    apposed = _APPOSED.match(window)
    plain = apposed.group(1).lower().split() if apposed else []
    few = len(SMALL_WORDS.intersection(plain)) <= 1
    if apposed and few and len(plain) >= _SURELY_WORDS and is_phrase(plain, statement=True):
        yield end + apposed.start(1), end + apposed.end(1)
        return
    link, told = _COLON.search(window), False
    if link is None or link.start() > _BRIDGE_CHARACTERS:
        # ` on ` is a form of `to be` in another language.
        link = None if strict else _IS_ENGLISH.search(window)
        link, told = (link or _IS.search(window) or _IN_ASIA.match(window)), True
    if link is None and seed:
        link = re.match(r"\s?[\s\d.(]*", window)
    if link is None or link.start() > _BRIDGE_CHARACTERS or (told and link.start() > 0 and _is_direct(text, end, seed)):
        link, told = re.match(r"\s", window), True
        if link is None or seed or not _is_direct(text, end, seed):
            return
    strict = strict or (told and _ABROAD.search(link.group()) is not None)
    run = _RUN.match(window, link.end())
    if run is None:
        return
    words = list(re.finditer(r"[^\s,-]+", run.group()))[: _MOST_WORDS + 6]
    if told and not strict and _CLAUSE_END.match(window, run.end()) and _is_told_rhyme([w.group() for w in words]):
        yield end + run.start(), end + run.end()
        return
    if told:
        behind = run.group()
        words = words[
            : next(
                (n for n, w in enumerate(words, 1) if n >= _LEAST_WORDS and behind[w.end() : w.end() + 1] == ","), None
            )
        ]
        cuts = CUTS - {"no"} if strict else CUTS
        cut = next((n for n, word in enumerate(words) if word.group().lower() in cuts), len(words))
        words = words[:cut]
    if not words:
        return
    plain = [word.group() for word in words]
    if len(words) > 1 and words[1].group().lower() in CUTS and not seed:
        return  # one word, and the sentence goes on
    if strict and told and _is_rhyme_abroad(plain):
        yield end + run.start(), end + run.start() + words[-1].end()
        return
    participles = [word for word in plain if word.islower() and _PARTICIPLE.search(word)]
    if strict and told and participles and (len(plain) < _SURELY_WORDS or participles[0] in plain[:2]):
        return
    if strict and told and len(participles) * 2 > len(plain):
        return
    if is_phrase(plain, statement=not told, seed=seed):
        yield end + run.start(), end + run.start() + words[-1].end()


_CLAUSE_END = re.compile(r"[\"'`]?\s?(?:[.,;!?)]|$)")


def _is_told_rhyme(words: list[str]) -> bool:
    """Return whether five to nine words up to the end of the clause, one or two of them small, say nothing of a passphrase."""
    plain = [word.strip("\"'`.,()").lower() for word in words]
    small = [word for word in plain if word in SMALL_WORDS]
    others = [word for word in plain if word not in SMALL_WORDS]
    if not (_SURELY_WORDS < len(plain) <= 9 and 1 <= len(small) <= 2) or plain[0] in small or _STATES.match(plain[0]):
        return False
    of_talk = not (SAYS.isdisjoint(plain) and ABOUT.isdisjoint(plain) and SECOND_HALVES.isdisjoint(others))
    return (
        not of_talk
        and not any(describes(word) for word in others if word not in _OWN | OPENERS)
        and not any(word.endswith("'s") for word in others)
    )


def _is_rhyme_abroad(words: list[str]) -> bool:
    """Return whether four and more words, with function words of other languages, say nothing of a passphrase."""
    plain = [word.strip("\"'`.,()").lower() for word in words]
    if len(plain) < _SURELY_WORDS or not all(plain) or _STATES.match(" ".join(plain)) or not ABOUT.isdisjoint(plain):
        return False
    small = sum(word in SMALL_ABROAD or word in SMALL_WORDS for word in plain)
    told = (says_what_it_is_like(word) or _PARTICIPLE.search(word) or describes(word) for word in plain)
    begins = plain[0] not in SMALL_ABROAD or (len(plain) > _SURELY_WORDS and plain[0] in _ARTICLES)
    return begins and plain[1] not in SMALL_ABROAD and small * 3 <= len(plain) and not any(told)


_ARTICLES = frozenset(
    [
        "un",
        "une",
        "el",
        "la",
        "le",
        "il",
        "uno",
        "una",
        "um",
        "uma",
        "ein",
        "eine",
        "der",
        "die",
        "het",
        "een",
        "en",
        "ett",
        "et",
    ]
)


def _is_direct(text: str, end: int, seed: bool) -> bool:
    """Return whether four and more plain words stand directly after the label, and a form of `to be` after them."""
    match = _DIRECT.match(text, end)
    return match is not None and is_phrase(match.group(1).split(), statement=False, seed=seed)


_DIRECT = re.compile(r"\s((?:[a-z]{3,12} ){3,9}?[a-z]{3,12})\s(?:is|was|has|were|still|works?|and|on|in|for)\b")


def is_phrase(words: list[str], *, statement: bool, seed: bool = False) -> bool:
    """Return whether words are a phrase, and do not talk about one; `statement` accepts function words among them."""
    words = [word.strip("\"'`.,()").lower() for word in words]
    words = [word for word in words if word]
    if len(words) < (_WORDS_OF_SEED if seed else _LEAST_WORDS) or len(words) > _MOST_WORDS + 6:
        return False
    if not all(word[0].isalnum() for word in words) or _STATES.match(" ".join(words)):
        return False
    if not ABOUT.isdisjoint(words):
        return False
    first = describes(words[0]) and words[0] not in OPENERS and words[0] not in SMALL_WORDS and statement
    small = sum(word in SMALL_WORDS or word in SMALL_ABROAD for word in words)
    if small and (not statement or not _is_rhyme(words, small)):
        return False
    said = sum(describes(word) for word in words if word not in SMALL_WORDS)
    return not first and said * 3 <= len(words)


def _is_rhyme(words: list[str], small: int) -> bool:
    """Return whether words with function words among them say nothing of a passphrase: `the old goat eats socks`."""
    if small * 2 > len(words):
        return False
    told = [word for word in words if len(word) > 3 and word not in SMALL_WORDS and not describes(word)]
    if words[0] == "no" and len(words) >= _SURELY_WORDS:  # `no llama without pyjama`
        return len(told) > 1 and SAYS.isdisjoint(words[1:]) and SECOND_HALVES.isdisjoint(told)
    return words[0] not in SMALL_WORDS or (
        len(words) > _SURELY_WORDS and len(told) > 2 and SAYS.isdisjoint(words) and SECOND_HALVES.isdisjoint(told)
    )


def _stop(text: str, end: int) -> int:
    window = text[end : end + _REACH_CHARACTERS]
    skipped = re.match(r"\s?(?:->|=>|[:=])?\s*(?:[|>][-+]?\s)?\s*", window)
    match = _SENTENCE_END.search(window, skipped.end() if skipped else 0)
    return end + (match.start() if match else len(window))


_FIELD = re.compile(
    r"(?i)[\"'`]?,?\s(\w+)\s(?:\w+\s){0,3}?(?:pass[ -]?(?:phrase|word)|phrase de passe|frase)s?\s?([^\W\d_]*)"
)
_TYPED = re.compile(r"(?i)(?:typed|typing|entered|entering)\s[\"'`]?$")


def _used(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept plain words before `as the passphrase`, and what was typed into the field for it."""
    following = _FIELD.match(text, end)
    if following is not None:
        typed = _TYPED.search(text[max(0, start - 12) : start]) is not None
        inside = following.group(1).lower() in {"at", "into", "in"}
        if (inside and not typed) or (following.group(2).lower() in SECOND_HALVES and not (inside and typed)):
            return
    words = _SPLIT.split(text[start:end])
    plain = len(words) >= _SURELY_WORDS and SMALL_WORDS.isdisjoint(word.lower() for word in words)
    statement = not plain and len(words) >= _SURELY_WORDS and words[0].lower() not in SMALL_WORDS
    if is_phrase(words, statement=statement):
        yield start, end


def _told(text: str, start: int, end: int) -> Iterator[Span]:
    """Accept a hint or an answer: nearly everything up to the end of the clause."""
    value = text[start:end].rstrip()
    first = value.split()[0].strip("\"'`").lower() if value.split() else ""
    if (
        len(value) < 3
        or (
            describes(first)
            and first not in _OWN
            and not (text[start - 2 : start].strip()[-1:] in {":", "=", ">", "："} and _is_clause(value))
        )
        or _STATES.match(value)
        or is_reference(value)
        or text[end : end + 1] == "?"
    ):
        return
    if in_placeholder(text, start):
        return
    yield start, start + len(value)


_OWN = frozenset(["my", "his", "her", "our"])  # `my aunt's yellow tandem`


def _of_life(text: str, start: int, end: int) -> Iterator[Span]:
    if _LIFE.search(text[start:end]) and SAYS.isdisjoint(text[start:end].lower().split()):
        yield from _told(text, start, end)


_LIFE = re.compile(
    r"(?i)\b(?:street|birthday|birth|pet|dog|cat|school|mother|mom|father|dad|grandma|sister|brother|band|teacher|anniversary|maiden|backwards|childhood|favou?rite)\b"
)


def _is_clause(value: str) -> bool:
    """Return whether a hint with a word of statements in front describes a value: `the street I grew up on plus 77`."""
    words = value.lower().split()
    return len(words) >= 3 and words[0] in OF_SOMEBODY and SAYS.isdisjoint(words) and ABOUT.isdisjoint(words)


_SEED = re.compile(rf"(?i)[^a-z]*(?:{SEED_PHRASE})")
# Words for the words of a wallet that also name other phrases, which are shorter.
_ALSO_PHRASE = re.compile(
    r"(?i)[^a-z]*(?:(?:recovery|backup|restore)[ _-](?:phrase|sentence)|phrase de (?:récupération|restauration)|frase (?:de recuperación|di recupero|de recuperação)|(?:wiederherstellungs|sicherungs)(?:phrase|satz)|herstelzin|återställningsfras)"
)
# What the question is, or whose.
_QUESTION = re.compile(r"(?:s?[ :]{1,2}(?:\"[^\"\n]{3,70}\"|'[^'\n]{3,70}'|\([^()\n]{3,70}\)))?")
_ANSWER_LINK = re.compile(
    r"(?i)[\"']?(?:\s(?:on file|answer|for [\w ]{2,30}|of [\w ]{2,30}|(?:we|they|he|she) (?:agreed on|chose|set|gave)))?\s?(?:[:：=]|->|→|\s(?:is|was|says|said|reads|lautet|ist|est|es|è|é|är|er|jest|это)\s?:?\s?|,?\s(?:and\s)?(?:i|he|she|we|they)\s(?:said|gave|answered|typed|entered|replied)\s)\s*"
)
_AFTER_QUESTION = re.compile(r"\?\s(?=[A-ZÀ-Ž][\w' -]{1,24}(?:[.,;]|$))")
_OF_FIRST = re.compile(r"(?i)first (?:pet|school|car|teacher|dog|cat)|maiden name")
# Further behind, after the question in other words: `on the nickname, answer given: Biscuit`.
_ANSWERS = re.compile(
    r"(?i)(?:\.\s(?:it is|it's|it was|mine is)|[^.;!?\n|]{0,70}?(?:[;,] (?:she|he|they|caller|customer) (?:told me|told us)|\b(?:kam|nannte|besvart med|besvaret med|respondió|contestó|dijo|a répondu|répond|ha risposto|risponde|respondeu|odpowiedział[a]?|antwoordde|svarade|svarte|svarede|ответил[а]?)|\b(?:answer|reply|risposta(?: data)?|réponse|antwort|antwoord|respuesta|resposta|odpowiedź|svar(?:et)?|vastaus|yanıt|cevap|ответ)(?: (?:given|was|is|lautete|war|est|era|è|é|on file))?\s?[:=]|\b(?:answered|replied|replying|geantwortet|beantwortet|répondu|respondió|respondeu|risposto|svarade) (?:with|by|as|mit|avec|par|con|com)|\b(?:he|she|they|caller|customer|client|guest) (?:said|gave|answered|replied|wrote|told (?:me|us))|\bis (?=[\"'])|\b(?:letters?|characters?) [^.;!?\n|]{1,24} of))\s"
)
_WORDS_OF_ANSWER = re.compile(
    r"\"([^\"\n<>]{2,80})\"|(?<!\w)'([^'\n<>]{2,80})'|([^\s\"'.,;:!?<>()\n|][^\".,;!?<>()\n|]{1,80})"
)


def _answered(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the hint or the answer in the sentence of a word for it."""
    question = _QUESTION.match(text, end)
    link = None
    for begin in (question.end() if question else end, end):
        link = link or _ANSWER_LINK.match(text, begin) or _ANSWERS.match(text, begin)
    if link is None and _OF_FIRST.search(text[start:end]):
        link = _AFTER_QUESTION.match(text, end)
    value = _WORDS_OF_ANSWER.match(text, link.end()) if link else None
    if value is not None:
        yield from _told(text, *next(value.span(group) for group in (1, 2, 3) if value.group(group)))


RULES = (
    Rule(
        "PASSWORD",
        rf"(?i)(?:{PHRASE}|{SEED_PHRASE}|\bpasswords?|\bwi-?fi (?:secret|key|pass)\b)",
        "a word for a passphrase, in about twenty languages, before plain words",
        score=0.8,
        refine=_phrase,
        name="words",
    ),
    Rule(
        "PASSWORD",
        r"(?i)\b(?:typed|typing|entered|entering|uses?|used|using|with|by|set|chose|tried|provided|supplied|gave|took|wants?|wanted|needs?|takes|expects?|has|had|(?:agreed|settled|decided) on|mit|avec|con)\s[\"'`]?([a-z]{3,}(?:[ -][a-z]{3,}){2,9})[\"'`]?,?\s(?:as|for|at|into|in|als|comme|como|come)\s(?:the\s|a\s|my\s|our\s|his\s|her\s|its\s|new\s|shared\s|common\s|gpg\s|ssh\s|die\s|la\s){0,3}(?:pass[ -]?(?:phrase|word)|phrase de passe|frase)",
        "plain words before `as the passphrase`",
        anchor=r"(?i),?\s(?:as|for|at|into|in|als|comme|como|come)\s(?:the\s|a\s|my\s|our\s|his\s|her\s|its\s|new\s|shared\s|common\s|gpg\s|ssh\s|die\s|la\s){0,3}(?:pass[ -]?(?:phrase|word)|phrase de passe|frase)",
        score=0.75,
        refine=_used,
        name="words-used",
    ),
    Rule(
        "PASSWORD",
        r"(?i)\b(?:agreed on|settled on|decided on|chose|picked|set|used?|uses|with|typed|entered)\s[\"'`]?((?-i:\p{Lu})[^\n.;<>\"]{12,80}?)[\"'`]?,?\sas (?:the|a|our|my|its|his|her) (?:\w+ )?(?:(?:recovery|pass|unlock|backup|secret|vault|key)[ -]?(?:sentence|phrase|rhyme)|passphrase)",
        "a sentence before `as the recovery sentence`",
        anchor=r"(?i)\sas (?:the|a|our|my|its|his|her) (?:\w+ )?(?:(?:recovery|pass|unlock|backup|secret|vault|key)[ -]?(?:sentence|phrase|rhyme)|passphrase)",
        score=0.75,
        refine=single(lambda text, start, end: len(text[start:end].split()) >= _LEAST_WORDS),
        name="sentence-used",
    ),
    Rule(
        "PASSWORD",
        rf"(?i)(?:{HINT})",
        "hints and answers to security questions, after a word for them",
        score=0.75,
        refine=_answered,
        name="hint-or-answer",
    ),
    Rule(
        "PASSWORD",
        r"(?i)\bhint\s?:\s[\"']?([^.\n;<>\"]{4,60})",
        "a hint that speaks of somebody's life",
        anchor=r"(?i)\bhint\s?:",
        score=0.7,
        refine=_of_life,
        name="hint-of-life",
    ),
    Rule(
        "PASSWORD",
        r"(?i)\b(?:city|town|place|street|favou?rite|first|maiden|nickname|best friend|childhood|pet|school|teacher|grew up|met your)\b[^\n.?]{0,40}\?[\"']?\s(?:(?:s?he|they|i) (?:said|answered|replied)|a|answer(?:ed)?|antwort|réponse|respuesta)\s?:?\s[\"']?([^\s\"'<>][^\",;\n<>]{1,50}?)(?:[\",;\n]|\.(?:\s|$)|$)",
        "a question about a person's life and the answer to it",
        anchor=r"(?i)\?[\"']?\s(?:(?:s?he|they|i) (?:said|answered|replied)|a|answer(?:ed)?|antwort|réponse|respuesta)\s?:?\s",
        score=0.75,
        refine=_told,
        name="question-and-answer",
    ),
)
