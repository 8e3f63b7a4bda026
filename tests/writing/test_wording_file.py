"""The file of the team's wording: what it may say, and what is said of mistakes in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autopost.errors import ConfigurationError
from autopost.writing.outcome import Outcome
from autopost.writing.voice import Voice
from autopost.writing.wording import PLACEHOLDERS, SUMMARY_PLACEHOLDERS, Subject
from autopost.writing.wording_file import MAX_TEMPLATES, default_wording, parse_wording


def template(said: str = "{what_explanation}", /, **keys: str) -> str:
    """Return a section with this text and these keys, as TOML."""
    lines = {"outcome": '"completed"', "text": f'"{said}"', **keys}
    return "\n".join(["[[templates]]", *(f"{key} = {value}" for key, value in lines.items() if value)])


def mistakes(text: str) -> str:
    """Return what is said of a file."""
    with pytest.raises(ConfigurationError) as caught:
        parse_wording(text, "wording.toml")
    return str(caught.value)


def test_an_empty_file_changes_nothing() -> None:
    """And neither does one with comments alone."""
    for text in ("", "# nothing\n", "[voice]\n"):
        wording = parse_wording(text, "it")
        assert (list(wording.entries), wording.voice) == ([], Voice())


def test_the_default_wording_has_a_template_for_every_outcome() -> None:
    """So that no operation is without one."""
    for subject in (Subject.ORDINARY, Subject.APPROVAL, Subject.SECURITY):
        found = [
            outcome for entry in default_wording().entries if entry.subject is subject for outcome in entry.outcomes
        ]
        assert sorted(found) == sorted(Outcome), subject


def test_the_voice_is_read() -> None:
    """The paragraph on one line, the language, hashtags and emoji."""
    text = '[voice]\ntext = """Dry,\n  never loud"""\nlanguage = "de"\nhashtags = ["#ops"]\nemoji = 0\n'
    assert parse_wording(text, "it").voice == Voice("Dry, never loud", "de", ("#ops",), 0)
    assert parse_wording("[voice]\nhashtags = true\nlanguage = 'auto'", "it").voice == Voice(hashtags=None)


def test_a_mistake_is_named_with_its_place_and_what_is_allowed() -> None:
    """Line, section, key and character; the nearest name where there is one."""
    cases = {
        template("Done {what_explantion}"): "line 3: [[templates]] 1 text: character 6: {what_explantion} is no "
        "placeholder; did you mean {what_explanation}?",
        template("{0} {}"): "character 1: {0} is no placeholder; expected: {agent_name}, {operation_type}, {title}",
        template("{agent_name!r}"): "{agent_name!r} is no placeholder; did you mean {agent_name}?",
        template("{count}"): "character 1: {count} is no placeholder",
        template("a } b"): "character 3: a lone }; expected: {name}, or }} for the sign",
        template("a {what"): "character 3: a lone {",
        template(" "): "line 3: [[templates]] 1 text: missing, or empty",
        template("", text=""): "line 1: [[templates]] 1 text: missing, or empty",
        template("", text="7"): "line 3: [[templates]] 1 text: missing, or empty",
        template("", text='"""a\nb"""'): "text: has line breaks",
        template("x" * 201): "text: has 201 characters beside placeholders; expected: at most 200",
        template("🎉🎉🎉"): "text: has 3 emoji; expected: at most 2",
        template(outcome='"complete"'): "line 2: [[templates]] 1 outcome: got complete; did you mean completed?",
        template(outcome='["failed", 3]'): "outcome: got 3; expected: completed, running, failed, stopped, other",
        template(outcome=""): "line 1: [[templates]] 1 outcome: missing; expected: completed, running",
        template("{agent_name} finished {title}", outcome='"failed"'): "text: sounds as if the work was finished",
        template("{agent_name} ist fertig", outcome='["other", "stopped"]'): "text: sounds as if the work was finished",
        template(kind='"secure"'): "kind: got secure; did you mean security?",
        template(kind='"summary"'): "outcome: a summary of alerts has none",
        template(rule='"7"'): "rule: got 7; expected: the id of a rule, as `autopost rules` lists them",
        template(rule="0"): "rule: got 0;",
        template(rule="true"): "rule: got True;",
        template(rule="1", kind='"security"'): "kind: given beside rule; expected: one of rule, operation_type, kind",
        template(operation_type='""'): "operation_type: got ; expected: an operation type",
        template(language='"german"'): "language: got german; expected: a code of ISO 639-1: ar,",
        template(txt='"x"'): "txt: not known; did you mean text?",
        f"{template()}\n{template(rule='3')}\n{template('x')}": "[[templates]] 3: for the same operations and the "
        "outcome completed as [[templates]] 1",
        "[templates]\ntext = 'x'": "templates: expected: a section [[templates]], with two pairs of brackets",
        "templates = [1]": "templates: expected: a section [[templates]]",
        "[[template]]\ntext = 'x'": "template: not known; did you mean templates?",
        "voice = 3": "[voice]: expected: a section [voice]",
        "\n[voice]\nemoji = 3": "line 3: [voice] emoji: got 3; expected: how many a post may have, 0 to 2",
        "[voice]\nhashtags = ['#a', 'b']": "hashtags: got b; expected: true, false, or a list of at most 20",
        "[voice]\nhashtags = 2": "hashtags: got 2; expected: true, false",
        "[voice]\ntext = ''": "line 2: [voice] text: expected: a paragraph of 1 to 1,000 visible characters",
        f"[voice]\ntext = '{'x' * 1001}'": "text: expected: a paragraph of 1 to 1,000",
        "[voice]\ntone = 'x'": "line 2: [voice] tone: not known; expected: text, language, hashtags, emoji",
        "[voice]\nlanguage = 4": "language: got 4; expected: a code of ISO 639-1",
        "[voice": "it is not valid TOML: ",
        f"x = {'[' * 30}{']' * 30}": "it is nested too deeply",
        "\n".join(template(rule=str(id_)) for id_ in range(1, MAX_TEMPLATES + 2)): "there are 1,001; "
        "expected: at most 1,000",
    }
    wrong = {text: said for text, expected in cases.items() if expected not in (said := mistakes(text))}
    assert not wrong, "\n".join(f"{text[:200]}\n=> {said}" for text, said in wrong.items())


def test_every_mistake_is_named_at_once() -> None:
    """Each in a line; of very many the first twenty."""
    said = mistakes(f"{template('{a}')}\n{template('{b}', rule='2')}\n[voice]\nemoji = 9")
    assert re.findall(r"line (\d+)", said) == ["3", "6", "9"]
    many = mistakes("\n".join(template("{a}", rule=str(id_)) for id_ in range(1, 100)))
    assert (many.count("\n"), many.splitlines()[-1]) == (21, "  and 79 more")


def test_every_placeholder_may_be_used() -> None:
    """All of the requirements, and the title."""
    assert {"operation_type", "what_explanation", "why_explanation", "next_steps", "agent_name", "title"} == set(
        PLACEHOLDERS
    )
    text = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    assert len(parse_wording(template(text), "it").entries) == 1


def test_a_line_is_not_guessed_where_a_file_is_written_in_another_way() -> None:
    """Sections in an inline list have none."""
    assert "  [[templates]] 1 text: " in mistakes('templates = [{outcome = "completed", text = "{x}"}]')


def test_the_example_of_the_guide_is_usable() -> None:
    """And its placeholders are all that there are."""
    guide = (Path(__file__).parents[2] / "docs" / "how-to" / "wording.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    wording = parse_wording(example, "it")
    assert (len(wording.entries), wording.voice.hashtags, wording.rules) == (5, ("#nightcrew",), frozenset({1}))
    assert set(SUMMARY_PLACEHOLDERS) == set(re.findall(r"`\{(\w+)\}`", guide.partition("| placeholder |")[2]))
