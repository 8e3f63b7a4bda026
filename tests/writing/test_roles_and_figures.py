"""Things that change their roles, figures that turn, parts that are told as wholes, and figures in other words."""

from __future__ import annotations

import pytest

from autopost.writing.direction_check import turns_figure, turns_hour
from autopost.writing.figure_check import invents_figures
from autopost.writing.part_check import tells_part_of_whole
from autopost.writing.plan_check import tells_plan_as_done
from autopost.writing.quantity_check import includes_the_rest, tells_all_of_some
from autopost.writing.swap_check import swaps_roles

FEEDBACK = "57 guests answered: the soup is praised, the queue is criticised."
LEFT_OUT = "A gale warning for the outer skerries. The inner fjord was left out because of the model."


@pytest.mark.parametrize(
    ("text", "known", "is_swapped"),
    [
        ("Guests praise the queue and criticise the soup.", FEEDBACK, True),
        ("Guests praise the soup and criticise the queue.", FEEDBACK, False),
        ("41 tickets are closed, and a reply takes 862 minutes.", "862 tickets closed, median reply 41 minutes.", True),
        (
            "Sorted: 52 about the heating and 140 about the lift.",
            "Sorted: 140 about the heating, 52 about the lift.",
            True,
        ),
        ("A third paid: 22 of 64.", "Reminded 64 customers; 22 paid the same day.", False),
    ],
)
def test_two_things_that_change_their_roles_are_told(text: str, known: str, is_swapped: bool) -> None:
    """By two clauses that have one half each of the same two clauses."""
    assert swaps_roles(text.casefold(), known.casefold()) is is_swapped


@pytest.mark.parametrize(
    ("text", "known", "language", "is_turned"),
    [
        ("curlews up 11 %, oystercatchers down 4 %.", "curlews down 11 %, oystercatchers up 4 %.", "en", True),
        ("curlews are down by 11 %, oystercatchers up 4 %.", "curlews down 11 %, oystercatchers up 4 %.", "en", False),
        ("la piscine a gagné 6 %", "6 % de moins qu'en janvier", "fr", True),
        ("der verbrauch stieg um 14 prozent", "14 prozent weniger strom", "de", True),
    ],
)
def test_a_figure_that_turns_is_told(text: str, known: str, language: str, is_turned: bool) -> None:
    """Each figure by itself: others may go the other way."""
    assert turns_figure(text, known, language) is is_turned


def test_an_hour_that_turns_is_told() -> None:
    """It became earlier, and not later."""
    known = "abre a las 8:30 en vez de a las 9:00"
    assert turns_hour("el mercado abre más tarde", known)
    assert not turns_hour("el mercado abre más temprano", known)


@pytest.mark.parametrize(
    ("text", "known", "language", "is_invented"),
    [
        ("Open half an hour earlier.", "Opens at 8:30 instead of 9:00.", "en", False),
        ("Open an hour and a half earlier.", "Opens at 8:30 instead of 9:00.", "en", True),
        ("De laatste om half elf.", "De laatste om 22:30.", "nl", False),
        ("De laatste om half tien.", "De laatste om 22:30.", "nl", True),
        ("Three pallets, 867 euros in total.", "3 pallets at 289 euros each.", "en", False),
        ("Three pallets, 876 euros in total.", "3 pallets at 289 euros each.", "en", True),
        ("Closed for four long days.", "The office was closed for four days.", "en", False),
        ("Sold 4,000 copies.", "On sale until 15 April.", "en", True),
        ("Service of 9 lifts.", "Service of 6 lifts until 9 May.", "en", True),
        ("Höchster Stand 3,21 m am Dienstag.", "Höchster Stand 3,12 m am Dienstag.", "de", True),
        ("Back in less than half an hour.", "Back after 25 minutes.", "en", False),
        ("Errors stayed below 1 percent.", "Version 3.8 instead of 3.7; errors stayed below 0.1 percent.", "en", True),
        ("A good 1,800 tyres.", "1,870 tyres.", "en", False),
    ],
)
def test_figures_follow_in_other_words(text: str, known: str, language: str, is_invented: bool) -> None:
    """Differences of hours, hours by halves, products; a day of a month counts nothing."""
    assert invents_figures(text, known, language) is is_invented


def test_a_part_is_told_from_the_whole() -> None:
    """What was left out, what lacks, what holds of some, and what was done to fewer."""
    notes = "imported 57 notes; 55 were booked. two were not booked."
    assert tells_part_of_whole("all 57 notes were imported and booked.", notes, "en")
    assert not tells_part_of_whole("57 notes were imported, 55 of them were booked.", notes, "en")
    assert not tells_part_of_whole("57 notes were imported.", notes, "en")
    assert tells_part_of_whole("los 615 recibos fueron devueltos.", "enviados 615 recibos; 8 devueltos.", "es")
    assert includes_the_rest("a warning for all, the inner fjord included.", LEFT_OUT.casefold())
    assert not includes_the_rest("a warning for all, the outer skerries included.", LEFT_OUT.casefold())
    patients = "sent 312 reminders to patients. those who opted out got no message."
    assert includes_the_rest("312 reminders went out, including those who opted out.", patients)
    assert tells_all_of_some("All rooms are louder than allowed.", "3 of 12 rooms are louder than allowed.", "en")
    accounts = "Reviewed 340 accounts: 22 had no owner and were locked."
    assert tells_all_of_some("All 340 accounts are locked.", accounts, "en")
    assert not tells_all_of_some("All 340 accounts are reviewed.", accounts, "en")


@pytest.mark.parametrize(
    ("text", "plan", "is_told_as_done"),
    [
        ("A native speaker has gone over it.", "Have it read by a native speaker.", True),
        ("A native speaker still goes over it.", "Have it read by a native speaker.", False),
        ("A spare fan is on the shelf.", "Order a spare fan.", True),
        ("A spare fan is due next.", "Order a spare fan.", False),
        ("The insurer has made an offer.", "Ask the insurer for an offer.", True),
        ("The readers want to stay members.", "Ask whether the readers want to stay members.", True),
        ("The council has received the list.", "Send the list to the council.", True),
        ("The council gets the list on Monday.", "Send the list to the council on Monday.", False),
        ("The treasurer renewed it after the bank refused.", "Ask the treasurer to renew it.", True),
    ],
)
def test_what_is_planned_is_told_from_what_was_done_by_any_verb(text: str, plan: str, is_told_as_done: bool) -> None:
    """A verb in the past beside a thing that only the plan has, and a thing that is there."""
    assert tells_plan_as_done(text, plan, "Counted the tyres; the bank refused the file.", "en") is is_told_as_done
