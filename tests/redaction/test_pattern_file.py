"""A user's own patterns, from a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from autopost.errors import ConfigurationError
from autopost.processes.redactor import load_patterns
from autopost.redaction.pattern_file import parse_patterns
from autopost.redaction.redactor import Redactor

GITLEAKS = r"""
title = "ours"

[[rules]]
id = "employee-number"
description = "An employee"
regex = '''\bE-(\d{6})\b'''
keywords = ["e-"]

[[rules]]
id = "2nd-badge"
regex = '''badge (no|number) ([0-9]{5})'''
secretGroup = 2
tags = ["x"]

[[rules]]
id = "internal-key"
regex = '''ik_([a-z0-9]{8,})'''
entropy = 2.5
keywords = ["ik_"]
[[rules.allowlists]]
regexes = ['''^example''']
stopwords = ["dummy"]

[[rules]]
id = "only-in-files"
path = '''\.tf$'''
regex = '''.*'''

[allowlist]
regexes = ['''^000000$''']
paths = ['''x''']
"""
SHORT = r"""
[patterns]
order-code = 'OC\d{4}'

[patterns.badge]
regex = 'badge (\d{5})'
keywords = ["Badge"]
"""


@pytest.fixture
def write(tmp_path: Path) -> Path:
    """Return a path to write patterns to."""
    return tmp_path / "patterns.toml"


def redact(path: Path, content: str, text: str) -> str:
    """Redact a text with a file's patterns."""
    path.write_text(content, "utf-8")
    return Redactor(patterns=load_patterns(path)).redact(text).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Asked E-123456 today", "Asked E-<EMPLOYEE_NUMBER> today"),
        ("badge number 12345 lost", "badge number <RULE_2ND_BADGE> lost"),
        ("seen ik_a1b2c3d4e5", "seen ik_<INTERNAL_KEY>"),
        ("key ik_aaaaaaaaaaaa", "key ik_aaaaaaaaaaaa"),
        ("key ik_example1b2c3", "key ik_example1b2c3"),
        ("key ik_a1dummyb2c3", "key ik_a1dummyb2c3"),
        ("Asked E-000000 today", "Asked E-000000 today"),
    ],
)
def test_gitleaks_form_is_understood(write: Path, text: str, expected: str) -> None:
    """Groups, entropy, keywords and allowlists decide as they do there; the type is the id."""
    assert redact(write, GITLEAKS, text) == expected


def test_short_form_is_understood(write: Path) -> None:
    """A name and a regex are enough."""
    assert redact(write, SHORT, "OC1234, badge 54321") == "<ORDER_CODE>, badge <BADGE>"


def test_pattern_runs_only_where_a_keyword_is(write: Path) -> None:
    """In any letter case, as gitleaks does it."""
    content = "[[rules]]\nid = 'x'\nregex = '[0-9]{5}'\nkeywords = ['Badge', 'pass']\n"
    assert redact(write, content, "BADGE of 12345") == "BADGE of <X>"
    assert redact(write, content, "count of 12345") == "count of 12345"


def test_finding_is_explained_by_the_id(write: Path) -> None:
    """Anyone who wrote the pattern finds it again."""
    write.write_text(GITLEAKS, "utf-8")
    (finding,) = Redactor(patterns=load_patterns(write)).explain("E-123456")
    assert (finding.entity, finding.recognizer) == ("EMPLOYEE_NUMBER", "employee-number")


def test_own_type_can_be_switched_off(write: Path) -> None:
    """It is a type like any other."""
    write.write_text(GITLEAKS, "utf-8")
    patterns = load_patterns(write)
    assert Redactor(patterns=patterns, without=["EMPLOYEE_NUMBER"]).redact("E-123456").text == "E-123456"


def test_everything_that_is_wrong_is_named_at_once(write: Path) -> None:
    """Each pattern by its id, with the reason."""
    write.write_text(
        r"""
[extend]
useDefault = true
[[rules]]
id = "looks-ahead"
regex = '''a(?=b)'''
[[rules]]
id = "empty"
regex = '''x*'''
[[rules]]
id = "border"
regex = '''\b'''
[[rules]]
id = "same"
regex = '''a'''
[[rules]]
id = "SAME"
regex = '''b'''
[[rules]]
regex = '''c'''
[[rules]]
id = "no-regex"
[[rules]]
id = "group"
regex = '''(a)'''
secretGroup = 2
[[rules]]
id = "words"
regex = '''a'''
keywords = [""]
[[rules]]
id = "composite"
regex = '''a'''
[[rules.required]]
id = "same"
"""
        f"""
[[rules]]
id = "huge"
regex = 'a'
entropy = 1{"0" * 400}
[[rules]]
id = "truth"
regex = '(a)'
secretGroup = true
""",
        "utf-8",
    )
    with pytest.raises(ConfigurationError) as raised:
        load_patterns(write)
    for problem in (
        "extend: not supported",
        "looks-ahead: the regex is not valid RE2 (invalid perl operator: (?=); RE2 has no look-around",
        "empty: the regex matches the empty string",
        "border: the regex matches the empty string",
        "SAME: has the same name as same",
        "rule 6: has no id",
        "no-regex: has no regex",
        "group: secretGroup: got 2; the regex has 1 groups",
        "words: keywords",
        "composite: `required` is not supported",
        "huge: entropy: expected: a number, 0 to 32",
        "truth: secretGroup: expected: a whole number",
    ):
        assert problem in str(raised.value)


@pytest.mark.parametrize(
    ("content", "problem"), [("a = ", "is not valid TOML"), ("", "contains no pattern"), (None, "No such file")]
)
def test_unusable_file_is_a_configuration_error(write: Path, content: str | None, problem: str) -> None:
    """The file is named."""
    if content is not None:
        write.write_text(content, "utf-8")
    with pytest.raises(ConfigurationError, match=f"patterns.toml: .*{problem}"):
        load_patterns(write)


def test_file_whose_rules_are_all_for_files_is_refused_with_their_names() -> None:
    """They would all be skipped, and nothing of the file would count."""
    document = {"rules": [{"id": "helm-values", "regex": "x{3}", "path": "values.yaml"}]}
    with pytest.raises(ConfigurationError, match=r"all 1 rules have a `path`.*helm-values; remove `path`"):
        parse_patterns(document, "gitleaks.toml")
