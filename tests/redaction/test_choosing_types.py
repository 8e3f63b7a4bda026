"""What a user can choose: types and how sure; and what is told of each finding."""

from __future__ import annotations

import re

import pytest

from autopost.errors import ConfigurationError
from autopost.redaction.engine import known_entities
from autopost.redaction.redactor import Redactor
from autopost.redaction.rules import FAMILIES, IDS
from tests.redaction.fakes import vendor_tokens

RULES = [rule for rules in FAMILIES.values() for rule in rules]

BOTH = "Mail bob@example.com from 192.0.2.7."


def test_finding_is_explained_in_the_original_text(redactor: Redactor) -> None:
    """Type, recognizer, score and place, also where invisible characters and wide digits stand before it."""
    text = "über \u200b１２ → bob@exam\u00adple.com, then +1 212 555 0147"
    first, second = redactor.explain(text)
    assert (first.entity, first.recognizer, text[first.start : first.end]) == (
        "EMAIL_ADDRESS",
        "email.address",
        "bob@exam\u00adple.com",
    )
    assert (second.entity, text[second.start : second.end]) == ("PHONE_NUMBER", "+1 212 555 0147")
    assert 0 < second.score <= 1


def test_finding_of_a_later_pass_is_explained_in_the_original_text(redactor: Redactor) -> None:
    """Replacing by the explained spans gives what redact gives."""
    token = vendor_tokens()["github classic"][0]
    for text in (f"a@example.com password is x9Q!k2 b@example.com {token}{token} c", "password: <bob@example.com>x9Q"):
        result, end = "", 0
        for finding in redactor.explain(text):
            result += text[end : finding.start] + f"<{finding.entity}>"
            end = finding.end
        assert result + text[end:] == redactor.redact(text).text


def test_only_the_chosen_types_are_found() -> None:
    """The others stay, in any letter case of the choice."""
    assert Redactor(only=["email_address"]).redact(BOTH).text == "Mail <EMAIL_ADDRESS> from 192.0.2.7."
    assert Redactor(without=["EMAIL_ADDRESS"]).redact(BOTH).text == "Mail bob@example.com from <IP_ADDRESS>."


def test_unknown_types_are_named_all_at_once() -> None:
    """With what may have been meant, and all that there are."""
    with pytest.raises(
        ConfigurationError, match=r"CAT, EMAIL_ADRESS \(did you mean EMAIL_ADDRESS\?\); known: .*US_SSN"
    ):
        Redactor(only=["EMAIL_ADRESS"], without=["cat"])


def test_rule_is_switched_off_by_its_id() -> None:
    """The others of its family and of its type go on."""
    text = "Call +1 212 555 0147 or 2125550147 today"
    assert Redactor().redact(text).text == "Call <PHONE_NUMBER> or <PHONE_NUMBER> today"
    without = Redactor(without=["phone.bare", "Phone.After-Contact"])
    assert without.redact(text).text == "Call <PHONE_NUMBER> or 2125550147 today"


def test_unknown_rule_is_refused_with_what_may_have_been_meant() -> None:
    """A misspelled id would leave the rule on."""
    with pytest.raises(ConfigurationError, match=r"Unknown rules: fone.bare \(did you mean phone.bare\?\)"):
        Redactor(without=["fone.bare"])


def test_rules_have_ids_of_their_own() -> None:
    """Of the family and a name; only where a family has one rule of a type, the type is the name."""
    assert len(set(IDS.values())) == len(IDS) == len(RULES)
    assert [
        rule_id for rule_id in IDS.values() if not re.fullmatch(r"[a-z-]+\.[a-z0-9]+(?:-[a-z0-9]+)*", rule_id)
    ] == []


def test_choice_of_nothing_is_refused() -> None:
    """A redactor that finds nothing would publish everything."""
    with pytest.raises(ConfigurationError, match="redaction cannot be turned off"):
        Redactor(without=known_entities())
    with pytest.raises(ConfigurationError, match="No type of findings is left"):
        Redactor(only=["US_SSN"], without=["US_SSN"])


def test_threshold_lets_the_less_sure_stay() -> None:
    """An address is surer than a number without any sign."""
    redactor = Redactor(least_score=0.9)
    assert redactor.redact("bob@example.com or 2125550147").text == "<EMAIL_ADDRESS> or 2125550147"
    assert Redactor().redact("bob@example.com or 2125550147").text == "<EMAIL_ADDRESS> or <PHONE_NUMBER>"


@pytest.mark.parametrize("score", [-0.1, 1.1])
def test_threshold_outside_of_scores_is_refused(score: float) -> None:
    """Scores are between 0 and 1."""
    with pytest.raises(ConfigurationError, match="0 to 1"):
        Redactor(least_score=score)
