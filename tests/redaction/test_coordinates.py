"""Coordinates of people are found, and those of public places stay; a year of birth beside an age is found."""

from __future__ import annotations

import pytest

from autopost.redaction.redactor import Redactor
from tests.redaction.sentences import assert_unchanged

OF_PEOPLE = [
    "Breakdown of a driver at |51.83412, -1.26075|, tow truck is on its way.",
    "The customer's home is at |48°19'07.4\"N 9°52'41.8\"E|, reading corrected.",
    "Guest shared |geo:38.70914,-9.14377| and the shuttle found him.",
    "Impact point lat=|52.093817| lon=|5.118264| taken from her phone.",
    "Plus code of the customer's farm is |8FQ7+4M3|, mechanic sent.",
    "The rider is at |///lantern.wobble.crispy|, recovery at 23:15.",
    "Caller is |71, born 1954|, and gets the permit.",
    "The driver is |20 (b. 2005)| and pays more.",
    "Étudiant de |19 ans, né en 2006|, demande transmise.",
    "Die Antragstellerin ist |Jahrgang 1938, also 87|, Termin am Mittwoch.",
]


@pytest.mark.parametrize("marked", OF_PEOPLE)
def test_coordinates_and_age_of_a_person_are_found(redactor: Redactor, marked: str) -> None:
    """In decimals, in minutes and as a code; an age and a year in either order."""
    parts = marked.split("|")
    redacted = redactor.redact("".join(parts)).text
    assert not [value for value in parts[1::2] if value in redacted]


def test_coordinates_of_nobody_stay(redactor: Redactor) -> None:
    """Public places, measurements and vintages."""
    assert_unchanged(
        redactor,
        [
            "Coordinates of the city centre: 48.2082, 16.3738.",
            "Measured 0.91832, 0.60411 and 0.37719 volts at the probes.",
            "The company was born in 1998 and has 71 stores.",
            "Jahrgang 2019 ist ausverkauft, 12 Kisten bestellt.",
        ],
    )
